import { randomBytes } from 'node:crypto';
import { Refusal, type PlatformRefusals } from '../platform/platform';

/** WeChat's words for its codes (全局返回码, and the tables of the interfaces). */
const MESSAGES: Readonly<Record<number, string>> = {
  [-1]: 'system error',
  40001: 'invalid credential, access_token is invalid or not latest',
  40002: 'invalid grant_type',
  40003: 'invalid openid',
  40013: 'invalid appid',
  40029: 'invalid code',
  40037: 'invalid template_id',
  40052: 'invalid action name',
  40053: 'invalid action info, please check document',
  40066: 'invalid url',
  40097: 'invalid args',
  40125: 'invalid appsecret',
  40163: 'code been used',
  40169: 'invalid length for scene, or the data is not json string',
  40226: 'code blocked',
  41001: 'access_token missing',
  41002: 'appid missing',
  41004: 'appsecret missing',
  41008: 'missing code',
  41030: 'invalid page',
  42001: 'access_token expired',
  43001: 'require GET method',
  43002: 'require POST method',
  43004: 'require subscribe',
  43101: 'user refuse to accept the msg',
  44002: 'empty post data',
  45009: 'reach max api daily quota limit',
  45011: 'api minute-quota reach limit, please retry next minute',
  47001: 'data format error',
  47003: 'argument invalid!',
};

/** The request id that WeChat puts behind the message of an error. */
const requestId = (): string => [4, 4, 4].map((bytes) => randomBytes(bytes).toString('hex')).join('-');

/** An error in WeChat's form: HTTP 200 with its code, and what exactly is wrong where WeChat tells. */
export function refusal(errcode: number, detail?: string): Refusal {
  const message = MESSAGES[errcode] ?? 'sandbox fault';
  const errmsg = `${message}${detail ? ` ${detail}` : ''}, rid: ${requestId()}`;
  return new Refusal(200, errcode, { errcode, errmsg });
}

export const WECHAT_REFUSALS: PlatformRefusals = {
  fault: (errcode = -1) => refusal(Number(errcode)),
  method: (required) => refusal(required === 'GET' ? 43001 : 43002),
  unknownRoute: () => refusal(40066),
};
