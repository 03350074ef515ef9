import { failedToParse } from '../errors';
import { DAY_MS, fromClock, toClock } from './time-zones';

/** Units of fixed length, in milliseconds. */
const FIXED_UNITS: Readonly<Record<string, number>> = {
  week: 7 * DAY_MS,
  day: DAY_MS,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
};

/** Units of varying length, in months. */
const CALENDAR_UNITS: Readonly<Record<string, number>> = { year: 12, quarter: 3, month: 1 };

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** Bins are counted from the beginning of 2000, and weeks from its first week. */
const REFERENCE = Date.UTC(2000, 0, 1);
const REFERENCE_MONTHS = 2000 * 12;

function checkUnit(unit: string): void {
  if (!(unit in FIXED_UNITS) && !(unit in CALENDAR_UNITS))
    throw failedToParse(`unknown time unit value: ${unit}`);
}

function weekday(name: string): number {
  const full = WEEKDAYS.findIndex(
    (day) => day === name.toLowerCase() || day.slice(0, 3) === name.toLowerCase(),
  );
  if (full < 0) throw failedToParse(`unknown day of week value: ${name}`);
  return full;
}

const monthsOf = (clock: Date): number => clock.getUTCFullYear() * 12 + clock.getUTCMonth();

/** Clock time of the first day of a month counted from the year 0. */
const monthStart = (months: number): number =>
  Date.UTC(Math.floor(months / 12), ((months % 12) + 12) % 12, 1);

/** Hours and shorter units count elapsed time; days and longer ones follow the clock. */
const followsClock = (unit: string): boolean => unit === 'day' || unit === 'week' || unit in CALENDAR_UNITS;

/** Adds units to an instant; a day beyond the end of the month becomes its last day. */
export function addUnits(instant: number, unit: string, amount: number, zone: string): number {
  checkUnit(unit);
  if (!followsClock(unit)) return instant + amount * (FIXED_UNITS[unit] as number);
  const clock = toClock(instant, zone);
  const months = CALENDAR_UNITS[unit];
  if (months === undefined) return fromClock(clock.getTime() + amount * (FIXED_UNITS[unit] as number), zone);
  const target = monthsOf(clock) + amount * months;
  const lastDay = new Date(monthStart(target + 1) - DAY_MS).getUTCDate();
  const day = Math.min(clock.getUTCDate(), lastDay);
  return fromClock(
    monthStart(target) + (day - 1) * DAY_MS + (((clock.getTime() % DAY_MS) + DAY_MS) % DAY_MS),
    zone,
  );
}

/** The beginning of the week that holds a clock time, as a number of days since the reference. */
function weekStart(clock: number, startOfWeek: string): number {
  const days = Math.floor((clock - REFERENCE) / DAY_MS);
  const shift = (new Date(clock).getUTCDay() - weekday(startOfWeek) + 7) % 7;
  return days - shift;
}

/** The beginning of the bin that holds an instant. */
export function truncate(
  instant: number,
  unit: string,
  size: number,
  zone: string,
  startOfWeek: string,
): number {
  checkUnit(unit);
  const clock = toClock(instant, zone);
  const months = CALENDAR_UNITS[unit];
  if (months !== undefined) {
    const bin = size * months;
    const count = Math.floor((monthsOf(clock) - REFERENCE_MONTHS) / bin);
    return fromClock(monthStart(REFERENCE_MONTHS + count * bin), zone);
  }
  if (unit === 'week') {
    const first = weekStart(REFERENCE + 6 * DAY_MS, startOfWeek);
    const weeks = Math.floor((weekStart(clock.getTime(), startOfWeek) - first) / 7 / size) * size;
    return fromClock(REFERENCE + (first + weeks * 7) * DAY_MS, zone);
  }
  const bin = size * (FIXED_UNITS[unit] as number);
  const base = followsClock(unit) ? REFERENCE : fromClock(REFERENCE, zone);
  const value = followsClock(unit) ? clock.getTime() : instant;
  const start = base + Math.floor((value - base) / bin) * bin;
  return followsClock(unit) ? fromClock(start, zone) : start;
}

/** How many boundaries of a unit lie between two instants. */
export function difference(
  from: number,
  to: number,
  unit: string,
  zone: string,
  startOfWeek: string,
): number {
  checkUnit(unit);
  const [a, b] = [toClock(from, zone), toClock(to, zone)];
  const months = CALENDAR_UNITS[unit];
  if (months !== undefined) return Math.floor(monthsOf(b) / months) - Math.floor(monthsOf(a) / months);
  if (unit === 'week') return (weekStart(b.getTime(), startOfWeek) - weekStart(a.getTime(), startOfWeek)) / 7;
  const length = FIXED_UNITS[unit] as number;
  const [x, y] = followsClock(unit) ? [a.getTime(), b.getTime()] : [from, to];
  return Math.floor(y / length) - Math.floor(x / length);
}
