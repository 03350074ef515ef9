import { invalidField } from '../errors/app-error';

/** Deeper than any request of this service, and far from what the stack can hold. */
const DEEPEST_BODY = 64;

/**
 * JSON with sorted keys: the same request is the same, in whatever order a client writes its fields.
 * @throws {AppError} INVALID_PARAMS for a body without a bottom
 */
export function canonical(value: unknown, depth = 0): string {
  if (depth > DEEPEST_BODY) throw invalidField('body', '请求内容嵌套太深');
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field, depth + 1)}`).join(',')}}`;
}
