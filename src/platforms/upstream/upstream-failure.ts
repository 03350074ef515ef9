import { AppError } from '../../common/errors/app-error';

/** status: 5xx; refused: any other status that is no success. */
export type FailureKind =
  'timeout' | 'unreachable' | 'interrupted' | 'status' | 'refused' | 'open-circuit' | 'malformed';

/** A platform that gave no usable answer. As an AppError it reaches the caller as UPSTREAM_ERROR or UPSTREAM_TIMEOUT. */
export class UpstreamFailure extends AppError {
  constructor(
    readonly api: string,
    readonly kind: FailureKind,
    cause?: unknown,
  ) {
    super(kind === 'timeout' ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_ERROR', {
      cause: cause ?? new Error(`${api}: ${kind}`),
      ...(kind === 'open-circuit' ? { retryAfter: 10 } : {}),
    });
  }
}
