import { join, resolve } from 'node:path';
import { type Environment, environmentSchema } from './environment';
import { readOrCreateSecret } from './local-secret';
import { wechatPayProblems, type WechatPaySettings, wechatPaySettings } from './wechat-pay-settings';

/** Words that mark a secret copied from an example instead of made for this installation. */
const PLACEHOLDER =
  /change|replace|placeholder|example|sample|default|dummy|your[-_]|secret|password|correct-horse/i;
/** Digits, with or without a customary word before them. */
const SEQUENCE = /^(admin|root|abcdef|qwerty)?[\d_.-]*$/i;

function looksMadeUp(secret: string): boolean {
  return PLACEHOLDER.test(secret) || SEQUENCE.test(secret) || isRepetition(secret);
}

/** A few characters over and over. */
function isRepetition(secret: string): boolean {
  const longestUnit = Math.min(12, Math.floor(secret.length / 2));
  const units = Array.from({ length: longestUnit }, (_, i) => secret.slice(0, i + 1));
  return units.some((unit) => unit.repeat(Math.ceil(secret.length / unit.length)).startsWith(secret));
}

interface S3Settings {
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  forcePathStyle: boolean;
}

/** What an S3-compatible storage cannot do without; the cross-checks have made sure of them. */
const S3_NEEDS = [
  'STORAGE_S3_ENDPOINT',
  'STORAGE_S3_BUCKET',
  'STORAGE_S3_ACCESS_KEY_ID',
  'STORAGE_S3_SECRET_ACCESS_KEY',
] as const;

function s3Settings(env: Environment): S3Settings | undefined {
  if (env.STORAGE_DRIVER !== 's3') return undefined;
  const [endpoint = '', bucket = '', accessKeyId = '', secretAccessKey = ''] = S3_NEEDS.map(
    (name) => env[name],
  );
  return {
    endpoint,
    bucket,
    accessKeyId,
    secretAccessKey,
    region: env.STORAGE_S3_REGION,
    forcePathStyle: env.STORAGE_S3_FORCE_PATH_STYLE,
  };
}

/** Tencent Cloud's OCR. */
export interface TencentOcrSettings {
  secretId: string;
  secretKey: string;
  region: string;
  /** base URL */
  endpoint: string;
}

function tencentOcrSettings(env: Environment): TencentOcrSettings | undefined {
  if (env.OCR_PROVIDER !== 'tencent') return undefined;
  return {
    secretId: env.TENCENT_SECRET_ID ?? '',
    secretKey: env.TENCENT_SECRET_KEY ?? '',
    region: env.TENCENT_REGION,
    endpoint: env.TENCENT_OCR_ENDPOINT,
  };
}

/** The agency's app at ZEGO. */
export interface ZegoSettings {
  appId: number;
  serverSecret: string;
  /** of the server API */
  apiBaseUrl: string;
  /** where a page's SDK connects to: wss://… */
  webServer: string;
  /** the platform sandbox stands in: there is a server API and no media */
  isSandbox: boolean;
}

function zegoSettings(env: Environment): ZegoSettings | undefined {
  const { ZEGO_APP_ID: appId, ZEGO_SERVER_SECRET: serverSecret } = env;
  if (appId === undefined || serverSecret === undefined) return undefined;
  return {
    appId,
    serverSecret,
    apiBaseUrl: env.ZEGO_API_BASE_URL,
    webServer: env.ZEGO_WEB_SERVER_URL ?? `wss://webliveroom${appId}-api.zego.im/ws`,
    isSandbox: env.ZEGO_API_BASE_URL.startsWith('http:'),
  };
}

export class SettingsError extends Error {
  constructor(readonly problems: string[]) {
    super(['环境变量有误，服务没有启动：', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
  }
}

/** The service's settings: what the environment says, with the defaults filled in. */
export class Settings {
  readonly production: boolean;
  readonly publicBaseUrl: string;
  readonly dataDir: string;
  readonly jwtSecret: string;
  readonly logPretty: boolean;
  /** directory of the local file storage */
  readonly storageDir: string;
  /** the S3-compatible file storage; undefined where files are on the local disk */
  readonly storageS3: S3Settings | undefined;

  /** undefined where cards are read on this machine */
  readonly tencentOcr: TencentOcrSettings | undefined;
  /** undefined where nothing can be paid */
  readonly wechatPay: WechatPaySettings | undefined;

  /** undefined where no app is configured: then there is no video */
  readonly zego: ZegoSettings | undefined;

  private constructor(readonly env: Environment) {
    this.production = env.NODE_ENV === 'production';
    this.publicBaseUrl = env.PUBLIC_BASE_URL ?? `http://localhost:${env.PORT}`;
    this.dataDir = resolve(env.DATA_DIR);
    this.jwtSecret = env.JWT_SECRET ?? readOrCreateSecret(this.dataDir, 'jwt-secret');
    this.storageDir = env.STORAGE_DIR ? resolve(env.STORAGE_DIR) : join(this.dataDir, 'files');
    this.storageS3 = s3Settings(env);
    this.tencentOcr = tencentOcrSettings(env);
    this.zego = zegoSettings(env);
    this.wechatPay = wechatPaySettings(env);
    this.logPretty = env.LOG_PRETTY ?? (env.NODE_ENV === 'development' && Boolean(process.stdout.isTTY));
  }

  /**
   * Checks the whole environment at once.
   * @throws {SettingsError} naming every variable that is wrong
   */
  static load(source: Record<string, string | undefined>): Settings {
    const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
    const parsed = environmentSchema.safeParse(given);
    const wrong = parsed.error?.issues.map((issue) => `${issue.path.join('.')}：${issue.message}`) ?? [];
    const problems = [...wrong, ...crossChecks(given)];
    if (!parsed.success || problems.length > 0) throw new SettingsError(problems);
    return new Settings(parsed.data);
  }
}

/** Settings of which each is useless without the others. */
const TOGETHER = [
  ['ADMIN_USERNAME', 'ADMIN_PASSWORD'],
  ['WECHAT_APP_ID', 'WECHAT_APP_SECRET'],
  ['WECHAT_MP_APP_ID', 'WECHAT_MP_APP_SECRET', 'WECHAT_MP_TOKEN', 'WECHAT_MP_ENCODING_AES_KEY'],
  ['ZEGO_APP_ID', 'ZEGO_SERVER_SECRET'],
];
const PLATFORM_URLS = [
  'WECHAT_API_BASE_URL',
  'WECHAT_MP_BASE_URL',
  'TENCENT_OCR_ENDPOINT',
  'ZEGO_API_BASE_URL',
  'WECHAT_PAY_BASE_URL',
];

/**
 * Rules that span variables; production takes no embedded default and no example secret.
 * They look at the environment as given, so that they are reported even when some variable is malformed.
 */
function crossChecks(env: Record<string, string | undefined>): string[] {
  const problems: string[] = [];
  for (const group of TOGETHER) {
    const missing = group.filter((name) => !env[name]);
    if (missing.length > 0 && missing.length < group.length)
      problems.push(`${group.join(' 和 ')} 必须同时设置，缺少 ${missing.join('、')}`);
  }
  problems.push(...storageProblems(env), ...ocrProblems(env), ...wechatPayProblems(env));
  if (env['NODE_ENV'] !== 'production') return problems;
  if (!env['MONGODB_URI']) problems.push('MONGODB_URI：生产环境必须设置，内置数据库只用于开发和演示');
  if (!env['JWT_SECRET']) problems.push('JWT_SECRET：生产环境必须设置（至少 32 个字符）');
  if (!env['PUBLIC_BASE_URL'])
    problems.push('PUBLIC_BASE_URL：生产环境必须设置，例如 https://crm.example.com');
  const secrets = {
    JWT_SECRET: env['JWT_SECRET'],
    ADMIN_PASSWORD: env['ADMIN_PASSWORD'],
    METRICS_TOKEN: env['METRICS_TOKEN'],
    WECHAT_APP_SECRET: env['WECHAT_APP_SECRET'],
    WECHAT_MP_APP_SECRET: env['WECHAT_MP_APP_SECRET'],
    STORAGE_S3_SECRET_ACCESS_KEY: env['STORAGE_S3_SECRET_ACCESS_KEY'],
    TENCENT_SECRET_KEY: env['TENCENT_SECRET_KEY'],
    ZEGO_SERVER_SECRET: env['ZEGO_SERVER_SECRET'],
    WECHAT_PAY_API_V3_KEY: env['WECHAT_PAY_API_V3_KEY'],
  };
  for (const name of PLATFORM_URLS) {
    if (env[name]?.startsWith('http:')) problems.push(`${name}：生产环境必须使用 https，不能使用平台沙箱`);
  }
  for (const [name, value] of Object.entries(secrets)) {
    if (value && looksMadeUp(value)) problems.push(`${name}：看起来是示例值，请换成随机生成的值`);
  }
  return problems;
}

/** A half-configured S3 storage, or one that nobody switched on, would silently put files on the local disk. */
function storageProblems(env: Record<string, string | undefined>): string[] {
  if (env['STORAGE_DRIVER'] === 's3') {
    return S3_NEEDS.filter((name) => !env[name]).map((name) => `${name}：STORAGE_DRIVER=s3 时必须设置`);
  }
  return S3_NEEDS.filter((name) => env[name]).map((name) => `${name}：只在 STORAGE_DRIVER=s3 时有效`);
}

/** Where pictures of cards go is said in so many words: to the cloud only with its keys, elsewhere only when told. */
function ocrProblems(env: Record<string, string | undefined>): string[] {
  if (env['OCR_PROVIDER'] === 'tencent') {
    return ['TENCENT_SECRET_ID', 'TENCENT_SECRET_KEY']
      .filter((name) => !env[name])
      .map((name) => `${name}：OCR_PROVIDER=tencent 时必须设置`);
  }
  return env['OCR_FALLBACK'] === 'local' ? ['OCR_FALLBACK：只在 OCR_PROVIDER=tencent 时有效'] : [];
}
