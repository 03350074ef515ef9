import type { SpawnedSandbox } from '@homecare/platform-sandbox';
import { environmentSchema } from './config/environment';

export interface RunningSandbox {
  url: string;
  /** settings that lead to it, in place of the platforms' own */
  environment: Record<string, string>;
  /** Has what WeChat pushes and WeChat Pay posts come to the service at this address. */
  deliverTo(serviceUrl: string): Promise<void>;
  stop(): Promise<void>;
}

/** Settings with which somebody has said that they talk to WeChat itself. */
const OWN_PLATFORMS = [
  'WECHAT_APP_ID',
  'WECHAT_MP_APP_ID',
  'WECHAT_API_BASE_URL',
  'WECHAT_MP_BASE_URL',
  'WECHAT_PAY_MCH_ID',
  'WECHAT_PAY_BASE_URL',
];

/**
 * Starts the platform sandbox where no credentials are configured, so that everything can be tried without any.
 * Never in production, and not where one of the platforms' settings is given.
 */
export async function openSandbox(
  environment: Record<string, string | undefined>,
): Promise<RunningSandbox | undefined> {
  const { NODE_ENV, SANDBOX_PORT } = environmentSchema.parse(
    Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== '')),
  );
  if (NODE_ENV === 'production' || hasOwnPlatforms(environment)) return undefined;
  // loaded only when it is needed: production never touches it
  const { SANDBOX_CREDENTIALS, spawnSandbox } = await import('@homecare/platform-sandbox');
  const sandbox = await spawnSandbox({ port: SANDBOX_PORT }).catch(() => spawnSandbox({ port: 0 }));
  const { wechat, officialAccount, tencent, zego } = SANDBOX_CREDENTIALS;
  return {
    url: sandbox.url,
    environment: {
      WECHAT_APP_ID: wechat.appId,
      WECHAT_APP_SECRET: wechat.appSecret,
      WECHAT_API_BASE_URL: `${sandbox.url}/wechat`,
      WECHAT_MP_APP_ID: officialAccount.appId,
      WECHAT_MP_APP_SECRET: officialAccount.appSecret,
      WECHAT_MP_TOKEN: officialAccount.token,
      WECHAT_MP_ENCODING_AES_KEY: officialAccount.encodingAesKey,
      WECHAT_MP_TEMPLATE_ID: environment['WECHAT_MP_TEMPLATE_ID'] || 'tmpl_staff_notice',
      WECHAT_MP_BASE_URL: `${sandbox.url}/wechat-mp`,
      ...merchantSettings(sandbox),
      ...(environment['TENCENT_SECRET_ID']
        ? {}
        : {
            TENCENT_SECRET_ID: tencent.secretId,
            TENCENT_SECRET_KEY: tencent.secretKey,
            TENCENT_OCR_ENDPOINT: `${sandbox.url}/tencent-ocr`,
          }),
      ...(environment['ZEGO_APP_ID']
        ? {}
        : {
            ZEGO_APP_ID: String(zego.appId),
            ZEGO_SERVER_SECRET: zego.serverSecret,
            ZEGO_API_BASE_URL: `${sandbox.url}/zego`,
          }),
    },
    deliverTo: async (serviceUrl) => {
      await fetch(`${sandbox.url}/_control/configure`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          officialAccount: { eventUrl: `${serviceUrl}/api/wechat/event` },
          wechatPay: { deliverTo: serviceUrl },
        }),
      });
    },
    stop: () => sandbox.stop(),
  };
}

function merchantSettings({ url, wechatPay }: SpawnedSandbox): Record<string, string> {
  if (!wechatPay) return {};
  return {
    WECHAT_PAY_MCH_ID: wechatPay.merchantId,
    WECHAT_PAY_SERIAL_NO: wechatPay.serialNo,
    WECHAT_PAY_PRIVATE_KEY: wechatPay.privateKey,
    WECHAT_PAY_API_V3_KEY: wechatPay.apiV3Key,
    WECHAT_PAY_PUBLIC_KEY_ID: wechatPay.publicKeyId,
    WECHAT_PAY_PUBLIC_KEY: wechatPay.publicKey,
    WECHAT_PAY_BASE_URL: `${url}/wechat-pay`,
  };
}

/** Settings with which somebody has said that they talk to Tencent Cloud itself. */
const OWN_TENCENT = ['TENCENT_SECRET_ID', 'TENCENT_SECRET_KEY', 'TENCENT_OCR_ENDPOINT'];

/**
 * The keys that the sandbox will give, so that the settings can be checked before it is started: with
 * `OCR_PROVIDER=tencent` and nothing else, cards are read by its cloud.
 */
export async function sandboxKeys(
  environment: Record<string, string | undefined>,
): Promise<Record<string, string>> {
  const own = OWN_TENCENT.some((name) => environment[name]);
  if (environment['NODE_ENV'] === 'production' || own || hasOwnPlatforms(environment)) return {};
  const { tencent } = (await import('@homecare/platform-sandbox')).SANDBOX_CREDENTIALS;
  return { TENCENT_SECRET_ID: tencent.secretId, TENCENT_SECRET_KEY: tencent.secretKey };
}

function hasOwnPlatforms(environment: Record<string, string | undefined>): boolean {
  return OWN_PLATFORMS.some((name) => environment[name] && !isDefault(name, environment[name]));
}

function isDefault(name: string, value: string): boolean {
  return environmentSchema.shape[name as 'WECHAT_API_BASE_URL'].safeParse(undefined).data === value;
}
