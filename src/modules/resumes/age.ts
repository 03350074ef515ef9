/** Days are `YYYY-MM-DD` throughout, which order as text. */

export const YOUNGEST = 18;
export const OLDEST = 80;

/** Completed years of life on `day`. Born on 29 February, one grows older on 1 March of a common year. */
export function ageOn(day: string, born: string): number {
  const years = Number(day.slice(0, 4)) - Number(born.slice(0, 4));
  return day.slice(5) < born.slice(5) ? years - 1 : years;
}

/**
 * The latest day on which somebody who is `age` on `day` can have been born. Kept for those who tell only their age:
 * it grows with them, and is never wrong by more than a year.
 */
export function latestBirth(day: string, age: number): string {
  const written = yearsBefore(day, age);
  return written.endsWith('-02-29') && !isLeap(Number(written.slice(0, 4)))
    ? `${written.slice(0, 4)}-02-28`
    : written;
}

/** The day after which one must be born to be at most `age` on `day`; it need not exist, it is only compared with. */
export function bornAfterForAge(day: string, age: number): string {
  return yearsBefore(day, age + 1);
}

function yearsBefore(day: string, years: number): string {
  return String(Number(day.slice(0, 4)) - years).padStart(4, '0') + day.slice(4);
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
