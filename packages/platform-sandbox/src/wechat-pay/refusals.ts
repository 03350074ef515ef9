import { type PlatformRefusals, Refusal } from '../platform/platform';

/** HTTP status and text of each code. Source: 微信支付 APIv3 的错误码 of the interfaces below. */
const CODES: Record<string, [status: number, message: string]> = {
  PARAM_ERROR: [400, '参数错误'],
  INVALID_REQUEST: [400, '无效请求'],
  APPID_MCHID_NOT_MATCH: [400, 'appid和mch_id不匹配'],
  ORDERPAID: [400, '该订单已支付'],
  ORDER_CLOSED: [400, '订单已关闭'],
  NO_STATEMENT_EXIST: [400, '账单文件不存在'],
  STATEMENT_CREATING: [400, '账单生成中'],
  SIGN_ERROR: [401, '签名错误'],
  NO_AUTH: [403, '商户无权限'],
  NOT_ENOUGH: [403, '基本账户余额不足，请充值后重新发起'],
  OUT_TRADE_NO_USED: [403, '商户订单号重复'],
  RULE_LIMIT: [403, '业务规则限制'],
  ORDER_NOT_EXIST: [404, '订单不存在'],
  RESOURCE_NOT_EXISTS: [404, '资源不存在'],
  FREQUENCY_LIMITED: [429, '频率超限'],
  BANK_ERROR: [500, '银行系统异常'],
  SYSTEM_ERROR: [500, '系统错误'],
};

export function refusal(code: string, message?: string): Refusal {
  const [status, text] = CODES[code] ?? [400, '沙箱故障'];
  return new Refusal(status, code, { code, message: message ?? text });
}

export const PAY_REFUSALS: PlatformRefusals = {
  fault: (code = 'SYSTEM_ERROR') => refusal(String(code)),
  method: () => refusal('INVALID_REQUEST', 'Http头或方法错误'),
  unknownRoute: () => refusal('RESOURCE_NOT_EXISTS', '接口不存在'),
};
