import * as fc from 'fast-check';
import { ZODIAC_SIGNS, ZODIACS, valuesOf } from './resume.enums';
import { zodiacOf, zodiacSignOf } from './zodiac';

const DAY_MS = 86_400_000;
const ANIMALS = valuesOf(ZODIACS);
const day = fc
  .date({ min: new Date('1920-01-01T00:00:00Z'), max: new Date('2050-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const nextDay = (of: string) => new Date(Date.parse(of) + DAY_MS).toISOString().slice(0, 10);

describe('the animal of a birth', () => {
  // the eve and the day of lunar new years, from the almanac
  it.each([
    ['1944-01-24', 'goat', '1944-01-25', 'monkey'],
    ['1950-02-16', 'ox', '1950-02-17', 'tiger'],
    ['1958-02-17', 'rooster', '1958-02-18', 'dog'],
    ['1966-01-20', 'snake', '1966-01-21', 'horse'],
    ['1972-02-14', 'pig', '1972-02-15', 'rat'],
    ['1985-02-19', 'rat', '1985-02-20', 'ox'],
    ['1988-02-16', 'rabbit', '1988-02-17', 'dragon'],
    ['1990-01-26', 'snake', '1990-01-27', 'horse'],
    ['2000-02-04', 'rabbit', '2000-02-05', 'dragon'],
    ['2003-01-31', 'horse', '2003-02-01', 'goat'],
    ['2026-02-16', 'snake', '2026-02-17', 'horse'],
  ])('%s: %s, %s: %s', (eve, before, newYear, after) => {
    expect([zodiacOf(eve), zodiacOf(newYear)]).toEqual([before, after]);
  });

  it('is, from March on, that of the calendar year', () => {
    fc.assert(
      fc.property(day, (born) => {
        fc.pre(born.slice(5) >= '03-01');
        return zodiacOf(born) === ANIMALS[(Number(born.slice(0, 4)) - 1900) % 12];
      }),
    );
  });

  it('changes to the next one on one day of a year, between 21 January and 21 February', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1920, max: 2050 }), (year) => {
        const changes: string[] = [];
        for (let at = `${year}-01-01`; at < `${year}-12-31`; at = nextDay(at)) {
          const [one, next] = [zodiacOf(at), zodiacOf(nextDay(at))];
          if (one === next) continue;
          changes.push(nextDay(at).slice(5));
          expect(ANIMALS.indexOf(next)).toBe((ANIMALS.indexOf(one) + 1) % 12);
        }
        expect(changes).toHaveLength(1);
        expect(changes[0]! >= '01-20' && changes[0]! <= '02-21').toBe(true);
      }),
      { numRuns: 8 },
    );
  });
});

describe('the sign of a birth', () => {
  it.each([
    ['01-19', 'capricorn', '01-20', 'aquarius'],
    ['02-18', 'aquarius', '02-19', 'pisces'],
    ['03-20', 'pisces', '03-21', 'aries'],
    ['04-19', 'aries', '04-20', 'taurus'],
    ['05-20', 'taurus', '05-21', 'gemini'],
    ['06-21', 'gemini', '06-22', 'cancer'],
    ['07-22', 'cancer', '07-23', 'leo'],
    ['08-22', 'leo', '08-23', 'virgo'],
    ['09-22', 'virgo', '09-23', 'libra'],
    ['10-23', 'libra', '10-24', 'scorpio'],
    ['11-22', 'scorpio', '11-23', 'sagittarius'],
    ['12-21', 'sagittarius', '12-22', 'capricorn'],
  ])('%s: %s, %s: %s', (last, before, first, after) => {
    expect([zodiacSignOf(`1984-${last}`), zodiacSignOf(`1984-${first}`)]).toEqual([before, after]);
  });

  it('is one of the twelve, the same every year', () => {
    const signs = valuesOf(ZODIAC_SIGNS);
    fc.assert(
      fc.property(day, (born) => {
        const sign = zodiacSignOf(born);
        return signs.includes(sign) && zodiacSignOf(`2000${born.slice(4)}`) === sign;
      }),
    );
  });
});
