import { refusal } from './refusals';

/** A JSON object out of a request's body. @throws Refusal PARAM_ERROR */
export function objectOf(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // told below
  }
  throw refusal('PARAM_ERROR', '输入源“/body”不是合法的 JSON 对象');
}

/** A string within its limits. @throws Refusal PARAM_ERROR */
export function text(
  value: unknown,
  name: string,
  { pattern, min = 1, max }: { pattern?: RegExp; min?: number; max: number },
): string {
  const isText = typeof value === 'string' && [...value].length >= min && [...value].length <= max;
  if (!isText || (pattern && !pattern.test(value)))
    throw refusal('PARAM_ERROR', `输入源“/body${name}”映射到值字段“${name}”字符串规则校验失败`);
  return value;
}

/** @throws Refusal PARAM_ERROR */
export function integer(value: unknown, name: string, min: number, max: number): number {
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max)
    throw refusal('PARAM_ERROR', `输入源“/body${name}”映射到数值字段“${name}”数值规则校验失败`);
  return value as number;
}

export function nested(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/** https without a query; plain http leads to this machine only, which WeChat Pay itself could not reach. */
export function noticeAddress(value: unknown, name: string): string {
  const address = text(value, name, { max: 255 });
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const sound =
    url &&
    !address.includes('?') &&
    (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.includes(url.hostname)));
  if (!sound) throw refusal('PARAM_ERROR', '回调地址必须为 https 且不能携带参数');
  return address;
}
