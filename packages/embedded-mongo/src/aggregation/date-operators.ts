import { failedToParse, ServerError } from '../errors';
import { isNumeric, toNumber } from '../bson/numbers';
import { isDoc, isNullish, Long, ObjectId, Timestamp, typeOf, type Doc } from '../bson/values';
import { addUnits, difference, truncate } from './date-units';
import type { Evaluate, Operator } from './operator';
import { formatDate, parseDate } from './date-format';
import {
  dayOfYear,
  DAY_MS,
  fromClock,
  isoDayOfWeek,
  isoWeek,
  isoYearStart,
  localTime,
  toClock,
  weekOfYear,
} from './time-zones';

/** Milliseconds since the epoch. @throws ServerError 16006 for what is no date */
function instantOf(value: unknown): number {
  if (value instanceof Date) return value.getTime();
  if (value instanceof ObjectId) return value.getTimestamp().getTime();
  if (value instanceof Timestamp) return value.getHighBitsUnsigned() * 1000;
  throw new ServerError(16006, `can't convert from BSON type ${typeOf(value).alias} to Date`);
}

/** Evaluates the named arguments of an operator. */
function evaluated(name: string, argument: unknown, evaluate: Evaluate): Doc {
  if (!isDoc(argument)) throw failedToParse(`${name} requires an object as its argument`);
  return Object.fromEntries(Object.entries(argument).map(([key, value]) => [key, evaluate(value)]));
}

function zoneOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new ServerError(40517, `timezone must evaluate to a string, found ${typeOf(value).alias}`);
}

/** An operator that reads one number off a date's clock. */
function part(read: (clock: Date) => unknown): Operator {
  return (argument, evaluate) => {
    const isNamed = isDoc(argument) && 'date' in argument;
    const date = evaluate(isNamed ? argument['date'] : argument);
    const zone = isNamed && 'timezone' in argument ? evaluate(argument['timezone']) : 'UTC';
    if (isNullish(date) || isNullish(zone)) return null;
    return read(toClock(instantOf(date), zoneOf(zone)));
  };
}

function dateToParts(argument: unknown, evaluate: Evaluate): unknown {
  const { date, timezone = 'UTC', iso8601 = false } = evaluated('$dateToParts', argument, evaluate);
  if (isNullish(date) || isNullish(timezone)) return null;
  const clock = toClock(instantOf(date), zoneOf(timezone));
  const { year, month, day, ...time } = localTime(clock);
  if (iso8601 !== true) return { year, month, day, ...time };
  const { year: isoWeekYear, week } = isoWeek(clock);
  return { isoWeekYear, isoWeek: week, isoDayOfWeek: isoDayOfWeek(clock), ...time };
}

function whole(name: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback;
  if (isNumeric(value) && Number.isInteger(toNumber(value))) return toNumber(value);
  throw new ServerError(40515, `'${name}' must evaluate to an integer, found ${typeOf(value).alias}`);
}

function dateFromParts(argument: unknown, evaluate: Evaluate): unknown {
  const parts = evaluated('$dateFromParts', argument, evaluate);
  if (Object.values(parts).some(isNullish)) return null;
  const time =
    whole('hour', parts['hour'], 0) * 3_600_000 +
    whole('minute', parts['minute'], 0) * 60_000 +
    whole('second', parts['second'], 0) * 1000 +
    whole('millisecond', parts['millisecond'], 0);
  const zone = zoneOf(parts['timezone'] ?? 'UTC');
  if ('isoWeekYear' in parts) {
    const days =
      (whole('isoWeek', parts['isoWeek'], 1) - 1) * 7 + whole('isoDayOfWeek', parts['isoDayOfWeek'], 1) - 1;
    return new Date(
      fromClock(isoYearStart(whole('isoWeekYear', parts['isoWeekYear'], 1)) + days * DAY_MS + time, zone),
    );
  }
  if (!('year' in parts))
    throw new ServerError(40516, "$dateFromParts requires either 'year' or 'isoWeekYear' to be present");
  const date = new Date(0);
  date.setUTCFullYear(
    whole('year', parts['year'], 1970),
    whole('month', parts['month'], 1) - 1,
    whole('day', parts['day'], 1),
  );
  return new Date(fromClock(date.getTime() + time, zone));
}

function dateToString(argument: unknown, evaluate: Evaluate): unknown {
  const { date, format, timezone = 'UTC', onNull = null } = evaluated('$dateToString', argument, evaluate);
  if (isNullish(date)) return onNull;
  if (isNullish(timezone) || (format !== undefined && isNullish(format))) return null;
  if (format !== undefined && typeof format !== 'string')
    throw new ServerError(18533, "$dateToString requires that 'format' be a string");
  return formatDate(instantOf(date), zoneOf(timezone), format);
}

function dateFromString(argument: unknown, evaluate: Evaluate): unknown {
  if (!isDoc(argument))
    throw new ServerError(40540, '$dateFromString only supports an object as an argument');
  const text = evaluate(argument['dateString']);
  if (isNullish(text)) return 'onNull' in argument ? evaluate(argument['onNull']) : null;
  const zone = 'timezone' in argument ? evaluate(argument['timezone']) : undefined;
  if (zone === null) return null;
  const format = 'format' in argument ? evaluate(argument['format']) : undefined;
  try {
    if (typeof text !== 'string')
      throw new ServerError(
        241,
        `$dateFromString requires that 'dateString' be a string, found: ${typeOf(text).alias}`,
      );
    return parseDate(text, zone === undefined ? undefined : zoneOf(zone), format as string | undefined);
  } catch (error) {
    if ('onError' in argument) return evaluate(argument['onError']);
    throw error;
  }
}

function shift(name: string, sign: 1 | -1): Operator {
  return (argument, evaluate) => {
    const { startDate, unit, amount, timezone = 'UTC' } = evaluated(name, argument, evaluate);
    if ([startDate, unit, amount, timezone].some(isNullish)) return null;
    if (!isNumeric(amount) || !Number.isInteger(toNumber(amount))) {
      throw new ServerError(5166405, `${name} expects integer amount of time units`);
    }
    return new Date(addUnits(instantOf(startDate), String(unit), sign * toNumber(amount), zoneOf(timezone)));
  };
}

/** Operators on dates, in any time zone. */
export const dateOperators: Readonly<Record<string, Operator>> = {
  $year: part((clock) => clock.getUTCFullYear()),
  $month: part((clock) => clock.getUTCMonth() + 1),
  $dayOfMonth: part((clock) => clock.getUTCDate()),
  $dayOfWeek: part((clock) => clock.getUTCDay() + 1),
  $dayOfYear: part(dayOfYear),
  $week: part(weekOfYear),
  $isoWeek: part((clock) => isoWeek(clock).week),
  $isoWeekYear: part((clock) => Long.fromNumber(isoWeek(clock).year)),
  $isoDayOfWeek: part(isoDayOfWeek),
  $hour: part((clock) => clock.getUTCHours()),
  $minute: part((clock) => clock.getUTCMinutes()),
  $second: part((clock) => clock.getUTCSeconds()),
  $millisecond: part((clock) => clock.getUTCMilliseconds()),
  $dateToParts: dateToParts,
  $dateFromParts: dateFromParts,
  $dateToString: dateToString,
  $dateFromString: dateFromString,
  $dateAdd: shift('$dateAdd', 1),
  $dateSubtract: shift('$dateSubtract', -1),
  $dateDiff: (argument, evaluate) => {
    const {
      startDate,
      endDate,
      unit,
      timezone = 'UTC',
      startOfWeek = 'sunday',
    } = evaluated('$dateDiff', argument, evaluate);
    if ([startDate, endDate, unit, timezone, startOfWeek].some(isNullish)) return null;
    const count = difference(
      instantOf(startDate),
      instantOf(endDate),
      String(unit),
      zoneOf(timezone),
      String(startOfWeek),
    );
    return Long.fromNumber(count);
  },
  $dateTrunc: (argument, evaluate) => {
    const {
      date,
      unit,
      binSize = 1,
      timezone = 'UTC',
      startOfWeek = 'sunday',
    } = evaluated('$dateTrunc', argument, evaluate);
    if ([date, unit, binSize, timezone, startOfWeek].some(isNullish)) return null;
    if (!isNumeric(binSize) || toNumber(binSize) < 1)
      throw new ServerError(5439017, '$dateTrunc requires binSize to be a positive integer');
    return new Date(
      truncate(instantOf(date), String(unit), toNumber(binSize), zoneOf(timezone), String(startOfWeek)),
    );
  },
};
