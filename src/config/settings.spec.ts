import { createSign, createVerify, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Settings, SettingsError } from './settings';

const SECRET = 'cMZ3xv0Hq6mXyJ8sL1tR5nB7wK9pD2fG';
const PRODUCTION = {
  NODE_ENV: 'production',
  MONGODB_URI: 'mongodb://db.internal/homecare?replicaSet=rs0',
  JWT_SECRET: SECRET,
  PUBLIC_BASE_URL: 'https://crm.tongxin.cn',
};

const S3 = {
  STORAGE_DRIVER: 's3',
  STORAGE_S3_ENDPOINT: 'https://oss-cn-hangzhou.aliyuncs.com/',
  STORAGE_S3_BUCKET: 'tongxin-files',
  STORAGE_S3_ACCESS_KEY_ID: 'LTAI-tongxin',
  STORAGE_S3_SECRET_ACCESS_KEY: 'n3Kx8Zq1vT5wRm7y',
};

const ZEGO = { ZEGO_APP_ID: '1234567891', ZEGO_SERVER_SECRET: 'f3a91c07be5d42688d10c2b7e94f6a35' };

const load = (environment: Record<string, string | undefined>) =>
  Settings.load({ JWT_SECRET: SECRET, ...environment });

/** The problems that stop the start, or none. */
function problemsOf(environment: Record<string, string | undefined>): string[] {
  try {
    load(environment);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}

/** The variables that the problems name. */
const namedBy = (problems: string[]) => problems.map((problem) => /^[A-Z][A-Z0-9_]*/.exec(problem)?.[0]);

describe('settings', () => {
  it('need nothing: every variable has a default', () => {
    const { env, publicBaseUrl, production } = load({});
    expect(env).toMatchObject({
      NODE_ENV: 'development',
      HOST: '0.0.0.0',
      PORT: 3000,
      DATA_DIR: './data',
      TRUST_PROXY: false,
      CORS_ORIGINS: [],
      BODY_LIMIT_BYTES: 1024 * 1024,
      SHUTDOWN_TIMEOUT_MS: 10_000,
      DATABASE_TIMEOUT_MS: 30_000,
    });
    expect(publicBaseUrl).toBe('http://localhost:3000');
    expect(production).toBe(false);
  });

  it('take an empty value for none', () => {
    expect(load({ PORT: '', MONGODB_URI: '', METRICS_TOKEN: '' }).env).toMatchObject({ PORT: 3000 });
  });

  it.each([
    ['NODE_ENV', 'staging'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', 'http'],
    ['PUBLIC_BASE_URL', 'crm.tongxin.cn'],
    ['PUBLIC_BASE_URL', 'ftp://crm.tongxin.cn'],
    ['LOG_LEVEL', 'verbose'],
    ['LOG_PRETTY', 'yes'],
    ['MONGODB_URI', 'http://localhost:27017'],
    ['MONGODB_DATABASE', 'a/b'],
    ['MONGODB_DATABASE', 'a'.repeat(64)],
    ['EMBEDDED_MONGO_PORT', '70000'],
    ['REDIS_URL', 'localhost:6379'],
    ['JWT_SECRET', 'x'.repeat(31)],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', 'everyone'],
    ['TRUST_PROXY', '0.0.0.0/0'],
    ['TRUST_PROXY', '10.0.0.1,::/0'],
    ['TRUST_PROXY', '999.1.1.1'],
    ['TRUST_PROXY', '10.0.0.0/8/8'],
    ['BODY_LIMIT_BYTES', '0'],
    ['METRICS_TOKEN', 'short'],
    ['SHUTDOWN_TIMEOUT_MS', '0'],
    ['DATABASE_TIMEOUT_MS', '999'],
    ['DATABASE_TIMEOUT_MS', 'soon'],
    ['OCR_PROVIDER', 'cloud'],
    ['OCR_FALLBACK', 'tencent'],
    ['OCR_QUEUE_LIMIT', '0'],
    ['OCR_TIMEOUT_MS', '10'],
    ['OCR_TIMEOUT_MS', '60000'],
    ['OCR_MEMORY_LIMIT_MB', '256'],
    ['OCR_NICENESS', '-5'],
    ['TENCENT_OCR_ENDPOINT', 'ocr.tencentcloudapi.com'],
    ['RATE_LIMIT_PER_IP', '-5'],
    ['RATE_LIMIT_PER_USER', 'many'],
    ['RATE_LIMIT_FACTOR', '0'],
    ['CONTACT_VISIBILITY', 'closed'],
    ['REGISTER_GIFT_VOUCHERS', '-1'],
    ['REGISTER_GIFT_VOUCHERS', '1.5'],
    ['STORAGE_DRIVER', 'ftp'],
    ['STORAGE_S3_FORCE_PATH_STYLE', 'yes'],
    ['FILE_URL_TTL_SECONDS', '0'],
    ['FILE_URL_TTL_SECONDS', '999999999'],
    ['ZEGO_API_BASE_URL', 'rtc-api.zego.im'],
    ['ZEGO_WEB_SERVER_URL', 'https://webliveroom1-api.zego.im/ws'],
    ['INTERVIEW_STREAM_LIMIT', '0'],
  ])('refuse %s=%s and name it', (name, value) => {
    expect(namedBy(problemsOf({ [name]: value }))).toEqual([name]);
  });

  it.each([
    ['ADMIN_USERNAME', 'ab'],
    ['ADMIN_USERNAME', '管理员'],
    ['ADMIN_PASSWORD', '123456789'],
    ['ADMIN_PASSWORD', 'x'.repeat(129)],
  ])('refuse %s=%s and name it', (name, value) => {
    const both = { ADMIN_USERNAME: 'boss', ADMIN_PASSWORD: 'correct-horse-9', [name]: value };
    expect(namedBy(problemsOf(both))).toEqual([name]);
  });

  it.each([{ ADMIN_USERNAME: 'boss' }, { ADMIN_PASSWORD: 'correct-horse-9' }])(
    'refuse one half of the first administrator: %o',
    (half) => {
      expect(problemsOf(half)).toEqual([
        expect.stringContaining('ADMIN_USERNAME 和 ADMIN_PASSWORD 必须同时设置'),
      ]);
    },
  );

  it('put files below DATA_DIR, or where STORAGE_DIR says', () => {
    expect(load({ DATA_DIR: '/data' })).toMatchObject({ storageDir: '/data/files', storageS3: undefined });
    expect(load({ DATA_DIR: '/data', STORAGE_DIR: '/mnt/files' }).storageDir).toBe('/mnt/files');
  });

  it('read an S3 storage as a whole', () => {
    expect(load(S3).storageS3).toEqual({
      endpoint: 'https://oss-cn-hangzhou.aliyuncs.com',
      region: 'us-east-1',
      bucket: 'tongxin-files',
      accessKeyId: 'LTAI-tongxin',
      secretAccessKey: 'n3Kx8Zq1vT5wRm7y',
      forcePathStyle: false,
    });
  });

  it.each(Object.keys(S3).slice(1))('refuse an S3 storage without %s', (name) => {
    expect(namedBy(problemsOf({ ...S3, [name]: '' }))).toEqual([name]);
  });

  it('refuse the settings of an S3 storage that is not switched on', () => {
    const { STORAGE_DRIVER: _driver, ...rest } = S3;
    expect(namedBy(problemsOf(rest))).toEqual(Object.keys(rest));
    expect(namedBy(problemsOf({ STORAGE_S3_ENDPOINT: 'not a url', STORAGE_DRIVER: 's3' }))).toContain(
      'STORAGE_S3_ENDPOINT',
    );
  });

  it.each([
    ['0', false],
    ['false', false],
    ['2', 2],
    ['10.0.0.0/8, 127.0.0.1', ['10.0.0.0/8', '127.0.0.1']],
    ['loopback', ['loopback']],
  ])('read TRUST_PROXY=%s', (value, expected) => {
    expect(load({ TRUST_PROXY: value }).env.TRUST_PROXY).toEqual(expected);
  });

  it('send cards to the cloud only with its keys, and elsewhere only when told to', () => {
    const keys = { TENCENT_SECRET_ID: 'id', TENCENT_SECRET_KEY: 'key' };
    expect(load({}).tencentOcr).toBeUndefined();
    expect(namedBy(problemsOf({ OCR_PROVIDER: 'tencent' }))).toEqual(Object.keys(keys));
    expect(namedBy(problemsOf({ OCR_FALLBACK: 'local' }))).toEqual(['OCR_FALLBACK']);
    expect(problemsOf({ OCR_PROVIDER: 'tencent', OCR_FALLBACK: 'local', ...keys })).toEqual([]);
    expect(load({ OCR_PROVIDER: 'tencent', ...keys }).tencentOcr).toEqual({
      secretId: 'id',
      secretKey: 'key',
      region: 'ap-guangzhou',
      endpoint: 'https://ocr.tencentcloudapi.com',
    });
  });

  it.each([
    ['ZEGO_APP_ID', 'wx123'],
    ['ZEGO_APP_ID', '0'],
    ['ZEGO_APP_ID', '4294967296'],
    ['ZEGO_SERVER_SECRET', 'f3a91c07be5d42688d10c2b7e94f6a3'],
    ['ZEGO_SERVER_SECRET', 'f3a91c07be5d42688d10c2b7e94f6a3-'],
  ])('refuse %s=%s and name it', (name, value) => {
    expect(namedBy(problemsOf({ ...ZEGO, [name]: value }))).toEqual([name]);
  });

  it('take an app at ZEGO whole or not at all, and know where its pages connect to', () => {
    expect(load({}).zego).toBeUndefined();
    for (const name of Object.keys(ZEGO))
      expect(problemsOf({ ...ZEGO, [name]: '' })).toEqual([
        expect.stringContaining('ZEGO_APP_ID 和 ZEGO_SERVER_SECRET 必须同时设置'),
      ]);
    expect(load(ZEGO).zego).toEqual({
      appId: 1_234_567_891,
      serverSecret: ZEGO.ZEGO_SERVER_SECRET,
      apiBaseUrl: 'https://rtc-api.zego.im',
      webServer: 'wss://webliveroom1234567891-api.zego.im/ws',
      isSandbox: false,
    });
    const elsewhere = { ZEGO_WEB_SERVER_URL: 'wss://webliveroom1-api.coolzcloud.com/ws' };
    expect(load({ ...ZEGO, ...elsewhere }).zego?.webServer).toBe(elsewhere.ZEGO_WEB_SERVER_URL);
    const sandbox = { ZEGO_API_BASE_URL: 'http://127.0.0.1:3900/zego/' };
    expect(load({ ...ZEGO, ...sandbox }).zego).toMatchObject({
      apiBaseUrl: 'http://127.0.0.1:3900/zego',
      isSandbox: true,
    });
  });

  it('read lists and addresses as their users mean them', () => {
    const settings = load({
      CORS_ORIGINS: 'https://a.cn, https://b.cn,,',
      PUBLIC_BASE_URL: 'https://a.cn//',
    });
    expect(settings.env.CORS_ORIGINS).toEqual(['https://a.cn', 'https://b.cn']);
    expect(settings.publicBaseUrl).toBe('https://a.cn');
  });

  it('name everything that is wrong at once, in one readable message', () => {
    const wrong = { ...PRODUCTION, MONGODB_URI: '', JWT_SECRET: 'short', PORT: 'x', ADMIN_USERNAME: 'boss' };
    const problems = problemsOf(wrong);
    expect(new Set(namedBy(problems))).toEqual(
      new Set(['PORT', 'JWT_SECRET', 'ADMIN_USERNAME', 'MONGODB_URI']),
    );
    expect(() => load(wrong)).toThrow(/^环境变量有误，服务没有启动：\n {2}- /);
  });

  it('never repeat a secret in the message', () => {
    const secret = 'changeme-changeme-changeme-changeme';
    expect(problemsOf({ ...PRODUCTION, JWT_SECRET: secret }).join()).not.toContain(secret);
  });
});

describe('settings of WeChat Pay', () => {
  const pemOf = (key: KeyObject) =>
    key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' });
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const MERCHANT = {
    WECHAT_APP_ID: 'wx0123456789abcdef',
    WECHAT_APP_SECRET: 'f3a91c07be5d42688d10c2b7e94f6a35',
    WECHAT_PAY_MCH_ID: '1900000109',
    WECHAT_PAY_SERIAL_NO: '5157F09EFDC096DE15EBE81A47057A7232F1B8E1',
    WECHAT_PAY_PRIVATE_KEY: String(pemOf(keys.privateKey)),
    WECHAT_PAY_API_V3_KEY: 'Kq83nVx2Lm5Rt9Wz4Yb7Cd1Fg6Hj0PsT',
  };
  const PLATFORM = {
    WECHAT_PAY_PUBLIC_KEY_ID: 'PUB_KEY_ID_0119000001092026010100000000',
    WECHAT_PAY_PUBLIC_KEY: String(pemOf(keys.publicKey)),
  };

  it('may be absent, and are read as a whole', () => {
    expect(load({}).wechatPay).toBeUndefined();
    expect(load(MERCHANT).wechatPay).toMatchObject({
      appId: MERCHANT.WECHAT_APP_ID,
      merchantId: '1900000109',
      serialNo: MERCHANT.WECHAT_PAY_SERIAL_NO,
      apiV3Key: MERCHANT.WECHAT_PAY_API_V3_KEY,
      publicKey: undefined,
      baseUrl: 'https://api.mch.weixin.qq.com',
    });
    expect(load({ ...MERCHANT, ...PLATFORM }).wechatPay?.publicKey?.id).toBe(
      PLATFORM.WECHAT_PAY_PUBLIC_KEY_ID,
    );
  });

  it.each([
    ['as it is', (pem: string) => pem],
    ['in one line', (pem: string) => pem.replaceAll('\n', '\\n')],
    [
      'by the path of its file',
      (pem: string) => {
        const file = join(mkdtempSync(join(tmpdir(), 'settings-')), 'apiclient_key.pem');
        writeFileSync(file, pem);
        return file;
      },
    ],
  ])('take a key %s', (_how, given) => {
    const settings = load({
      ...MERCHANT,
      WECHAT_PAY_PRIVATE_KEY: given(MERCHANT.WECHAT_PAY_PRIVATE_KEY),
      WECHAT_PAY_PUBLIC_KEY_ID: PLATFORM.WECHAT_PAY_PUBLIC_KEY_ID,
      WECHAT_PAY_PUBLIC_KEY: given(PLATFORM.WECHAT_PAY_PUBLIC_KEY),
    });
    const { privateKey, publicKey } = settings.wechatPay!;
    const signature = createSign('sha256').update('x').sign(privateKey);
    expect(createVerify('sha256').update('x').verify(publicKey!.key, signature)).toBe(true);
  });

  it.each(['WECHAT_PAY_MCH_ID', 'WECHAT_PAY_SERIAL_NO', 'WECHAT_PAY_PRIVATE_KEY', 'WECHAT_PAY_API_V3_KEY'])(
    'are refused without %s',
    (name) => {
      expect(problemsOf({ ...MERCHANT, [name]: '' })).toEqual([
        expect.stringContaining(`必须同时设置，缺少 ${name}`),
      ]);
    },
  );

  it('are refused with half a public key, or without the mini-program', () => {
    for (const name of Object.keys(PLATFORM))
      expect(problemsOf({ ...MERCHANT, ...PLATFORM, [name]: '' })).toEqual([
        expect.stringContaining(`缺少 ${name}`),
      ]);
    const without = { ...MERCHANT, WECHAT_APP_ID: '', WECHAT_APP_SECRET: '' };
    expect(namedBy(problemsOf(without))).toEqual(['WECHAT_APP_ID']);
  });

  it.each([
    ['WECHAT_PAY_MCH_ID', 'mch-1'],
    ['WECHAT_PAY_SERIAL_NO', 'not hexadecimal'],
    ['WECHAT_PAY_API_V3_KEY', 'too short'],
    ['WECHAT_PAY_PUBLIC_KEY_ID', '5157F09EFDC096DE'],
    ['WECHAT_PAY_BASE_URL', 'api.mch.weixin.qq.com'],
    ['WECHAT_PAY_PRIVATE_KEY', '/nowhere/apiclient_key.pem'],
    ['WECHAT_PAY_PRIVATE_KEY', String(pemOf(weak.privateKey))],
    ['WECHAT_PAY_PRIVATE_KEY', String(pemOf(curve.privateKey))],
    ['WECHAT_PAY_PRIVATE_KEY', String(pemOf(keys.publicKey))],
    ['WECHAT_PAY_PUBLIC_KEY', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
  ])('refuse a wrong %s and name it, without repeating it', (name, value) => {
    const problems = problemsOf({ ...MERCHANT, ...PLATFORM, [name]: value });
    expect(namedBy(problems)).toEqual([name]);
    expect(problems.join()).not.toContain(value);
  });

  it('are refused in production with http, with a sandbox, or with an example key', () => {
    const production = { ...PRODUCTION, ...MERCHANT };
    expect(problemsOf(production)).toEqual([]);
    expect(namedBy(problemsOf({ ...production, PUBLIC_BASE_URL: 'http://crm.tongxin.cn' }))).toEqual([
      'PUBLIC_BASE_URL',
    ]);
    expect(namedBy(problemsOf({ ...production, WECHAT_PAY_BASE_URL: 'http://127.0.0.1:3900/pay' }))).toEqual([
      'WECHAT_PAY_BASE_URL',
    ]);
    const example = { ...production, WECHAT_PAY_API_V3_KEY: 'your-api-v3-key-of-32-characters' };
    expect(namedBy(problemsOf(example))).toEqual(['WECHAT_PAY_API_V3_KEY']);
  });
});

describe('settings of production', () => {
  it('are accepted when they are complete', () => {
    expect(problemsOf(PRODUCTION)).toEqual([]);
    expect(load(PRODUCTION).production).toBe(true);
  });

  it.each(['MONGODB_URI', 'JWT_SECRET', 'PUBLIC_BASE_URL'])('are refused without %s', (name) => {
    expect(namedBy(problemsOf({ ...PRODUCTION, [name]: undefined }))).toEqual([name]);
  });

  it.each([
    ['JWT_SECRET', 'change-me-change-me-change-me-change-me'],
    ['JWT_SECRET', 'your-secret-key-of-at-least-32-characters'],
    ['JWT_SECRET', 'a placeholder that is long enough to pass'],
    ['JWT_SECRET', 'x'.repeat(40)],
    ['METRICS_TOKEN', 'changeme-changeme'],
    ['JWT_SECRET', 'please-change-this-secret-in-production'],
    ['JWT_SECRET', 'replace-me-with-a-long-random-string!!'],
    ['JWT_SECRET', 'secretsecretsecretsecretsecretsecret'],
    ['JWT_SECRET', '12345678901234567890123456789012'],
    ['JWT_SECRET', 'abababababababababababababababababab'],
    ['JWT_SECRET', 'xxxxxxxx-xxxxxxxx-xxxxxxxx-xxxxxxxx'],
  ])('refuse the example value %s=%s', (name, value) => {
    expect(namedBy(problemsOf({ ...PRODUCTION, [name]: value }))).toEqual([name]);
  });

  it('refuse an example secret of the file storage', () => {
    const wrong = { ...S3, STORAGE_S3_SECRET_ACCESS_KEY: 'your-secret-access-key' };
    expect(problemsOf({ ...PRODUCTION, ...S3 })).toEqual([]);
    expect(namedBy(problemsOf({ ...PRODUCTION, ...wrong }))).toEqual(['STORAGE_S3_SECRET_ACCESS_KEY']);
  });

  it('refuse an example secret of ZEGO, and a platform sandbox in its place', () => {
    expect(problemsOf({ ...PRODUCTION, ...ZEGO })).toEqual([]);
    const wrong = { ...ZEGO, ZEGO_SERVER_SECRET: 'x'.repeat(32) };
    expect(namedBy(problemsOf({ ...PRODUCTION, ...wrong }))).toEqual(['ZEGO_SERVER_SECRET']);
    const sandbox = { ...ZEGO, ZEGO_API_BASE_URL: 'http://127.0.0.1:3900/zego' };
    expect(namedBy(problemsOf({ ...PRODUCTION, ...sandbox }))).toEqual(['ZEGO_API_BASE_URL']);
  });

  it('take a good password that begins with a doubled character', () => {
    const admin = { ADMIN_USERNAME: 'boss', ADMIN_PASSWORD: 'aaKz93mmXq1' };
    expect(problemsOf({ ...PRODUCTION, ...admin })).toEqual([]);
  });

  it('refuse an example password of the first administrator', () => {
    for (const ADMIN_PASSWORD of ['password123', 'admin123456', 'correct-horse-9', '1234567890']) {
      const admin = { ADMIN_USERNAME: 'boss', ADMIN_PASSWORD };
      expect(namedBy(problemsOf({ ...PRODUCTION, ...admin }))).toEqual(['ADMIN_PASSWORD']);
      expect(problemsOf(admin)).toEqual([]);
    }
  });
});

describe('the secret of a development installation', () => {
  const environment = () => ({ DATA_DIR: mkdtempSync(join(tmpdir(), 'settings-')), NODE_ENV: 'test' });

  it('is made once, kept in DATA_DIR, and readable by its owner only', () => {
    const source = environment();
    const first = Settings.load(source).jwtSecret;
    expect(first.length).toBeGreaterThanOrEqual(32);
    expect(Settings.load(source).jwtSecret).toBe(first);
    const file = join(source.DATA_DIR, 'jwt-secret');
    expect(readFileSync(file, 'utf8')).toBe(first);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('differs between installations, and gives way to JWT_SECRET', () => {
    const [one, other] = [environment(), environment()];
    expect(Settings.load(one).jwtSecret).not.toBe(Settings.load(other).jwtSecret);
    expect(Settings.load({ ...one, JWT_SECRET: SECRET }).jwtSecret).toBe(SECRET);
  });
});
