import {
  BUSINESS_ERRORS,
  type BusinessErrorCode,
  ERRORS,
  type ErrorCode,
  type FieldProblem,
  isBusinessError,
} from './catalogue';

export interface AppErrorOptions {
  /** replaces the catalogue's message; Chinese, for the person at the screen */
  message?: string;
  details?: unknown;
  /** seconds, sent as Retry-After */
  retryAfter?: number;
  cause?: unknown;
}

/** An error of the catalogue. Anything else that is thrown reaches the caller as INTERNAL_ERROR. */
export class AppError extends Error {
  readonly status: number;
  readonly details: unknown;
  readonly retryAfter: number | undefined;

  constructor(
    readonly code: ErrorCode | BusinessErrorCode,
    options: AppErrorOptions = {},
  ) {
    const known = isBusinessError(code) ? BUSINESS_ERRORS[code] : ERRORS[code];
    super(options.message ?? known.message, { cause: options.cause });
    this.status = known.status;
    this.details = options.details;
    this.retryAfter = options.retryAfter;
  }
}

/** INVALID_PARAMS that names one field. */
export function invalidField(field: string, message: string): AppError {
  return invalidFields([{ field, message }]);
}

/** INVALID_PARAMS; its message is the first problem, which is what a mini-program shows in a toast. */
export function invalidFields(problems: FieldProblem[]): AppError {
  return new AppError('INVALID_PARAMS', { message: problems[0]?.message, details: problems });
}
