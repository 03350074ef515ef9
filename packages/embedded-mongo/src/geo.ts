import { isDoc, type Doc } from './bson';
import { need, notSupported } from './errors';

/** Longitude and latitude in degrees. */
type Position = readonly [number, number];

/** In metres, as MongoDB takes it. */
const EARTH_RADIUS = 6378100;

function positionOf(value: unknown): Position {
  const [x, y] = Array.isArray(value) ? (value as unknown[]) : [];
  need(typeof x === 'number' && typeof y === 'number', 2, 'a position must be an array of two numbers');
  return [x, y];
}

/** The position of a GeoJSON point, the only geometry stored here; of anything else, nowhere. */
const pointOf = (value: unknown): Position =>
  isDoc(value) && value['type'] === 'Point' ? positionOf(value['coordinates']) : [Number.NaN, Number.NaN];

export function isOnEarth(value: unknown): boolean {
  const [longitude, latitude] = pointOf(value);
  return Math.abs(longitude) <= 180 && Math.abs(latitude) <= 90;
}

/** Great-circle distance in radians (haversine). */
function angle([lon1, lat1]: Position, [lon2, lat2]: Position): number {
  const sine = (degrees: number): number => Math.sin((degrees * Math.PI) / 360);
  const cosines = Math.cos((lat1 * Math.PI) / 180) * Math.cos((lat2 * Math.PI) / 180);
  return 2 * Math.asin(Math.min(1, Math.sqrt(sine(lat2 - lat1) ** 2 + cosines * sine(lon2 - lon1) ** 2)));
}

/** `$geoWithin` a circle on the sphere, or a polygon without holes. @throws ServerError 115 for other shapes */
export function geoTest(argument: unknown): (value: unknown) => boolean {
  const { $centerSphere: circle, $geometry: geometry }: Doc = isDoc(argument) ? argument : {};
  const [centre, radius] = Array.isArray(circle) ? (circle as unknown[]) : [];
  if (centre !== undefined) return (value) => angle(positionOf(centre), pointOf(value)) <= Number(radius);
  const { type, coordinates }: Doc = isDoc(geometry) ? geometry : {};
  const [ring, ...holes] = Array.isArray(coordinates) ? (coordinates as unknown[][]) : [];
  if (type !== 'Polygon' || !ring || holes.length > 0) throw notSupported('$geoWithin of this shape');
  const corners = ring.map(positionOf);
  return (value) => {
    const [x, y] = pointOf(value);
    // The even-odd rule, on longitude and latitude as a plane.
    const crossed = corners.filter(([x1, y1], i) => {
      const [x2, y2] = corners[(i + 1) % corners.length] as Position;
      return y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1;
    });
    return crossed.length % 2 === 1;
  };
}

/** Metres to a value; undefined for what is no point, or too near or far. */
export type Distance = (value: unknown) => number | undefined;

/** Reads what `$near` and `$geoNear` take. @throws ServerError 115 for legacy coordinates */
export function distanceFrom({ $geometry, near: point = $geometry, ...limits }: Doc): Distance {
  if (!isOnEarth(point)) throw notSupported('$near of anything but a GeoJSON point');
  const [least, most] = ['minDistance', 'maxDistance'].map((name) => limits[name] ?? limits[`$${name}`]);
  return (value) => {
    const metres = angle(pointOf(point), pointOf(value)) * EARTH_RADIUS;
    return metres >= Number(least ?? 0) && metres <= Number(most ?? Infinity) ? metres : undefined;
  };
}
