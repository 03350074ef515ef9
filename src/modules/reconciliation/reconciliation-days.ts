import { formatShanghaiDay, parseShanghaiDate } from '../../common/time/shanghai';

const DAY_MS = 86_400_000;
/** WeChat Pay has a day's bill ready at 10 o'clock of the next, in Shanghai; a little later it is certain. */
const READY_AFTER_MS = (24 + 10.25) * 3_600_000;
/** A bill that is still being made so long after that does not come by waiting alone. */
const LATE_AFTER_MS = READY_AFTER_MS + 6 * 3_600_000;
/** Days that nobody has reconciled, because nothing ran, are caught up with so far back. */
const CATCH_UP_DAYS = 7;
/** WeChat Pay keeps bills for three months. */
export const OLDEST_DAYS = 89;

/** Whether the bill of that day is certain to be there, and whole. */
export function isReady(day: string, now: Date): boolean {
  return isOver(day, READY_AFTER_MS, now);
}

/** Whether somebody must be told that the bill of that day is not there yet. */
export function isLate(day: string, now: Date): boolean {
  return isOver(day, LATE_AFTER_MS, now);
}

function isOver(day: string, afterMs: number, now: Date): boolean {
  const begins = parseShanghaiDate(day);
  return begins !== null && now.getTime() >= begins.getTime() + afterMs;
}

/** Days that should have been reconciled by now, oldest first, from the day of the first order on. */
export function dueDays(firstOrderAt: Date, now: Date): string[] {
  const first = formatShanghaiDay(firstOrderAt);
  return Array.from({ length: CATCH_UP_DAYS }, (_, back) =>
    formatShanghaiDay(new Date(now.getTime() - (CATCH_UP_DAYS - back) * DAY_MS)),
  ).filter((day) => day >= first && isReady(day, now));
}

/** Whether there can be a bill of that day: it is over, and not too long ago. */
export function hasBill(day: string, now: Date): boolean {
  const oldest = formatShanghaiDay(new Date(now.getTime() - OLDEST_DAYS * DAY_MS));
  return day < formatShanghaiDay(now) && day >= oldest;
}
