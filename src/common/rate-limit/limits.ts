/** Requests that one client address may make to a route, besides the limits on all routes together. */
export const LIMITS = {
  login: { points: 60, seconds: 60 },
  selfRegister: { points: 3, seconds: 60 },
  publicResumes: { points: 120, seconds: 60 },
  searchWorkers: { points: 30, seconds: 60 },
  sharedResumes: { points: 60, seconds: 60 },
} as const satisfies Record<string, { points: number; seconds: number }>;

export type LimitName = keyof typeof LIMITS;
