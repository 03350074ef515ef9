import type { Role } from '../../src/common/access/principal';
import { UsersService } from '../../src/modules/users/users.service';
import type { Answer } from './actor';
import type { TestApp } from './app';
import { phone as anyPhone, userInput } from './factories';
import { PlatformSandbox } from './sandbox';

/** An app whose WeChat is a sandbox of its own. */
export interface WechatApp {
  app: TestApp;
  sandbox: PlatformSandbox;
}

export interface StaffRecord {
  id: string;
  phone: string;
}

/** An account with a phone, of somebody who has not logged in yet. */
export async function staffWithPhone(app: TestApp, role: Role = 'employee'): Promise<StaffRecord> {
  const phone = anyPhone();
  const caller = { principal: undefined, requestId: 'test', ip: '' };
  const input = { ...userInput({ role, phone }), active: true };
  const { id } = await app.app.get(UsersService).create(input, caller);
  return { id, phone };
}

/** POST /api/auth/miniprogram-login by the person of that name in WeChat. */
export function miniprogramLogin(
  { app, sandbox }: WechatApp,
  name: string,
  phone: string,
  phoneCode?: string,
): Promise<Answer> {
  const code = sandbox.loginCode(name);
  return app.asGuest().post('/api/auth/miniprogram-login', { code, phone, ...(phoneCode && { phoneCode }) });
}

/** POST /api/wechat/login by the person of that name. */
export function wechatLogin({ app, sandbox }: WechatApp, name: string): Promise<Answer> {
  return app.asGuest().post('/api/wechat/login', { code: sandbox.loginCode(name) });
}

/** The stored account, as it is. */
export async function storedUser(app: TestApp, filter: Record<string, unknown>) {
  return app.connection.collection('users').findOne(filter);
}
