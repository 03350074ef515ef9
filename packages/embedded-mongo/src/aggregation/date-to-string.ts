import { failedToParse, ServerError } from '../errors';
import { isDoc, isNullish, typeOf, type Doc } from '../bson/values';

const MINUTE_MS = 60_000;
const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** Writes any instant as its zone's clock shows it. @throws ServerError 40485 for an unknown zone */
function clockOf(zone: string): Intl.DateTimeFormat {
  let format = FORMATS.get(zone);
  if (!format) {
    try {
      format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    } catch {
      throw new ServerError(40485, `unrecognized time zone identifier: "${zone}"`);
    }
    FORMATS.set(zone, format);
  }
  return format;
}

/** Minutes a zone is ahead of UTC; zones are IANA names or offsets such as +08:00. */
function offsetMinutes(zone: string, instant: number): number {
  if (zone === 'UTC') return 0;
  const fixed = /^([+-])(\d\d):?(\d\d)?$/.exec(zone);
  if (fixed) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3] ?? 0));
  const local = Date.parse(`${clockOf(zone).format(instant).replace(' ', 'T')}Z`);
  return Math.round((local - instant) / MINUTE_MS);
}

function offsetText(minutes: number): string {
  const clock = new Date(Math.abs(minutes) * MINUTE_MS).toISOString();
  return `${minutes < 0 ? '-' : '+'}${clock.slice(11, 13)}${clock.slice(14, 16)}`;
}

/** Where in an ISO date each field of a format is. */
const FIELDS: Readonly<Record<string, [start: number, end: number]>> = {
  Y: [0, 4],
  m: [5, 7],
  d: [8, 10],
  H: [11, 13],
  M: [14, 16],
  S: [17, 19],
  L: [20, 23],
};

/** `$dateToString` with the fields %Y %m %d %H %M %S %L %z %Z %%. @throws ServerError 18536 for any other */
export function dateToString(argument: unknown, evaluate: (expression: unknown) => unknown): unknown {
  if (!isDoc(argument)) throw failedToParse('$dateToString requires an object');
  const named: Doc = Object.fromEntries(
    Object.entries(argument).map(([name, value]) => [name, evaluate(value)]),
  );
  // The real server writes the Z of the default format whatever the time zone.
  const { date, format = '%Y-%m-%dT%H:%M:%S.%LZ', timezone = 'UTC', onNull = null } = named;
  if (isNullish(date)) return onNull;
  if (isNullish(timezone) || isNullish(format)) return null;
  if (!(date instanceof Date))
    throw new ServerError(16006, `can't convert from BSON type ${typeOf(date).alias} to Date`);
  if (typeof format !== 'string')
    throw new ServerError(18533, "$dateToString requires that 'format' be a string");
  if (typeof timezone !== 'string') throw new ServerError(40517, 'timezone must evaluate to a string');
  const offset = offsetMinutes(timezone, date.getTime());
  const clock = new Date(date.getTime() + offset * MINUTE_MS).toISOString();
  if (clock.length !== 24) throw new ServerError(18537, '$dateToString takes years from 0 to 9999');
  return format.replace(/%(.?)/gs, (_match, letter: string) => {
    if (letter === 'z') return offsetText(offset);
    if (letter === 'Z') return String(offset);
    if (letter === '%') return '%';
    const field = FIELDS[letter];
    if (!field) throw new ServerError(18536, `Invalid format character '%${letter}' in format string`);
    return clock.slice(...field);
  });
}
