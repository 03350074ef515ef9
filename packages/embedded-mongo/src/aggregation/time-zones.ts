import { ServerError } from '../errors';

const MINUTE_MS = 60_000;

/** A date's fields on the clock of a time zone. Months and days count from 1. */
export interface LocalTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

function formatFor(zone: string): Intl.DateTimeFormat {
  let format = FORMATS.get(zone);
  if (!format) {
    try {
      format = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      });
    } catch {
      throw new ServerError(40485, `unrecognized time zone identifier: "${zone}"`);
    }
    FORMATS.set(zone, format);
  }
  return format;
}

const FIXED = /^([+-])(\d\d):?(\d\d)?$/;

/** Minutes a zone is ahead of UTC at an instant. @throws ServerError 40485 for an unknown zone */
export function offsetMinutes(zone: string, instant: number): number {
  if (zone === 'UTC' || zone === 'GMT' || zone === 'Z') return 0;
  const fixed = FIXED.exec(zone);
  if (fixed) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3] ?? 0));
  const parts = Object.fromEntries(
    formatFor(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  ) as Record<string, number>;
  const local = Date.UTC(
    parts['year'] as number,
    (parts['month'] as number) - 1,
    parts['day'],
    parts['hour'],
    parts['minute'],
    parts['second'],
  );
  return Math.round((local - instant) / MINUTE_MS);
}

/** A date whose UTC fields show the zone's clock. */
export const toClock = (instant: number, zone: string): Date =>
  new Date(instant + offsetMinutes(zone, instant) * MINUTE_MS);

/** The instant at which a zone's clock shows these UTC fields. */
export function fromClock(clock: number, zone: string): number {
  const first = clock - offsetMinutes(zone, clock) * MINUTE_MS;
  return clock - offsetMinutes(zone, first) * MINUTE_MS;
}

export const localTime = (clock: Date): LocalTime => ({
  year: clock.getUTCFullYear(),
  month: clock.getUTCMonth() + 1,
  day: clock.getUTCDate(),
  hour: clock.getUTCHours(),
  minute: clock.getUTCMinutes(),
  second: clock.getUTCSeconds(),
  millisecond: clock.getUTCMilliseconds(),
});

export const DAY_MS = 24 * 60 * MINUTE_MS;

export const dayOfYear = (clock: Date): number =>
  Math.floor((clock.getTime() - Date.UTC(clock.getUTCFullYear(), 0, 1)) / DAY_MS) + 1;

/** Weeks begin on Sunday; the days before the first Sunday are week 0. */
export const weekOfYear = (clock: Date): number => Math.floor((dayOfYear(clock) + 6 - clock.getUTCDay()) / 7);

export const isoDayOfWeek = (clock: Date): number => clock.getUTCDay() || 7;

/** ISO 8601: a week belongs to the year of its Thursday. */
export function isoWeek(clock: Date): { year: number; week: number } {
  const thursday = new Date(clock.getTime() + (4 - isoDayOfWeek(clock)) * DAY_MS);
  return { year: thursday.getUTCFullYear(), week: Math.floor((dayOfYear(thursday) - 1) / 7) + 1 };
}

/** The Monday with which an ISO year begins, as milliseconds on the clock. */
export function isoYearStart(year: number): number {
  const fourth = new Date(Date.UTC(year, 0, 4));
  return fourth.getTime() - (isoDayOfWeek(fourth) - 1) * DAY_MS;
}
