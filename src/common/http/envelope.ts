import { STATUS_CODES } from 'node:http';
import type { AppError } from '../errors/app-error';
import { BUSINESS_ERRORS, isBusinessError, isFieldProblems } from '../errors/catalogue';
import type { Convention } from './route-config';

/** A success whose message is known only when it has happened; otherwise the route's own message is used. */
export class Outcome<T> {
  constructor(
    readonly message: string,
    readonly data: T,
  ) {}
}

const DEFAULT_MESSAGE = '操作成功';

/** The body of a success. A command of the marketplace that returns nothing has an empty message, as documented. */
export function successBody(convention: Convention, result: unknown, message = DEFAULT_MESSAGE): unknown {
  if (convention === 'plain' || convention === 'wechat-pay') return result;
  const data = result instanceof Outcome ? (result as Outcome<unknown>).data : result;
  const text = result instanceof Outcome ? result.message : message;
  if (convention === 'crm')
    return { success: true, message: text, data: data ?? null, timestamp: Date.now() };
  return data === undefined || data === null
    ? { code: 0, message: '', data: null }
    : { code: 0, message: 'ok', data };
}

/** The body of a failure, in the words of the API that was called. */
export function failureBody(convention: Convention, error: AppError, requestId: string): unknown {
  if (convention === 'marketplace') return marketplaceFailure(error);
  // WeChat Pay posts again what was not answered with success
  if (convention === 'wechat-pay') return { code: 'FAIL', message: error.message };
  return {
    success: false,
    message: error.message,
    // business codes are the marketplace's; its clients know no others, and those of the CRM know none of them
    code: isBusinessError(error.code) ? 'INVALID_PARAMS' : error.code,
    ...(error.details === undefined ? {} : { details: error.details }),
    requestId,
    timestamp: Date.now(),
  };
}

function marketplaceFailure(error: AppError): unknown {
  if (!isBusinessError(error.code))
    return { code: error.status, message: STATUS_CODES[error.status] ?? error.code, data: reason(error) };
  const { business, title } = BUSINESS_ERRORS[error.code];
  return { code: business, message: title, data: error.message };
}

/** The marketplace has one short string to explain itself with, so the field's name goes into it. */
function reason(error: AppError): string {
  const [problem] = isFieldProblems(error.details) ? error.details : [];
  return problem ? `${problem.field}: ${problem.message}` : error.message;
}
