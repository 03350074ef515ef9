import { isIP } from 'node:net';
import { z } from 'zod';

const flag = z.enum(['true', 'false', '1', '0']).transform((value) => value === 'true' || value === '1');
const httpUrl = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, ''));
const count = z.coerce.number().int().positive();

const NAMED_NETWORKS = ['loopback', 'linklocal', 'uniquelocal'];
/** The widest network that can be somebody's own proxies; a wider one trusts the internet. */
const WIDEST_PREFIX = { 4: 8, 6: 16 } as const;

function isProxyAddress(entry: string): boolean {
  if (NAMED_NETWORKS.includes(entry)) return true;
  const [address = '', prefix, ...rest] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  const longest = family === 4 ? 32 : 128;
  return (
    /^\d{1,3}$/.test(prefix) && Number(prefix) >= WIDEST_PREFIX[family as 4 | 6] && Number(prefix) <= longest
  );
}

/** Hop counts and address lists only: trusting every proxy would let a client choose its own address. */
const trustProxy = z.string().transform((value, context): false | number | string[] => {
  if (value === 'false' || value === '0') return false;
  if (/^\d{1,2}$/.test(value)) return Number(value);
  const entries = value.split(',').map((part) => part.trim());
  if (entries.every(isProxyAddress)) return entries;
  context.addIssue({
    code: 'custom',
    message: 'false、代理层数（如 1）或代理地址列表（如 10.0.0.0/8,127.0.0.1）',
  });
  return z.NEVER;
});

/** Origins as browsers send them: scheme, host and port, and nothing after. */
const origins = z
  .string()
  .transform((value) =>
    value
      .split(',')
      .map((part) => part.trim().replace(/\/$/, ''))
      .filter(Boolean),
  )
  .refine((list) => list.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin), {
    error: '应为用逗号分隔的来源，例如 https://h5.example.cn',
  });

const appId = z.string().regex(/^wx[A-Za-z0-9]{10,30}$/, { error: '应以 wx 开头' });
const appSecret = z.string().regex(/^[A-Za-z0-9]{32}$/, { error: '应为 32 位字母或数字' });

/** Every setting that the service reads; `.env.example` lists the same names with their meaning. */
export const environmentSchema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: z.string().min(1).default('0.0.0.0'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  PUBLIC_BASE_URL: httpUrl.optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  LOG_PRETTY: flag.optional(),

  MONGODB_URI: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\//, { error: '应以 mongodb:// 或 mongodb+srv:// 开头' })
    .optional(),
  MONGODB_DATABASE: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,63}$/, { error: '只能包含字母、数字、下划线和连字符' })
    .optional(),
  DATABASE_TIMEOUT_MS: z.coerce.number().int().min(1000).default(30_000),
  DATA_DIR: z.string().min(1).default('./data'),
  EMBEDDED_MONGO_PORT: z.coerce.number().int().min(0).max(65535).default(0),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, { error: '应以 redis:// 或 rediss:// 开头' })
    .optional(),

  JOBS_POLL_MS: count.default(2000),

  JWT_SECRET: z.string().min(32, { error: '至少 32 个字符' }).optional(),
  ADMIN_USERNAME: z
    .string()
    .regex(/^[A-Za-z0-9._-]{3,32}$/, { error: '3–32 位字母、数字、点、下划线或连字符' })
    .optional(),
  ADMIN_PASSWORD: z
    .string()
    .min(10, { error: '10–128 个字符' })
    .max(128, { error: '10–128 个字符' })
    .optional(),

  STORAGE_DRIVER: z.enum(['local', 's3']).default('local'),
  STORAGE_DIR: z.string().min(1).optional(),
  STORAGE_S3_ENDPOINT: httpUrl.optional(),
  STORAGE_S3_REGION: z.string().min(1).default('us-east-1'),
  STORAGE_S3_BUCKET: z.string().min(1).optional(),
  STORAGE_S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  STORAGE_S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  STORAGE_S3_FORCE_PATH_STYLE: flag.default(false),
  FILE_URL_TTL_SECONDS: count.max(7 * 24 * 3600).default(3600),

  OCR_PROVIDER: z.enum(['local', 'tencent']).default('local'),
  OCR_FALLBACK: z.enum(['none', 'local']).default('none'),
  OCR_QUEUE_LIMIT: count.max(100).default(8),
  OCR_TIMEOUT_MS: z.coerce.number().int().min(1000).max(50_000).default(15_000),
  /** below what the models take, no card would ever be read */
  OCR_MEMORY_LIMIT_MB: z.coerce.number().int().min(768).default(1536),
  OCR_NICENESS: z.coerce.number().int().min(0).max(19).default(10),
  TENCENT_SECRET_ID: z.string().min(1).optional(),
  TENCENT_SECRET_KEY: z.string().min(1).optional(),
  TENCENT_REGION: z.string().min(1).default('ap-guangzhou'),
  TENCENT_OCR_ENDPOINT: httpUrl.default('https://ocr.tencentcloudapi.com'),

  TRUST_PROXY: trustProxy.default(false),
  CORS_ORIGINS: origins.default([]),
  BODY_LIMIT_BYTES: count.default(1024 * 1024),
  METRICS_TOKEN: z.string().min(16, { error: '至少 16 个字符' }).optional(),
  SHUTDOWN_TIMEOUT_MS: count.default(10_000),

  WECHAT_APP_ID: appId.optional(),
  WECHAT_APP_SECRET: appSecret.optional(),
  WECHAT_API_BASE_URL: httpUrl.default('https://api.weixin.qq.com'),
  WECHAT_MP_APP_ID: appId.optional(),
  WECHAT_MP_APP_SECRET: appSecret.optional(),
  WECHAT_MP_TOKEN: z
    .string()
    .regex(/^[A-Za-z0-9]{3,32}$/, { error: '3–32 位字母或数字' })
    .optional(),
  WECHAT_MP_ENCODING_AES_KEY: z
    .string()
    .regex(/^[A-Za-z0-9]{43}$/, { error: '应为 43 位字母或数字' })
    .optional(),
  WECHAT_MP_ENCRYPTED_ONLY: flag.default(false),
  WECHAT_MP_TEMPLATE_ID: z.string().min(1).max(64).optional(),
  WECHAT_MP_BASE_URL: httpUrl.default('https://api.weixin.qq.com'),

  ZEGO_APP_ID: count.max(4_294_967_295).optional(),
  ZEGO_SERVER_SECRET: appSecret.optional(),
  ZEGO_API_BASE_URL: httpUrl.default('https://rtc-api.zego.im'),
  ZEGO_WEB_SERVER_URL: z.url({ protocol: /^wss$/, error: '应以 wss:// 开头' }).optional(),
  INTERVIEW_STREAM_LIMIT: count.max(100_000).default(1000),
  WECHAT_PAY_MCH_ID: z
    .string()
    .regex(/^\d{8,12}$/, { error: '应为 8–12 位数字' })
    .optional(),
  WECHAT_PAY_SERIAL_NO: z
    .string()
    .regex(/^[0-9A-Fa-f]{8,64}$/, { error: '应为证书序列号（十六进制）' })
    .optional(),
  /** PEM, or the path of a PEM file */
  WECHAT_PAY_PRIVATE_KEY: z.string().min(1).optional(),
  WECHAT_PAY_API_V3_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{32}$/, { error: '应为 32 个字符' })
    .optional(),
  WECHAT_PAY_PUBLIC_KEY_ID: z
    .string()
    .regex(/^PUB_KEY_ID_\w{1,64}$/, { error: '应以 PUB_KEY_ID_ 开头' })
    .optional(),
  /** PEM, or the path of a PEM file */
  WECHAT_PAY_PUBLIC_KEY: z.string().min(1).optional(),
  WECHAT_PAY_BASE_URL: httpUrl.default('https://api.mch.weixin.qq.com'),

  SANDBOX_PORT: z.coerce.number().int().min(0).max(65535).default(3900),

  RATE_LIMIT_PER_IP: count.default(1200),
  RATE_LIMIT_PER_USER: count.default(600),
  /** multiplies the limits of single routes */
  RATE_LIMIT_FACTOR: z.coerce.number().positive().default(1),

  CONTACT_VISIBILITY: z.enum(['open', 'voucher']).default('open'),
  /** contact vouchers that a new member starts with */
  REGISTER_GIFT_VOUCHERS: z.coerce.number().int().min(0).max(1000).default(0),
});

export type Environment = z.infer<typeof environmentSchema>;
