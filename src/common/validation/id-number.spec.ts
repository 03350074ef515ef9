import * as fc from 'fast-check';
import { formatShanghaiDay } from '../time/shanghai';
import { checkCharacter, readIdNumber } from './id-number';

const NOW = new Date('2026-06-15T04:00:00Z');
const area = fc.integer({ min: 110_000, max: 659_999 }).map(String);
const serial = fc.integer({ min: 0, max: 999 });
const birthDay = fc
  .date({
    min: new Date('1900-01-01T00:00:00Z'),
    max: new Date('2026-06-14T00:00:00Z'),
    noInvalidDate: true,
  })
  .map(formatShanghaiDay);
const digits = fc
  .record({ area, birthDay, serial })
  .map((parts) => parts.area + parts.birthDay.replaceAll('-', '') + String(parts.serial).padStart(3, '0'));
const number = digits.map((first17) => first17 + checkCharacter(first17));

const numbered = (day: string): string => {
  const first17 = `110101${day}001`;
  return first17 + checkCharacter(first17);
};
const faultOf = (written: string) => {
  const read = readIdNumber(written, NOW);
  return read.valid ? null : read.fault;
};

describe('an identity number', () => {
  it('tells its birth date and sex', () => {
    fc.assert(
      fc.property(area, birthDay, serial, (place, day, order) => {
        const first17 = place + day.replaceAll('-', '') + String(order).padStart(3, '0');
        expect(readIdNumber(first17 + checkCharacter(first17), NOW)).toEqual({
          valid: true,
          number: first17 + checkCharacter(first17),
          birthDay: day,
          sex: order % 2 === 1 ? 'male' : 'female',
        });
      }),
    );
  });

  it('is refused with any one digit changed', () => {
    fc.assert(
      fc.property(number, fc.integer({ min: 0, max: 16 }), fc.integer({ min: 1, max: 9 }), (good, at, by) => {
        const changed = good.slice(0, at) + ((Number(good[at]) + by) % 10) + good.slice(at + 1);
        expect(readIdNumber(changed, NOW).valid).toBe(false);
      }),
    );
  });

  it('is refused with two neighbours exchanged', () => {
    fc.assert(
      fc.property(number, fc.integer({ min: 0, max: 15 }), (good, at) => {
        fc.pre(good[at] !== good[at + 1]);
        const exchanged = good.slice(0, at) + good[at + 1] + good[at] + good.slice(at + 2);
        expect(readIdNumber(exchanged, NOW).valid).toBe(false);
      }),
    );
  });

  it('has one check character of eleven', () => {
    fc.assert(
      fc.property(
        digits,
        (first17) =>
          [...'0123456789X'].filter((check) => readIdNumber(first17 + check, NOW).valid).length === 1,
      ),
    );
  });

  it('is never made of anything else, and never an error', () => {
    fc.assert(
      fc.property(fc.string(), (written) => {
        fc.pre(!/\d{17}/.test(written));
        expect(readIdNumber(written, NOW)).toEqual({ valid: false, fault: 'format' });
      }),
    );
  });

  it.each(['11010519491231002x', ' 11010519491231002X '])('may be written %p', (written) => {
    expect(readIdNumber(written, NOW)).toMatchObject({ valid: true, number: '11010519491231002X' });
  });

  it('agrees with the example of the standard', () => {
    expect(readIdNumber('11010519491231002X', NOW)).toEqual({
      valid: true,
      number: '11010519491231002X',
      birthDay: '1949-12-31',
      sex: 'female',
    });
  });

  it.each([
    ['110101199001011234', 'checksum'],
    [numbered('19901131'), 'birth-date'],
    [numbered('19900229'), 'birth-date'],
    [numbered('19901301'), 'birth-date'],
    [numbered('19900100'), 'birth-date'],
    [numbered('20260616'), 'future'],
    [numbered('20260615'), null],
    [numbered('20000229'), null],
    ['110101900101123', 'format'],
    ['1101051949123100', 'format'],
    ['X1010519491231002X', 'format'],
    ['01010519491231002X', 'format'],
    ['110105 19491231002X', 'format'],
    ['', 'format'],
  ])('%p: %p', (written, fault) => expect(faultOf(written)).toBe(fault));

  it('is of today until midnight in Shanghai', () => {
    expect(readIdNumber(numbered('20260616'), new Date('2026-06-15T15:59:59Z')).valid).toBe(false);
    expect(readIdNumber(numbered('20260616'), new Date('2026-06-15T16:00:00Z')).valid).toBe(true);
  });
});
