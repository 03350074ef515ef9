import {
  centreOf,
  COARSE_SQUARE_REACH,
  distance,
  FINE_SQUARE_REACH,
  type Place,
  squareOf,
} from './job-distance';

interface CountedSquare {
  centre: Place;
  /** jobs in it */
  count: number;
}

/** A coarse square with the fine ones in it that hold jobs. */
export interface Tract extends CountedSquare {
  squares: CountedSquare[];
}

/** From how many jobs lie in which fine square. */
export function tractsOf(squares: { fine: number; count: number }[]): Tract[] {
  const tracts = new Map<number, Tract>();
  for (const { fine, count } of squares) {
    const centre = centreOf(fine);
    const { coarse } = squareOf(centre);
    const tract = tracts.get(coarse) ?? { centre: centreOf(coarse, 1), count: 0, squares: [] };
    tract.count += count;
    tract.squares.push({ centre, count });
    tracts.set(coarse, tract);
  }
  return [...tracts.values()];
}

/**
 * Metres around a place within which so many jobs lie, by whole squares; undefined where there are not as many. Fine
 * squares are looked at only where the coarse ones leave it open: a country has tens of thousands of them.
 */
export function reachOf(tracts: Tract[], wanted: number, from: Place): number | undefined {
  const nearest = nearestFirst(tracts, from);
  const enough = metresOfThe(wanted, nearest);
  if (enough === undefined) return undefined;
  const inQuestion = nearest.filter(({ metres }) => metres <= enough + 2 * COARSE_SQUARE_REACH);
  const squares = inQuestion.flatMap(({ square }) => square.squares);
  const last = metresOfThe(wanted, nearestFirst(squares, from));
  return last === undefined ? undefined : last + FINE_SQUARE_REACH;
}

interface Measured<T extends CountedSquare> {
  square: T;
  /** to its middle */
  metres: number;
}

function nearestFirst<T extends CountedSquare>(squares: T[], from: Place): Measured<T>[] {
  return squares
    .map((square) => ({ square, metres: distance(square.centre, from) }))
    .sort((a, b) => a.metres - b.metres);
}

/** To the square that holds the n-th job. */
function metresOfThe(nth: number, nearest: Measured<CountedSquare>[]): number | undefined {
  let count = 0;
  return nearest.find(({ square }) => (count += square.count) >= nth)?.metres;
}
