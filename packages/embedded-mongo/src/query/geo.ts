import { badValue } from '../errors';
import { isNumeric, toNumber } from '../bson/numbers';
import { isDoc, type Doc } from '../bson/values';

/** Longitude and latitude in degrees. */
export type Position = readonly [number, number];

/** Earth's radius as MongoDB takes it, in metres. */
export const EARTH_RADIUS_METRES = 6378100;

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
export function angularDistance([lon1, lat1]: Position, [lon2, lat2]: Position): number {
  const h =
    Math.sin(((lat2 - lat1) * RADIANS) / 2) ** 2 +
    Math.cos(lat1 * RADIANS) * Math.cos(lat2 * RADIANS) * Math.sin(((lon2 - lon1) * RADIANS) / 2) ** 2;
  return 2 * Math.asin(Math.min(1, Math.sqrt(h)));
}

export const planarDistance = (a: Position, b: Position): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

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
  if (type === 'MultiPolygon' && Array.isArray(coordinates)) {
    const parts = coordinates.map(polygon);
    return (point) => parts.some((part) => part(point));
  }
  throw badValue(`$geoWithin not supported with provided geometry: ${JSON.stringify(geometry)}`);
}

function circle(argument: unknown, distance: (a: Position, b: Position) => number): Area {
  const [centre, radius] = Array.isArray(argument) ? (argument as unknown[]) : [];
  if (!isNumeric(radius) || toNumber(radius) < 0) throw badValue('radius must be a non-negative number');
  const from = position(centre);
  return (point) => distance(from, point) <= toNumber(radius);
}

function box(argument: unknown): Area {
  if (!Array.isArray(argument) || argument.length !== 2) throw badValue('$box needs two corners');
  const [a, b] = argument.map(position) as [Position, Position];
  const between = (value: number, x: number, y: number): boolean =>
    Math.min(x, y) <= value && value <= Math.max(x, y);
  return (point) => between(point[0], a[0], b[0]) && between(point[1], a[1], b[1]);
}

const AREAS: Readonly<Record<string, (argument: unknown) => Area>> = {
  $geometry: geometryArea,
  $centerSphere: (argument) => circle(argument, angularDistance),
  $center: (argument) => circle(argument, planarDistance),
  $box: box,
  $polygon: (argument) => {
    if (!Array.isArray(argument)) throw badValue('$polygon needs an array of points');
    const ring = argument.map(position);
    return (point) => inRing(point, ring);
  },
};

/** `$geoWithin` and `$geoIntersects` on points, the only geometries this server relates. */
export function geoPredicate(operator: string, argument: unknown): (value: unknown) => boolean {
  const [shape, specification] = isDoc(argument) ? (Object.entries(argument)[0] ?? []) : [];
  const area = shape === undefined ? undefined : AREAS[shape];
  if (!area) throw badValue(`unknown geo specifier: ${operator}: ${String(shape)}`);
  const contains = area(specification);
  return (value) => {
    const point = pointOf(value);
    return point !== undefined && contains(point);
  };
}

export interface NearQuery {
  path: string;
  from: Position;
  /** Metres on the sphere, or units of the coordinates on the plane. */
  distance: (point: Position) => number;
  min: number;
  max: number;
}

const limit = (value: unknown, fallback: number): number => (isNumeric(value) ? toNumber(value) : fallback);

/** Reads `{$near: …}` in both the GeoJSON and the legacy form. */
export function nearQuery(path: string, condition: Doc): NearQuery {
  const operator = '$near' in condition ? '$near' : '$nearSphere';
  const argument = condition[operator];
  if (isDoc(argument) && '$geometry' in argument) {
    const from = pointOf(argument['$geometry']);
    if (!from) throw badValue(`$near requires a point, given ${JSON.stringify(argument['$geometry'])}`);
    return {
      path,
      from,
      distance: (point) => angularDistance(from, point) * EARTH_RADIUS_METRES,
      min: limit(argument['$minDistance'], 0),
      max: limit(argument['$maxDistance'], Infinity),
    };
  }
  const from = position(argument);
  const measure = operator === '$near' ? planarDistance : angularDistance;
  return {
    path,
    from,
    distance: (point) => measure(from, point),
    min: limit(condition['$minDistance'], 0),
    max: limit(condition['$maxDistance'], Infinity),
  };
}
