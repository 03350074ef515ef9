import { parseShanghaiDate } from '../../common/time/shanghai';

/** YYYY-MM-DD of a date that exists, or null. */
export function dayOf(year: string, month: string, day: string): string | null {
  const written = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return parseShanghaiDate(written) ? written : null;
}
