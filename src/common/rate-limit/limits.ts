/** Requests that one client address may make to a route, besides the limits on all routes together. */
export const LIMITS = {
  login: { points: 60, seconds: 60 },
} as const satisfies Record<string, { points: number; seconds: number }>;

export type LimitName = keyof typeof LIMITS;
