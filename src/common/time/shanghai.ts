/** China has one zone without summer time since 1991, so Shanghai is a fixed offset for every date kept here. */
const OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

/** The first moment of the Shanghai day that `at` lies in. */
export function startOfShanghaiDay(at: Date): Date {
  return new Date(Math.floor((at.getTime() + OFFSET_MS) / DAY_MS) * DAY_MS - OFFSET_MS);
}

/** The first moment of the day after that of `at`: the exclusive end of a day's range. */
export function endOfShanghaiDay(at: Date): Date {
  return new Date(startOfShanghaiDay(at).getTime() + DAY_MS);
}

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/** `YYYY-MM-DD` as the first moment of that Shanghai day, or an ISO 8601 instant; null for anything else. */
export function parseShanghaiDate(value: string): Date | null {
  const day = DAY.exec(value);
  if (day) {
    const date = new Date(`${value}T00:00:00+08:00`);
    return Number.isNaN(date.getTime()) || formatShanghaiDay(date) !== value ? null : date;
  }
  if (!INSTANT.test(value)) return null;
  const instant = new Date(value);
  // Date rolls 31 April over to 1 May; the day must come back as it was written
  const written = new Date(`${value.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(instant.getTime()) || Number.isNaN(written.getTime())) return null;
  return written.toISOString().startsWith(value.slice(0, 10)) ? instant : null;
}

/** `YYYY-MM-DD` of the Shanghai day that `at` lies in. */
export function formatShanghaiDay(at: Date): string {
  return new Date(at.getTime() + OFFSET_MS).toISOString().slice(0, 10);
}

/** `YYYY-MM-DD HH:mm` on Shanghai's clocks, as WeChat's messages show times. */
export function formatShanghaiMinute(at: Date): string {
  return new Date(at.getTime() + OFFSET_MS).toISOString().slice(0, 16).replace('T', ' ');
}

/** `YYYY-MM-DD HH:mm:ss.SSS` on Shanghai's clocks, as the marketplace writes times; no time is the empty string. */
export function formatShanghaiTime(at: Date | null | undefined): string {
  return at ? new Date(at.getTime() + OFFSET_MS).toISOString().slice(0, 23).replace('T', ' ') : '';
}
