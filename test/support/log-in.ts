import argon2 from '@node-rs/argon2';
import type { Actor, Answer } from './actor';
import type { TestApp } from './app';
import { PASSWORD, userInput } from './factories';

export interface Credentials {
  username: string;
  password: string;
}

/** For apps that trust one proxy: the test is the proxy and says where the caller is. */
export const BEHIND_PROXY = { TRUST_PROXY: '1' };

export const from = (ip: string): Record<string, string> => ({ 'x-forwarded-for': ip });

export function logIn(guest: Actor, credentials: Credentials, ip?: string): Promise<Answer> {
  const { username, password } = credentials;
  return guest.post('/api/auth/login', { username, password }, ip ? from(ip) : {});
}

/** A new account that has never logged in. */
export async function newAccount(admin: Actor): Promise<Credentials & { id: string }> {
  const { username } = userInput();
  const created = await admin.post('/api/users', { ...userInput(), username });
  return { id: created.body.data.id as string, username, password: PASSWORD };
}

/** Logs in with a wrong password `times` over, one after the other; the answers' codes. */
export async function failToLogIn(
  guest: Actor,
  username: string,
  times: number,
  ip?: string,
): Promise<unknown[]> {
  const codes: unknown[] = [];
  for (let i = 0; i < times; i++) {
    codes.push((await logIn(guest, { username, password: `wrong-password-${i}` }, ip)).body.code);
  }
  return codes;
}

/** The window of every lock-out of an account has passed, as far as the database knows. */
export async function endLockoutWindow(app: TestApp, username: string): Promise<void> {
  const { modifiedCount } = await app.connection
    .collection('login_attempts')
    .updateMany({ account: username.toLowerCase() }, { $set: { windowEndsAt: new Date(Date.now() - 1) } });
  if (modifiedCount === 0) throw new Error(`${username} has no login attempts whose window could end`);
}

/** Watches the password hashes that argon2 is asked to verify; the check itself goes on as usual. */
export function watchPasswordChecks(): jest.SpiedFunction<typeof argon2.verify> {
  return jest.spyOn(argon2, 'verify');
}
