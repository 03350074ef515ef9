/** Metres; the mean radius of the earth (IUGG). */
const EARTH_RADIUS = 6_371_008.8;
const RADIANS = Math.PI / 180;
/** Fine squares along a side of a coarse one. */
const FINE_PER_DEGREE = 20;

/** Degrees. */
export interface Place {
  longitude: number;
  latitude: number;
}

/** A place on the unit sphere. */
export interface Direction {
  x: number;
  y: number;
  z: number;
}

export function directionOf({ longitude, latitude }: Place): Direction {
  const around = Math.cos(latitude * RADIANS);
  return {
    x: around * Math.cos(longitude * RADIANS),
    y: around * Math.sin(longitude * RADIANS),
    z: Math.sin(latitude * RADIANS),
  };
}

/**
 * The square of the straight line between two places on the unit sphere: it orders as distance does, and a database
 * computes it with sums and products alone.
 */
export function chordSquared(a: Direction, b: Direction): number {
  return (a.x - b.x) ** 2 + (a.y - b.y) ** 2 + (a.z - b.z) ** 2;
}

/** Metres along the great circle, to a tenth. */
export function metresOf(chordSquare: number): number {
  const metres = 2 * EARTH_RADIUS * Math.asin(Math.min(1, Math.sqrt(chordSquare) / 2));
  return Math.round(metres * 10) / 10;
}

export function distance(a: Place, b: Place): number {
  return metresOf(chordSquared(directionOf(a), directionOf(b)));
}

/** The chord square of so many metres along the great circle. */
export function chordSquareOf(metres: number): number {
  return (2 * Math.sin(Math.min(Math.PI, metres / EARTH_RADIUS) / 2)) ** 2;
}

/** The squares of the map that a place lies in, each with a number of its own. */
export interface Square {
  /** one degree by one */
  coarse: number;
  /** a twentieth of a degree by a twentieth: at most 5.6 km */
  fine: number;
}

const columnsOf = (perDegree: number) => 360 * perDegree;
/** The last row and column hold the pole and the 180th meridian too. */
const lineOf = (degrees: number, perDegree: number, lines: number) =>
  Math.min(lines - 1, Math.max(0, Math.floor(degrees * perDegree)));
const rowOf = (latitude: number, perDegree: number) => lineOf(latitude + 90, perDegree, 180 * perDegree);
const columnOf = (longitude: number, perDegree: number) =>
  lineOf(longitude + 180, perDegree, columnsOf(perDegree));

function squareNumber({ longitude, latitude }: Place, perDegree: number): number {
  return rowOf(latitude, perDegree) * columnsOf(perDegree) + columnOf(longitude, perDegree);
}

export function squareOf(place: Place): Square {
  return { coarse: squareNumber(place, 1), fine: squareNumber(place, FINE_PER_DEGREE) };
}

/** The middle of a fine square, or of one of another size. */
export function centreOf(square: number, perDegree = FINE_PER_DEGREE): Place {
  const columns = columnsOf(perDegree);
  return {
    longitude: ((square % columns) + 0.5) / perDegree - 180,
    latitude: (Math.floor(square / columns) + 0.5) / perDegree - 90,
  };
}

/** Metres from the middle of a fine square to its farthest corner, at most. */
export const FINE_SQUARE_REACH = 4_000;
const COARSE_SQUARE_REACH = FINE_SQUARE_REACH * FINE_PER_DEGREE;

/** Squares that hold everything within a distance of a place; no fine ones where there would be too many. */
export interface Area {
  coarse: number[];
  fine: number[] | undefined;
}

const MOST_COARSE = 1000;
const MOST_FINE = 400;
/** Nearer than this to a pole, or across the 180th meridian, squares are no help. */
const HIGHEST_LATITUDE = 85;

/** Undefined where the area is too large or lies too oddly to be told by squares. */
export function areaWithin(metres: number, centre: Place): Area | undefined {
  const angle = metres / EARTH_RADIUS / RADIANS;
  const [south, north] = [centre.latitude - angle, centre.latitude + angle];
  if (south < -HIGHEST_LATITUDE || north > HIGHEST_LATITUDE) return undefined;
  // how far east a circle reaches: farther than along its middle, since meridians draw together
  const ratio = Math.sin(angle * RADIANS) / Math.cos(centre.latitude * RADIANS);
  if (ratio >= 1) return undefined;
  const reach = Math.asin(ratio) / RADIANS;
  const [west, east] = [centre.longitude - reach, centre.longitude + reach];
  if (west < -180 || east > 180) return undefined;
  const box = { south, north, west, east };
  const within = (reach: number, perDegree: number) => (square: number) =>
    distance(centreOf(square, perDegree), centre) <= metres + reach;
  const coarse = squaresIn(box, 1, MOST_COARSE);
  const fine = squaresIn(box, FINE_PER_DEGREE, MOST_FINE);
  return (
    coarse && {
      coarse: coarse.filter(within(COARSE_SQUARE_REACH, 1)),
      fine: fine?.filter(within(FINE_SQUARE_REACH, FINE_PER_DEGREE)),
    }
  );
}

interface Box {
  south: number;
  north: number;
  west: number;
  east: number;
}

function squaresIn({ south, north, west, east }: Box, perDegree: number, most: number): number[] | undefined {
  const [firstRow, lastRow] = [rowOf(south, perDegree), rowOf(north, perDegree)];
  const [firstColumn, lastColumn] = [columnOf(west, perDegree), columnOf(east, perDegree)];
  const width = lastColumn - firstColumn + 1;
  const height = lastRow - firstRow + 1;
  if (width * height > most) return undefined;
  return Array.from({ length: width * height }, (_, i) => {
    const row = firstRow + Math.floor(i / width);
    return row * columnsOf(perDegree) + firstColumn + (i % width);
  });
}
