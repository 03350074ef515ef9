import { badValue, notSupported } from '../errors';
import { isNumeric, toNumber } from '../bson/numbers';
import { isDoc, type Doc } from '../bson/values';

/** Longitude and latitude in degrees. */
type Position = readonly [number, number];

/** Earth's radius as MongoDB takes it, in metres. */
const EARTH_RADIUS_METRES = 6378100;

const RADIANS = Math.PI / 180;

function position(value: unknown): Position {
  const list = isDoc(value) ? Object.values(value) : value;
  if (Array.isArray(list) && list.length >= 2 && isNumeric(list[0]) && isNumeric(list[1])) {
    return [toNumber(list[0]), toNumber(list[1])];
  }
  throw badValue('Point must be an array or object of two numbers');
}

/** The position of a GeoJSON point or a legacy pair; undefined for anything else. */
export function pointOf(value: unknown): Position | undefined {
  if (isDoc(value) && 'type' in value) {
    return value['type'] === 'Point' ? position(value['coordinates']) : undefined;
  }
  if (Array.isArray(value) || isDoc(value)) {
    const list = Object.values(value);
    if (list.length === 2 && list.every(isNumeric)) return position(value);
  }
  return undefined;
}

/** Whether a value is a point with a longitude and a latitude. */
export function isPointOnEarth(value: unknown): boolean {
  const point = pointOf(value);
  return point !== undefined && Math.abs(point[0]) <= 180 && Math.abs(point[1]) <= 90;
}

/** Great-circle distance in radians (haversine). */
function angularDistance([lon1, lat1]: Position, [lon2, lat2]: Position): number {
  const h =
    Math.sin(((lat2 - lat1) * RADIANS) / 2) ** 2 +
    Math.cos(lat1 * RADIANS) * Math.cos(lat2 * RADIANS) * Math.sin(((lon2 - lon1) * RADIANS) / 2) ** 2;
  return 2 * Math.asin(Math.min(1, Math.sqrt(h)));
}

function onEdge([x, y]: Position, [x1, y1]: Position, [x2, y2]: Position): boolean {
  const cross = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1);
  const within =
    Math.min(x1, x2) <= x && x <= Math.max(x1, x2) && Math.min(y1, y2) <= y && y <= Math.max(y1, y2);
  return Math.abs(cross) < 1e-12 && within;
}

/** Even-odd rule on longitude and latitude as a plane; the border counts as inside. */
function inRing(point: Position, ring: readonly Position[]): boolean {
  let inside = false;
  ring.forEach((a, i) => {
    const b = ring[(i + 1) % ring.length] as Position;
    if (onEdge(point, a, b)) inside = true;
    const crosses = a[1] > point[1] !== b[1] > point[1];
    if (crosses && point[0] < ((b[0] - a[0]) * (point[1] - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside;
  });
  return inside || ring.some((a, i) => onEdge(point, a, ring[(i + 1) % ring.length] as Position));
}

type Area = (point: Position) => boolean;

function polygon(rings: unknown): Area {
  if (!Array.isArray(rings) || rings.length === 0)
    throw badValue('Polygon coordinates must be an array of rings');
  const [outer = [], ...holes] = rings.map((ring) => {
    if (!Array.isArray(ring)) throw badValue('Polygon ring must be an array of positions');
    return ring.map(position);
  });
  const first = outer[0];
  const last = outer.at(-1);
  if (outer.length < 4 || !first || !last || first[0] !== last[0] || first[1] !== last[1]) {
    throw badValue('Loop is not closed, or has fewer than 3 different vertices');
  }
  return (point) => inRing(point, outer) && !holes.some((hole) => inRing(point, hole));
}

function geometryArea(geometry: unknown): Area {
  if (!isDoc(geometry)) throw badValue('$geometry must be an object');
  const { type, coordinates } = geometry;
  if (type === 'Polygon') return polygon(coordinates);
  throw badValue(`$geoWithin not supported with provided geometry: ${JSON.stringify(geometry)}`);
}

function circle(argument: unknown): Area {
  const [centre, radius] = Array.isArray(argument) ? (argument as unknown[]) : [];
  if (!isNumeric(radius) || toNumber(radius) < 0) throw badValue('radius must be a non-negative number');
  const from = position(centre);
  return (point) => angularDistance(from, point) <= toNumber(radius);
}

/** `$geoWithin` on points, the only geometries this server relates. @throws ServerError 2 for other shapes */
export function geoPredicate(argument: unknown): (value: unknown) => boolean {
  const [shape, specification] = isDoc(argument) ? (Object.entries(argument)[0] ?? []) : [];
  if (shape !== '$geometry' && shape !== '$centerSphere')
    throw badValue(`unknown geo specifier: ${String(shape)}`);
  const contains = shape === '$geometry' ? geometryArea(specification) : circle(specification);
  return (value) => {
    const point = pointOf(value);
    return point !== undefined && contains(point);
  };
}

export interface NearQuery {
  path: string;
  /** In metres on the sphere. */
  distance: (point: Position) => number;
  min: number;
  max: number;
}

const limit = (value: unknown, fallback: number): number => (isNumeric(value) ? toNumber(value) : fallback);

/** Reads `{$near: {$geometry: …}}`, with distances in metres. @throws ServerError 115 for legacy coordinates */
export function nearQuery(path: string, condition: Doc): NearQuery {
  const argument = condition['$near'] ?? condition['$nearSphere'];
  if (!isDoc(argument) || !('$geometry' in argument)) throw notSupported('$near without $geometry');
  const from = pointOf(argument['$geometry']);
  if (!from) throw badValue(`$near requires a point, given ${JSON.stringify(argument['$geometry'])}`);
  return {
    path,
    distance: (point) => angularDistance(from, point) * EARTH_RADIUS_METRES,
    min: limit(argument['$minDistance'], 0),
    max: limit(argument['$maxDistance'], Infinity),
  };
}
