import * as fc from 'fast-check';
import {
  areaWithin,
  centreOf,
  chordSquared,
  chordSquareOf,
  directionOf,
  distance,
  FINE_SQUARE_REACH,
  metresOf,
  type Place,
  squareOf,
} from './job-distance';

const RADIANS = Math.PI / 180;

/** Metres, by the formula that everybody knows. */
function haversine(a: Place, b: Place): number {
  const h =
    Math.sin(((b.latitude - a.latitude) * RADIANS) / 2) ** 2 +
    Math.cos(a.latitude * RADIANS) *
      Math.cos(b.latitude * RADIANS) *
      Math.sin(((b.longitude - a.longitude) * RADIANS) / 2) ** 2;
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(h)));
}

const degrees = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const anywhere = fc.record({ longitude: degrees(-180, 180), latitude: degrees(-90, 90) });
const inChina = fc.record({ longitude: degrees(73, 135), latitude: degrees(18, 54) });

/** A place so many metres away, in a direction. */
function away(from: Place, metres: number, bearing: number): Place {
  const angle = metres / 6_371_008.8;
  const latitude = Math.asin(
    Math.sin(from.latitude * RADIANS) * Math.cos(angle) +
      Math.cos(from.latitude * RADIANS) * Math.sin(angle) * Math.cos(bearing),
  );
  const turn = Math.atan2(
    Math.sin(bearing) * Math.sin(angle) * Math.cos(from.latitude * RADIANS),
    Math.cos(angle) - Math.sin(from.latitude * RADIANS) * Math.sin(latitude),
  );
  return { longitude: from.longitude + turn / RADIANS, latitude: latitude / RADIANS };
}

describe('distances', () => {
  it('agree with haversine, to a tenth of a metre and what doubles can hold', () => {
    fc.assert(
      fc.property(anywhere, anywhere, (a, b) => {
        const exact = haversine(a, b);
        expect(Math.abs(distance(a, b) - exact)).toBeLessThan(0.06 + exact * 1e-6);
      }),
    );
    fc.assert(
      fc.property(inChina, degrees(0, 50), degrees(0, 6.28), (a, metres, bearing) => {
        expect(Math.abs(distance(a, away(a, metres, bearing)) - metres)).toBeLessThan(0.06);
      }),
    );
  });

  it.each<[string, Place, Place, number]>([
    [
      '人民广场 to 杭州西湖',
      { longitude: 121.4737, latitude: 31.2304 },
      { longitude: 120.1488, latitude: 30.2427 },
      167_000,
    ],
    [
      '天安门 to 东方明珠',
      { longitude: 116.3974, latitude: 39.9093 },
      { longitude: 121.4998, latitude: 31.2397 },
      1_066_000,
    ],
  ])('%s', (_names, a, b, metres) => {
    expect(Math.abs(distance(a, b) / metres - 1)).toBeLessThan(0.01);
  });

  it('order as the chords do, and a chord tells its metres', () => {
    fc.assert(
      fc.property(inChina, inChina, inChina, (from, a, b) => {
        const [near, far] = [a, b]
          .map((place) => chordSquared(directionOf(from), directionOf(place)))
          .sort((x, y) => x - y) as [number, number];
        return metresOf(near) <= metresOf(far);
      }),
    );
    fc.assert(
      fc.property(degrees(0, 20_000_000), (metres) => {
        expect(Math.abs(metresOf(chordSquareOf(metres)) - metres)).toBeLessThan(1);
      }),
    );
  });
});

describe('squares of the map', () => {
  it('hold a place not farther from their middle than they reach', () => {
    fc.assert(
      fc.property(anywhere, (place) => {
        const centre = centreOf(squareOf(place).fine);
        return haversine(place, centre) <= FINE_SQUARE_REACH;
      }),
    );
  });

  it('are whole numbers, also at the poles and the 180th meridian', () => {
    for (const place of [
      { longitude: 180, latitude: 90 },
      { longitude: -180, latitude: -90 },
    ]) {
      const { coarse, fine } = squareOf(place);
      expect([Number.isInteger(coarse), Number.isInteger(fine)]).toEqual([true, true]);
      expect(coarse).toBeLessThan(180 * 360);
      expect(haversine(centreOf(fine), place)).toBeLessThan(10_000);
    }
  });

  it('around a place hold everything within the distance', () => {
    const metres = fc.oneof(degrees(1, 30_000), degrees(30_000, 1_500_000));
    fc.assert(
      fc.property(anywhere, metres, degrees(0, 1), degrees(0, 6.28), (centre, reach, part, bearing) => {
        const area = areaWithin(reach, centre);
        if (!area) return;
        const inside = away(centre, reach * part, bearing);
        const { coarse, fine } = squareOf(inside);
        expect(area.coarse).toContain(coarse);
        if (area.fine) expect(area.fine).toContain(fine);
      }),
      { numRuns: 2000 },
    );
  });

  it('around a place are few, and fine ones where it is near', () => {
    const shanghai = { longitude: 121.47, latitude: 31.23 };
    const near = areaWithin(5_000, shanghai);
    expect(near?.coarse.length).toBeLessThanOrEqual(4);
    expect(near?.fine?.length).toBeLessThanOrEqual(16);
    const province = areaWithin(150_000, shanghai);
    expect(province?.coarse.length).toBeLessThanOrEqual(25);
    expect(province?.fine).toBeUndefined();
    // from Beijing to the first towns in the south, and not to all that lies about as far
    const far = areaWithin(900_000, { longitude: 116.4, latitude: 39.9 });
    expect(far?.coarse.length).toBeLessThan(400);
    expect(far?.coarse).not.toContain(squareOf(shanghai).coarse);
    expect(areaWithin(3_000_000, shanghai)).toBeUndefined();
    expect(areaWithin(10_000, { longitude: 179.99, latitude: 10 })).toBeUndefined();
    expect(areaWithin(10_000, { longitude: 0, latitude: 89.99 })).toBeUndefined();
  });
});
