import * as fc from 'fast-check';
import { ageOn, bornAfterForAge, latestBirth } from './age';

const day = fc
  .date({ min: new Date('1940-01-01T00:00:00Z'), max: new Date('2060-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const age = fc.integer({ min: 0, max: 100 });

describe('an age', () => {
  it.each([
    ['2026-05-19', '1984-05-20', 41],
    ['2026-05-20', '1984-05-20', 42],
    ['2027-02-28', '2000-02-29', 26],
    ['2027-03-01', '2000-02-29', 27],
    ['2028-02-29', '2000-02-29', 28],
  ])('on %s of one born on %s is %d', (today, born, years) => expect(ageOn(today, born)).toBe(years));

  it('does not fall as days go by', () => {
    fc.assert(
      fc.property(day, day, day, (born, one, other) => {
        const [earlier, later] = [one, other].sort() as [string, string];
        return ageOn(earlier, born) <= ageOn(later, born);
      }),
    );
  });

  it('that is stated is what is read back on that day, and has grown by one within a year and a day', () => {
    fc.assert(
      fc.property(day, age, (today, years) => {
        const born = latestBirth(today, years);
        const next = `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`;
        return (
          ageOn(today, born) === years &&
          ageOn(next, born) === years + 1 &&
          !Number.isNaN(Date.parse(`${born}T00:00:00Z`)) &&
          new Date(`${born}T00:00:00Z`).toISOString().startsWith(born)
        );
      }),
    );
  });

  it('is filtered by as it is counted', () => {
    fc.assert(
      fc.property(day, day, age, (today, born, most) => {
        return born > bornAfterForAge(today, most) === ageOn(today, born) <= most;
      }),
    );
  });
});
