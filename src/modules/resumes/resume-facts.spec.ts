import * as fc from 'fast-check';
import { AppError } from '../../common/errors/app-error';
import type { FieldProblem } from '../../common/errors/catalogue';
import { checkCharacter, readIdNumber } from '../../common/validation/id-number';
import { ageOn } from './age';
import { factsAfter, type KnownFacts, type StatedFacts } from './resume-facts';
import { ZODIACS, valuesOf } from './resume.enums';
import { zodiacOf, zodiacSignOf } from './zodiac';

const TODAY = '2026-06-15';
const numbered = (birthDay: string, order: number): string => {
  const digits = `990000${birthDay.replaceAll('-', '')}${String(order).padStart(3, '0')}`;
  return digits + checkCharacter(digits);
};
const adultBirth = fc
  .date({ min: new Date('1946-06-16T00:00:00Z'), max: new Date('2008-06-15T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const number = fc.tuple(adultBirth, fc.integer({ min: 0, max: 999 })).map(([born, n]) => numbered(born, n));

function refused(before: KnownFacts | null, request: StatedFacts): string[] {
  try {
    factsAfter(before, request, TODAY);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    return ((error as AppError).details as FieldProblem[]).map(({ field }) => field);
  }
}

describe('facts that follow from each other', () => {
  it('come all from an identity number', () => {
    fc.assert(
      fc.property(number, (idNumber) => {
        const read = readIdNumber(idNumber);
        if (!read.valid) throw new Error(read.fault);
        expect(factsAfter(null, { idNumber }, TODAY)).toEqual({
          idNumber,
          birthDate: read.birthDay,
          bornOn: read.birthDay,
          gender: read.sex,
          zodiac: zodiacOf(read.birthDay),
          zodiacSign: zodiacSignOf(read.birthDay),
          derivedFields: ['birthDate', 'gender', 'zodiac', 'zodiacSign'],
        });
      }),
    );
  });

  it('may all be stated besides, and then stay as they are', () => {
    fc.assert(
      fc.property(number, (idNumber) => {
        const { birthDate, gender, zodiac, zodiacSign } = factsAfter(null, { idNumber }, TODAY);
        const age = ageOn(TODAY, birthDate!);
        const stated = { idNumber, birthDate, gender, zodiac, zodiacSign, age };
        expect(factsAfter(null, stated, TODAY).derivedFields).toEqual([]);
      }),
    );
  });

  it('are refused, each by its name, when they contradict each other', () => {
    const idNumber = numbered('1984-05-20', 2);
    expect(refused(null, { idNumber, birthDate: '1984-05-21' })).toEqual(['birthDate']);
    expect(refused(null, { idNumber, gender: 'male' })).toEqual(['gender']);
    expect(refused(null, { idNumber, zodiac: 'ox' })).toEqual(['zodiac']);
    expect(refused(null, { birthDate: '1984-05-20', zodiac: 'pig' })).toEqual(['zodiac']);
    expect(refused(null, { birthDate: '1984-05-20', zodiacSign: 'leo' })).toEqual(['zodiacSign']);
    expect(refused(null, { birthDate: '1984-05-20', age: 41 })).toEqual(['age']);
    expect(refused(null, { idNumber, age: 43, gender: 'male' })).toEqual(['gender', 'age']);
  });

  it('refuse any animal but the one of the birth date', () => {
    fc.assert(
      fc.property(adultBirth, fc.constantFrom(...valuesOf(ZODIACS)), (birthDate, zodiac) => {
        expect(refused(null, { birthDate, zodiac })).toEqual(
          zodiac === zodiacOf(birthDate) ? [] : ['zodiac'],
        );
      }),
    );
  });

  it.each([
    ['2008-06-15', []],
    ['2008-06-16', ['birthDate']],
    ['1945-06-16', []],
    ['1945-06-15', ['birthDate']],
    ['2026-06-16', ['birthDate']],
  ])('hold an age of 18 to 80: born on %s', (birthDate, fields) => {
    expect(refused(null, { birthDate })).toEqual(fields);
  });

  it('blame an age out of range on what told it', () => {
    expect(refused(null, { idNumber: numbered('2015-01-01', 2) })).toEqual(['idNumber']);
  });

  it('follow an identity number that is corrected, as far as nobody stated them', () => {
    const before = factsAfter(null, { idNumber: numbered('1984-05-20', 2) }, TODAY);
    const corrected = numbered('1985-06-21', 3);
    expect(factsAfter(before, { idNumber: corrected }, TODAY)).toEqual(
      factsAfter(null, { idNumber: corrected }, TODAY),
    );
    const stated = factsAfter(null, { birthDate: '1984-05-20', gender: 'female' }, TODAY);
    expect(refused(stated, { idNumber: corrected })).toEqual(['birthDate', 'gender']);
    expect(refused(before, { idNumber: corrected, gender: 'female' })).toEqual(['gender']);
  });

  it('do not count as stated when a form sends back what it was shown', () => {
    const before = factsAfter(null, { idNumber: numbered('1984-05-20', 2) }, TODAY);
    const { derivedFields: _, bornOn: __, ...shown } = before;
    expect(factsAfter(before, { ...shown, age: 42 }, TODAY)).toEqual(before);
  });

  it('go when their source goes', () => {
    const before = factsAfter(null, { idNumber: numbered('1984-05-20', 2) }, TODAY);
    expect(factsAfter(before, { idNumber: null }, TODAY)).toEqual({ bornOn: undefined, derivedFields: [] });
    expect(factsAfter(before, { idNumber: null, birthDate: '1984-05-20' }, TODAY)).toMatchObject({
      birthDate: '1984-05-20',
      derivedFields: ['zodiac', 'zodiacSign'],
    });
  });

  it('keep a stated age growing, until it is stated anew or a birth date is known', () => {
    const before = factsAfter(null, { age: 40 }, TODAY);
    expect(before).toEqual({ bornOn: '1986-06-15', derivedFields: [] });
    expect(factsAfter(before, { gender: 'female' }, '2028-01-01').bornOn).toBe('1986-06-15');
    expect(factsAfter(before, { age: 41 }, '2028-01-01').bornOn).toBe('1986-06-15');
    expect(factsAfter(before, { age: 45 }, '2028-01-01').bornOn).toBe('1983-01-01');
    expect(factsAfter(before, { age: null }, TODAY).bornOn).toBeUndefined();
    expect(factsAfter(before, { birthDate: '1980-01-01' }, TODAY).bornOn).toBe('1980-01-01');
  });

  it('are not questioned again for somebody who has grown old here', () => {
    const before = factsAfter(null, { birthDate: '1946-01-01' }, TODAY);
    expect(factsAfter(before, { birthDate: '1946-01-01', gender: 'male' }, '2030-01-01').gender).toBe('male');
  });
});
