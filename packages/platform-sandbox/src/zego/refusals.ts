import { randomUUID } from 'node:crypto';
import { type PlatformRefusals, Refusal } from '../platform/platform';

/** ZEGO's words for its codes. Source: 服务端 API v2, 全局返回码. */
const MESSAGES: Readonly<Record<number, string>> = {
  1: 'failed',
  2: 'params error',
  7: 'request too frequent',
  206: 'request too frequent',
  5018: 'room status not match',
  50_001: 'room not exist',
  100_000_001: 'appid format error',
  100_000_002: 'timestamp is null',
  100_000_003: 'timestamp format error',
  100_000_004: 'signature expired',
  100_000_005: 'signature error',
  100_000_006: 'action is null',
  100_000_007: 'action not support',
  100_000_008: 'signature nonce is null',
  100_000_009: 'signature is null',
  100_000_010: 'get server secret failed',
  100_000_013: 'signature version is null',
  100_000_014: 'signature version not support',
  100_000_015: 'gateway error',
};

/** An error in ZEGO's form: HTTP 200, and the code in the answer. */
export function refusal(code: number): Refusal {
  const body = { Code: code, Message: MESSAGES[code] ?? 'sandbox fault', RequestId: randomUUID() };
  return new Refusal(200, code, body);
}

export const ZEGO_REFUSALS: PlatformRefusals = {
  fault: (code = 1) => refusal(Number(code)),
  method: () => refusal(2),
  unknownRoute: () => refusal(100_000_007),
};
