const OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

const shifted = (at: Date): string => new Date(at.getTime() + OFFSET_MS).toISOString();

/** RFC 3339 on Shanghai's clocks, whole seconds, as WeChat Pay writes times. */
export const rfc3339 = (at: Date): string => `${shifted(at).slice(0, 19)}+08:00`;

/** `YYYY-MM-DD` there. */
export const dayOf = (at: Date): string => shifted(at).slice(0, 10);

/** `YYYY-MM-DD HH:mm:ss` there, as in bills. */
export const minuteOf = (at: Date): string => shifted(at).slice(0, 19).replace('T', ' ');

export const daysBefore = (at: Date, days: number): Date => new Date(at.getTime() - days * DAY_MS);
