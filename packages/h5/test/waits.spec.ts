import fc from 'fast-check';
import { renewAfterMs } from '../src/media/pass-renewal';
import { BackOff } from '../src/net/back-off';

describe('waits between tries', () => {
  it('double up to the limit, and begin anew after a success', () => {
    const backOff = new BackOff(1000, 10_000, () => 0);
    expect(Array.from({ length: 6 }, () => backOff.next())).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000]);
    backOff.reset();
    expect(backOff.next()).toBe(1000);
  });

  it('are at least half of that, and never more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 1, max: 100_000 }),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.integer({ min: 1, max: 200 }),
        (first, longest, chance, tries) => {
          const backOff = new BackOff(first, longest, () => chance);
          for (let i = 0; i < tries; i++) {
            const wait = backOff.next();
            const whole = Math.min(longest, first * 2 ** Math.min(i, 30));
            expect(wait).toBeGreaterThanOrEqual(Math.floor(whole / 2));
            expect(wait).toBeLessThanOrEqual(whole);
          }
        },
      ),
    );
  });
});

describe('the next token', () => {
  it.each([
    [7200, 6900],
    [86_400, 86_100],
    [600, 540],
    [60, 54],
  ])('of one that is good for %i s is fetched after %i s', (seconds, after) => {
    expect(renewAfterMs(seconds)).toBe(after * 1000);
  });

  it('is fetched before the end, within what a timer can wait, and not in a hurry', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 1e9 }), (seconds) => {
        const wait = renewAfterMs(seconds);
        expect(wait).toBeLessThan(seconds * 1000);
        expect(wait).toBeGreaterThanOrEqual(10_000);
        expect(wait).toBeLessThan(2 ** 31);
      }),
    );
    expect(renewAfterMs(1)).toBe(10_000);
  });
});
