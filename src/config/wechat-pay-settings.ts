import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Environment } from './environment';

/** The merchant's account at WeChat Pay. */
export interface WechatPaySettings {
  /** the mini-program in which members pay */
  appId: string;
  merchantId: string;
  /** of the merchant's API certificate */
  serialNo: string;
  /** of the same certificate: signs requests */
  privateKey: KeyObject;
  /** 32 characters: opens notices and certificates */
  apiV3Key: string;
  /** with which WeChat Pay signs; undefined where it does so with certificates, which are fetched */
  publicKey: { id: string; key: KeyObject } | undefined;
  baseUrl: string;
}

type Given = Record<string, string | undefined>;

const NEEDED = [
  'WECHAT_PAY_MCH_ID',
  'WECHAT_PAY_SERIAL_NO',
  'WECHAT_PAY_PRIVATE_KEY',
  'WECHAT_PAY_API_V3_KEY',
] as const;
const PUBLIC_KEY = ['WECHAT_PAY_PUBLIC_KEY_ID', 'WECHAT_PAY_PUBLIC_KEY'] as const;
const SMALLEST_KEY_BITS = 2048;

/** What is wrong with the merchant's settings: all of them or none, and keys that can be read. */
export function wechatPayProblems(env: Given): string[] {
  const given = [...NEEDED, ...PUBLIC_KEY].filter((name) => env[name]);
  if (given.length === 0) return [];
  const problems = [...missing(env), ...keyProblems(env)];
  if (!env['WECHAT_APP_ID']) problems.push('WECHAT_APP_ID：微信支付需要小程序的 AppID');
  if (env['NODE_ENV'] === 'production' && env['PUBLIC_BASE_URL']?.startsWith('http:'))
    problems.push('PUBLIC_BASE_URL：微信支付只向 https 地址发送通知');
  return problems;
}

/** @param env must be without {@link wechatPayProblems} */
export function wechatPaySettings(env: Environment): WechatPaySettings | undefined {
  const { WECHAT_PAY_PUBLIC_KEY_ID: id, WECHAT_PAY_PUBLIC_KEY: publicKey } = env;
  const [merchantId, serialNo, privateKey, apiV3Key] = NEEDED.map((name) => env[name]);
  if (!merchantId || !serialNo || !privateKey || !apiV3Key) return undefined;
  return {
    appId: env.WECHAT_APP_ID ?? '',
    merchantId,
    serialNo,
    privateKey: createPrivateKey(pem(privateKey)),
    apiV3Key,
    publicKey: id && publicKey ? { id, key: createPublicKey(pem(publicKey)) } : undefined,
    baseUrl: env.WECHAT_PAY_BASE_URL,
  };
}

function missing(env: Given): string[] {
  const absent = NEEDED.filter((name) => !env[name]);
  const problems = absent.length > 0 ? [`${NEEDED.join('、')} 必须同时设置，缺少 ${absent.join('、')}`] : [];
  const half = PUBLIC_KEY.filter((name) => !env[name]);
  if (half.length === 1) problems.push(`${PUBLIC_KEY.join(' 和 ')} 必须同时设置，缺少 ${half.join('')}`);
  return problems;
}

function keyProblems(env: Given): string[] {
  return [
    keyProblem(env, 'WECHAT_PAY_PRIVATE_KEY', createPrivateKey),
    keyProblem(env, 'WECHAT_PAY_PUBLIC_KEY', createPublicKey),
  ].flat();
}

/** Says nothing of the key itself. */
function keyProblem(env: Given, name: string, read: (text: string) => KeyObject): string[] {
  const value = env[name];
  if (!value) return [];
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = read(pem(value));
    const bits = asymmetricKeyDetails?.modulusLength ?? 0;
    if (asymmetricKeyType === 'rsa' && bits >= SMALLEST_KEY_BITS) return [];
    return [`${name}：应为 ${SMALLEST_KEY_BITS} 位以上的 RSA 密钥`];
  } catch {
    return [`${name}：应为 PEM 格式的密钥，或这样一个文件的路径`];
  }
}

/** The key itself, its line breaks perhaps written as \n where an environment holds one line; or the file that it is in. */
function pem(value: string): string {
  return value.includes('-----BEGIN') ? value.replaceAll('\\n', '\n') : readFileSync(value, 'utf8');
}
