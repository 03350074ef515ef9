/**
 * Every error that leaves the service: its code, HTTP status and default message.
 * The codes are fixed; mini-programs already in people's hands branch on them.
 */
export const ERRORS = {
  INVALID_PARAMS: { status: 400, message: '参数错误' },
  MISSING_CONTACT: { status: 400, message: '手机号和微信号至少填写一项' },
  ROOM_EXISTS: { status: 400, message: '房间号已存在' },
  ROOM_ENDED: { status: 400, message: '房间已结束' },
  UNAUTHORIZED: { status: 401, message: '请先登录' },
  LOGIN_FAILED: { status: 401, message: '用户名或密码错误' },
  TOKEN_EXPIRED: { status: 401, message: '登录已过期，请重新登录' },
  PHONE_NOT_VERIFIED: { status: 401, message: '手机号未验证' },
  FORBIDDEN: { status: 403, message: '没有权限进行此操作' },
  ACCOUNT_DISABLED: { status: 403, message: '账号已停用，请联系管理员' },
  NOT_FOUND: { status: 404, message: '数据不存在' },
  ROOM_NOT_FOUND: { status: 404, message: '房间不存在' },
  SHARE_LINK_INVALID: { status: 404, message: '分享链接无效或已过期' },
  CONFLICT: { status: 409, message: '数据已被修改，请刷新后重试' },
  DUPLICATE_PHONE: { status: 409, message: '手机号已存在' },
  DUPLICATE_ID_NUMBER: { status: 409, message: '身份证号已存在' },
  IDEMPOTENCY_IN_PROGRESS: { status: 409, message: '相同的请求正在处理，请稍候' },
  ROOM_FULL: { status: 409, message: '房间人数已满' },
  FILE_TOO_LARGE: { status: 413, message: '文件太大' },
  PAYLOAD_TOO_LARGE: { status: 413, message: '请求内容太大' },
  INVALID_FILE_TYPE: { status: 415, message: '不支持的文件类型' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, message: '幂等键已用于内容不同的请求' },
  RATE_LIMITED: { status: 429, message: '操作太频繁，请稍后再试' },
  INTERNAL_ERROR: { status: 500, message: '服务器出错了，请稍后重试' },
  UPSTREAM_ERROR: { status: 502, message: '外部服务出错，请稍后重试' },
  SERVICE_UNAVAILABLE: { status: 503, message: '服务暂时不可用，请稍后重试' },
  UPSTREAM_TIMEOUT: { status: 504, message: '外部服务超时，请稍后重试' },
} as const satisfies Record<string, { status: number; message: string }>;

export type ErrorCode = keyof typeof ERRORS;

/**
 * What only the marketplace refuses, with a code of its own in place of the HTTP status; the status is always 400.
 * `title` is the envelope's message, `message` the reason beside it.
 */
export const BUSINESS_ERRORS = {
  INSUFFICIENT_VOUCHER: {
    status: 400,
    business: 1002,
    title: 'Insufficient contact voucher',
    message: '联系券不足，请先购买',
  },
  AMOUNT_MISMATCH: {
    status: 400,
    business: 1003,
    title: 'Amount mismatch',
    message: '价格已变动，请刷新后重试',
  },
} as const satisfies Record<string, { status: 400; business: number; title: string; message: string }>;

export type BusinessErrorCode = keyof typeof BUSINESS_ERRORS;

export function isBusinessError(code: ErrorCode | BusinessErrorCode): code is BusinessErrorCode {
  return code in BUSINESS_ERRORS;
}

/** One wrong field of a request, as `details` of INVALID_PARAMS lists it. */
export interface FieldProblem {
  field: string;
  message: string;
}

export function isFieldProblems(details: unknown): details is FieldProblem[] {
  return (
    Array.isArray(details) &&
    details.every((item) => typeof (item as FieldProblem | null)?.field === 'string')
  );
}
