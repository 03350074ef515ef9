/** Why a camera or a microphone does not work: each is told to its person in other words, with another way out. */
export interface MediaProblem {
  cause: 'refused' | 'absent' | 'busy' | 'insecure' | 'unsupported' | 'failed';
  device: 'camera' | 'microphone' | 'both';
}

/** What getUserMedia rejects with, by the names of the standard and of older browsers. */
const CAUSES: Record<string, MediaProblem['cause']> = {
  NotAllowedError: 'refused',
  PermissionDeniedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'absent',
  DevicesNotFoundError: 'absent',
  OverconstrainedError: 'absent',
  NotReadableError: 'busy',
  TrackStartError: 'busy',
  AbortError: 'busy',
};

export function causeOf(error: unknown): MediaProblem['cause'] {
  const name = (error as { name?: unknown } | null)?.name;
  return (typeof name === 'string' ? CAUSES[name] : undefined) ?? 'failed';
}
