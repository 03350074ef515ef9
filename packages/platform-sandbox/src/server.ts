import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { control } from './control/control';
import { servePage } from './page';
import { servePlatform } from './platform/serve-platform';
import { Sandboxed, type SandboxCredentials } from './sandboxed';
import { type MerchantAccount, PayKeys } from './wechat-pay/keys';

export interface SandboxOptions extends SandboxCredentials {
  /** 0, the default, takes a free one. */
  port?: number | undefined;
  host?: '127.0.0.1' | undefined;
  /** Whether there is a WeChat Pay, whose keys take a moment to be made; there is, unless told. */
  wechatPay?: boolean | undefined;
}

export interface Sandbox {
  /** `http://127.0.0.1:<port>`; each platform is under its own prefix. */
  url: string;
  /** The merchant's account that was made at this start. */
  wechatPay: MerchantAccount | undefined;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/**
 * Starts the sandbox in this process, on loopback.
 * @throws Error when the port is taken
 */
export async function startSandbox({
  port = 0,
  host = HOST,
  wechatPay = true,
  ...credentials
}: SandboxOptions = {}): Promise<Sandbox> {
  const payKeys = wechatPay ? await PayKeys.make() : undefined;
  const app = await application(new Sandboxed(credentials, payKeys));
  await app.listen({ port, host });
  return {
    url: `http://${host}:${(app.server.address() as AddressInfo).port}`,
    wechatPay: payKeys?.account,
    stop: () => app.close(),
  };
}

async function application(sandboxed: Sandboxed): Promise<FastifyInstance> {
  const app = Fastify({
    forceCloseConnections: true,
    // an unknown field of an order is a mistake, and a text no number
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allowUnionTypes: true } },
  });
  for (const platform of sandboxed.platforms)
    await app.register(
      async (scope) => {
        // platforms read, and some of them sign, the very text; its type is not asked for
        scope.removeAllContentTypeParsers();
        scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
        servePlatform(scope, platform, sandboxed.mechanisms);
      },
      { prefix: `/${platform.name}` },
    );
  await app.register(async (scope) => control(scope, sandboxed), { prefix: '/_control' });
  await app.register(async (scope) => servePage(scope));
  return app;
}
