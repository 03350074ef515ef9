const FIRST_CHECK_MS = 20_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
/** After an order's end WeChat Pay may need a moment to know it, too. */
const GRACE_MS = 5_000;

/**
 * When WeChat Pay is next asked about an order that nobody has paid yet: 20 s, 40 s, 80 s … after the last time, at
 * most ten minutes, and at its end; so a lost notice is found within minutes, and an order over which nobody hurries
 * costs a dozen questions. What failed together is not asked about together again.
 */
export function nextOrderCheck(
  { checks, expiresAt }: { checks: number; expiresAt: Date },
  now: Date,
  random = Math.random(),
): Date {
  const pause = backoff(FIRST_CHECK_MS, checks, random);
  const end = expiresAt.getTime() + GRACE_MS;
  const next = now.getTime() + pause;
  return new Date(now.getTime() < end ? Math.min(next, end) : next);
}

const FIRST_REFUND_CHECK_MS = 5_000;
const LONGEST_REFUND_PAUSE_MS = 30 * 60_000;
/** Where a person must act first, at WeChat Pay. */
const WAITING_FOR_PEOPLE_MS = 60 * 60_000;

/** When a refund is next seen to. */
export function nextRefundCheck(
  { attempts, needsPeople }: { attempts: number; needsPeople: boolean },
  now: Date,
  random = Math.random(),
): Date {
  if (needsPeople) return new Date(now.getTime() + WAITING_FOR_PEOPLE_MS);
  const pause = backoff(FIRST_REFUND_CHECK_MS, attempts, random, LONGEST_REFUND_PAUSE_MS);
  return new Date(now.getTime() + pause);
}

/** When a refund is seen to again whose turn somebody takes now: time enough for WeChat Pay to answer first. */
export function afterTurn({ attempts }: { attempts: number }, now: Date, needsPeople = false): Date {
  return nextRefundCheck({ attempts: attempts + 2, needsPeople }, now);
}

function backoff(first: number, times: number, random: number, longest = LONGEST_PAUSE_MS): number {
  return Math.min(first * 2 ** Math.min(times, 20), longest) * (0.8 + random * 0.2);
}
