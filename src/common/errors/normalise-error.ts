import { HttpException } from '@nestjs/common';
import { mongo, Error as MongooseErrors } from 'mongoose';
import { AppError, invalidField } from './app-error';
import type { ErrorCode } from './catalogue';

/** Fastify's own refusals, before a handler runs. */
const FASTIFY_CODES: Record<string, () => AppError> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => new AppError('PAYLOAD_TOO_LARGE'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: unsupportedContent,
  FST_ERR_CTP_EMPTY_JSON_BODY: () => invalidField('body', '请求内容不能为空'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => invalidField('body', '请求长度与内容不符'),
  FST_ERR_CTP_INVALID_JSON_BODY: () => invalidField('body', '请求内容不是有效的 JSON'),
};

const CODE_OF_STATUS: Record<number, ErrorCode> = {
  400: 'INVALID_PARAMS',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'INVALID_FILE_TYPE',
  429: 'RATE_LIMITED',
  503: 'SERVICE_UNAVAILABLE',
};

/** Turns whatever was thrown into an error of the catalogue; the original stays as `cause`, for the log only. */
export function normaliseError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof HttpException) return fromHttpException(error);
  if (isDatabaseOutage(error)) return new AppError('SERVICE_UNAVAILABLE', { cause: error, retryAfter: 2 });
  if (isLostRace(error))
    return new AppError('SERVICE_UNAVAILABLE', { message: '系统繁忙，请重试', cause: error, retryAfter: 1 });
  const code = (error as { code?: unknown } | null)?.code;
  const known = typeof code === 'string' ? FASTIFY_CODES[code] : undefined;
  if (known) return known();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new AppError(CODE_OF_STATUS[status] ?? 'INVALID_PARAMS', { cause: error });
  }
  return new AppError('INTERNAL_ERROR', { cause: error });
}

function fromHttpException(error: HttpException): AppError {
  const status = error.getStatus();
  // Nest's own: the parser's SyntaxError, or an address with broken escapes
  if (status === 400) return invalidField('body', '请求内容不是有效的 JSON，或地址编码不正确');
  if (status === 415) return unsupportedContent();
  const code = CODE_OF_STATUS[status] ?? (status < 500 ? 'INVALID_PARAMS' : 'INTERNAL_ERROR');
  return new AppError(code, { cause: error, message: code === 'NOT_FOUND' ? '接口不存在' : undefined });
}

/** Not INVALID_FILE_TYPE, which is about a file that somebody chose. */
export function unsupportedContent(): AppError {
  return invalidField('content-type', '请求格式不支持，请使用 application/json');
}

/** Errors of the driver whose classes it does not export: no free connection within the time, a client that is closing. */
const UNEXPORTED_OUTAGES = new Set([
  'MongoWaitQueueTimeoutError',
  'MongoClientClosedError',
  'MongoExpiredSessionError',
]);

/** The database is away, or did not answer in time. */
function isDatabaseOutage(error: unknown): boolean {
  return (
    error instanceof mongo.MongoNetworkError ||
    error instanceof mongo.MongoServerSelectionError ||
    error instanceof mongo.MongoTopologyClosedError ||
    error instanceof mongo.MongoNotConnectedError ||
    error instanceof mongo.MongoOperationTimeoutError ||
    error instanceof MongooseErrors.MongooseServerSelectionError ||
    UNEXPORTED_OUTAGES.has(String((error as Error | null)?.name)) ||
    // the driver lets a write to a connection that has just been ended out as the socket's own error
    ['EPIPE', 'ECONNRESET'].includes(String((error as NodeJS.ErrnoException | null)?.code)) ||
    (error instanceof mongo.MongoServerError &&
      [50, 89, 91, 189, 11600, 11602, 13435, 13436, 10107].includes(Number(error.code)))
  );
}

/** A write that lost against another one after all the retries it had. */
function isLostRace(error: unknown): boolean {
  return (
    error instanceof mongo.MongoServerError &&
    (error.code === 112 || error.hasErrorLabel('TransientTransactionError'))
  );
}
