import { ServerError } from '../errors';
import {
  dayOfYear,
  fromClock,
  isoDayOfWeek,
  isoWeek,
  offsetMinutes,
  toClock,
  weekOfYear,
} from './time-zones';

const DEFAULT_FORMAT = '%Y-%m-%dT%H:%M:%S.%L';

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

function offsetText(minutes: number): string {
  const magnitude = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(magnitude / 60), 2)}${pad(magnitude % 60, 2)}`;
}

const month = (clock: Date, length: 'short' | 'long'): string =>
  clock.toLocaleString('en-US', { month: length, timeZone: 'UTC' });

const FIELDS: Readonly<Record<string, (clock: Date, offset: number) => string>> = {
  Y: (clock) => pad(clock.getUTCFullYear(), 4),
  m: (clock) => pad(clock.getUTCMonth() + 1, 2),
  d: (clock) => pad(clock.getUTCDate(), 2),
  H: (clock) => pad(clock.getUTCHours(), 2),
  M: (clock) => pad(clock.getUTCMinutes(), 2),
  S: (clock) => pad(clock.getUTCSeconds(), 2),
  L: (clock) => pad(clock.getUTCMilliseconds(), 3),
  j: (clock) => pad(dayOfYear(clock), 3),
  w: (clock) => String(clock.getUTCDay() + 1),
  u: (clock) => String(isoDayOfWeek(clock)),
  U: (clock) => pad(weekOfYear(clock), 2),
  V: (clock) => pad(isoWeek(clock).week, 2),
  G: (clock) => pad(isoWeek(clock).year, 4),
  b: (clock) => month(clock, 'short'),
  B: (clock) => month(clock, 'long'),
  z: (_clock, offset) => offsetText(offset),
  Z: (_clock, offset) => String(offset),
  '%': () => '%',
};

/** Writes a date as `$dateToString` does. @throws ServerError 18536 for an unknown field of the format */
export function formatDate(instant: number, zone: string, format?: string): string {
  const clock = toClock(instant, zone);
  const offset = offsetMinutes(zone, instant);
  const isDefault = format === undefined;
  const text = (format ?? DEFAULT_FORMAT).replace(/%(.?)/gs, (_match, letter: string) => {
    const field = FIELDS[letter];
    if (!field)
      throw new ServerError(
        letter === '' ? 18535 : 18536,
        `Invalid format character '%${letter}' in format string`,
      );
    return field(clock, offset);
  });
  // The real server writes the Z whatever the time zone.
  return isDefault ? `${text}Z` : text;
}

const PATTERNS: Readonly<Record<string, string>> = {
  Y: '(?<Y>\\d{4})',
  m: '(?<m>\\d{1,2})',
  d: '(?<d>\\d{1,2})',
  H: '(?<H>\\d{1,2})',
  M: '(?<M>\\d{1,2})',
  S: '(?<S>\\d{1,2})',
  L: '(?<L>\\d{1,3})',
  z: '(?<z>[+-]\\d\\d:?\\d\\d|Z)',
  '%': '%',
};

const ISO =
  /^(?<Y>\d{4})-(?<m>\d{1,2})-(?<d>\d{1,2})(?:[T ](?<H>\d{1,2}):(?<M>\d{2})(?::(?<S>\d{2})(?:\.(?<L>\d{1,3})\d*)?)?)?\s*(?<z>Z|[+-]\d\d:?\d\d)?$/;

function patternOf(format: string): RegExp {
  const source = format.replace(/%(.?)|[.*+?^${}()|[\]\\]/gs, (match, letter?: string) => {
    if (letter === undefined) return `\\${match}`;
    const pattern = PATTERNS[letter];
    if (pattern === undefined)
      throw new ServerError(18536, `Invalid format character '%${letter}' in format string`);
    return pattern;
  });
  return new RegExp(`^${source}$`);
}

/** Reads a date as `$dateFromString` does. @throws ServerError 241 for what is no date */
export function parseDate(text: string, zone: string | undefined, format: string | undefined): Date {
  const found = (format === undefined ? ISO : patternOf(format)).exec(text)?.groups;
  if (!found) throw new ServerError(241, `Error parsing date string '${text}'`);
  const number = (name: string, fallback: number): number => Number(found[name] ?? fallback);
  if (found['z'] && zone !== undefined) {
    throw new ServerError(
      241,
      `you cannot pass in a date/time string with GMT offset together with a timezone argument: '${text}'`,
    );
  }
  const clock = Date.UTC(
    number('Y', 1970),
    number('m', 1) - 1,
    number('d', 1),
    number('H', 0),
    number('M', 0),
    number('S', 0),
    Number((found['L'] ?? '0').padEnd(3, '0')),
  );
  if (new Date(clock).getUTCMonth() !== number('m', 1) - 1)
    throw new ServerError(241, `Error parsing date string '${text}': no such day`);
  return new Date(fromClock(clock, found['z'] ?? zone ?? 'UTC'));
}
