import * as fc from 'fast-check';
import { centreOf, distance, FINE_SQUARE_REACH, type Place, squareOf } from './job-distance';
import { reachOf, tractsOf } from './job-tracts';

interface Counted {
  fine: number;
  count: number;
}

const place = (west: number, east: number, south: number, north: number): fc.Arbitrary<Place> =>
  fc.record({
    longitude: fc.double({ min: west, max: east, noNaN: true }),
    latitude: fc.double({ min: south, max: north, noNaN: true }),
  });
const anywhere = place(-180, 180, -90, 90);
const somewhere = fc.oneof(
  anywhere,
  place(73, 135, 18, 54),
  place(121, 122, 30, 32),
  place(179, 180, 60, 70),
);
const counted = fc.uniqueArray(
  fc.tuple(somewhere, fc.integer({ min: 1, max: 40 })).map(([at, count]): Counted => {
    return { fine: squareOf(at).fine, count };
  }),
  { selector: ({ fine }) => fine, maxLength: 120 },
);

/** As it would be with a look at every square. */
function plainReach(squares: Counted[], wanted: number, from: Place): number | undefined {
  const nearest = squares
    .map(({ fine, count }) => ({ metres: distance(centreOf(fine), from), count }))
    .sort((a, b) => a.metres - b.metres);
  let count = 0;
  const last = nearest.find((square) => (count += square.count) >= wanted);
  return last && last.metres + FINE_SQUARE_REACH;
}

describe('how far to look for so many jobs', () => {
  it('is told by a part of the squares as by all of them', () => {
    fc.assert(
      fc.property(counted, fc.integer({ min: 1, max: 2000 }), somewhere, (squares, wanted, from) => {
        expect(reachOf(tractsOf(squares), wanted, from)).toBe(plainReach(squares, wanted, from));
      }),
      { numRuns: 500 },
    );
  });

  it('takes a look at few of the squares of a whole country', () => {
    const squares: Counted[] = [];
    for (let longitude = 100; longitude < 122; longitude += 0.05)
      for (let latitude = 22; latitude < 42; latitude += 0.05)
        squares.push({ fine: squareOf({ longitude, latitude }).fine, count: 1 });
    const tracts = tractsOf(squares);
    expect(tracts.length).toBeLessThan(500);
    let looked = 0;
    for (const tract of tracts) {
      const all = tract.squares;
      Object.defineProperty(tract, 'squares', { get: () => ((looked += all.length), all) });
    }
    expect(reachOf(tracts, 35, { longitude: 116.4, latitude: 39.9 })).toBeLessThan(30_000);
    expect(looked).toBeLessThan(squares.length / 10);
  });
});
