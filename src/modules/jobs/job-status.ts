export const JOB_STATUS = { active: 1, closed: 2, takenDown: 3, deleted: 4 } as const;
export type JobStatus = (typeof JOB_STATUS)[keyof typeof JOB_STATUS];
