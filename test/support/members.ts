import type { Answer } from './actor';
import { phone as anyPhone } from './factories';
import type { WechatApp } from './wechat';

export const REGISTER = '/wechat/user/register';
export const LOGIN = '/wechat/user/login';

/** Registers the person of that name in WeChat, through the API. */
export function register(
  { app, sandbox }: WechatApp,
  name: string,
  phone: string = anyPhone(),
  more: Record<string, unknown> = {},
): Promise<Answer> {
  return app.asGuest().post(REGISTER, {
    login_code: sandbox.loginCode(name),
    phone_code: sandbox.phoneCode(phone),
    ...more,
  });
}

/** Logs the person of that name in. */
export function logInAs({ app, sandbox }: WechatApp, name: string): Promise<Answer> {
  return app.asGuest().post(LOGIN, { login_code: sandbox.loginCode(name) });
}

/** The token that an answer carries, as it stands in the header. */
export function authorizationOf({ headers }: Answer): string {
  const header = headers.get('authorization');
  if (!header) throw new Error('the answer carries no token');
  return header;
}

/** What a refused marketplace request looks like, for `toMatchObject`; a wrong field is named in `data`. */
export function refused(code: number, data?: string | RegExp): object {
  const status = code < 1000 ? code : 400;
  if (data === undefined) return { status, body: { code } };
  return {
    status,
    body: { code, data: typeof data === 'string' ? data : (expect.stringMatching(data) as string) },
  };
}
