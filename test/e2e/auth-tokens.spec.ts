import { randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { Tokens } from '../../src/common/access/tokens';
import { Settings } from '../../src/config/settings';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { eventually } from '../support/eventually';
import { refusal } from '../support/refusal';

type Claims = Record<string, unknown>;

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const DAY = 24 * 3600;

describe('tokens', () => {
  let app: TestApp;
  let employee: Actor;
  let secret: string;
  beforeAll(async () => {
    app = await TestApp.start();
    employee = await app.asEmployee();
    secret = app.app.get(Settings).jwtSecret;
  });
  afterAll(() => app.stop());

  const now = () => Math.floor(Date.now() / 1000);
  const claims = (changed: Claims = {}): Claims => ({
    aud: 'crm',
    sub: employee.id,
    jti: randomBytes(8).toString('hex'),
    ver: 1,
    iat: now(),
    exp: now() + DAY,
    ...changed,
  });
  const sign = (payload: Claims, key = secret, algorithm: jwt.Algorithm = 'HS256') =>
    jwt.sign(JSON.parse(JSON.stringify(payload)) as object, key, { algorithm });
  const me = (authorization: string) => app.asGuest().get('/api/auth/me', {}, { authorization });

  it('lets in a token made with the secret and these claims, so that what follows is refused for its reason', async () => {
    expect(await me(`Bearer ${sign(claims())}`)).toMatchObject({
      status: 200,
      body: { data: { id: employee.id } },
    });
  });

  it.each<[string, () => string]>([
    ['of the other audience', () => sign(claims({ aud: 'marketplace' }))],
    ['issued to a member of the marketplace', () => app.app.get(Tokens).issue('marketplace', '1', 1)],
    ['for no audience', () => sign(claims({ aud: undefined }))],
    ['signed with another secret', () => sign(claims(), 'a secret of somebody else, long enough too')],
    ['with an empty signature', () => unsigned({ alg: 'HS256', typ: 'JWT' }, claims())],
    ['without a signature (alg none)', () => unsigned({ alg: 'none', typ: 'JWT' }, claims())],
    ['without a signature (alg NoNe)', () => unsigned({ alg: 'NoNe', typ: 'JWT' }, claims())],
    ['signed with HS384', () => sign(claims(), secret, 'HS384')],
    ['signed with HS512', () => sign(claims(), secret, 'HS512')],
    ['for nobody', () => sign(claims({ sub: undefined }))],
    ['for an account that does not exist', () => sign(claims({ sub: '0'.repeat(24) }))],
    ['without an id', () => sign(claims({ jti: undefined }))],
    ['without an end', () => sign(claims({ exp: undefined }))],
    ['without a version', () => sign(claims({ ver: undefined }))],
    ['with a version that is no number', () => sign(claims({ ver: '1' }))],
    ['of an older version than the account', () => sign(claims({ ver: 0 }))],
    ['not yet good', () => sign(claims({ nbf: now() + 3600 }))],
    ['whose claims were changed', () => tampered(employee.token, { sub: '0'.repeat(24) })],
    ['whose end was moved', () => tampered(employee.token, { exp: now() + 365 * DAY })],
    ['whose signature was cut', () => employee.token.slice(0, -2)],
    ['without its third part', () => employee.token.split('.').slice(0, 2).join('.')],
    ['with a fourth part', () => `${employee.token}.more`],
    ['of random bytes', () => randomBytes(60).toString('base64url')],
  ])('refuses a token %s', async (_what, token) => {
    expect(await me(`Bearer ${token()}`)).toMatchObject(refusal('UNAUTHORIZED'));
  });

  it.each([
    ['nothing', ''],
    ['Bearer alone', 'Bearer'],
    ['Bearer and spaces', 'Bearer   '],
    ['two tokens', 'Bearer a b'],
    ['another scheme', 'Basic YWRtaW46YWRtaW4='],
    ['a word', 'undefined'],
    ['Bearer and a word', 'Bearer null'],
    ['8 KB of letters', `Bearer ${'a'.repeat(8000)}`],
  ])('refuses %s in place of a token', async (_what, authorization) => {
    expect(await me(authorization)).toMatchObject(refusal('UNAUTHORIZED'));
  });

  it('refuses a bare token: the CRM asks for Bearer', async () => {
    expect(await me(employee.token)).toMatchObject(refusal('UNAUTHORIZED'));
  });

  it('takes Bearer in any case', async () => {
    expect((await me(`bearer ${employee.token}`)).status).toBe(200);
  });

  it('says TOKEN_EXPIRED of a token that was good, and only of such a one', async () => {
    const over = { iat: now() - 8 * DAY, exp: now() - 1 };
    expect(await me(`Bearer ${sign(claims(over))}`)).toMatchObject(refusal('TOKEN_EXPIRED'));
    const forged = sign(claims(over), 'a secret of somebody else, long enough too');
    expect(await me(`Bearer ${forged}`)).toMatchObject(refusal('UNAUTHORIZED'));
  });

  it('says TOKEN_EXPIRED of a token that was in use until its end', async () => {
    const token = sign(claims({ exp: now() + 2 }));
    expect((await me(`Bearer ${token}`)).status).toBe(200);
    await eventually(async () => expect(await me(`Bearer ${token}`)).toMatchObject(refusal('TOKEN_EXPIRED')));
    expect(Date.now() / 1000).toBeGreaterThanOrEqual(Number((jwt.decode(token) as jwt.JwtPayload).exp));
  });

  it('reads a token of one audience for that audience only, however often it has been seen', () => {
    const tokens = app.app.get(Tokens);
    for (const [audience, other] of [
      ['crm', 'marketplace'],
      ['marketplace', 'crm'],
    ] as const) {
      const token = tokens.issue(audience, '1', 3);
      for (let i = 0; i < 3; i++) {
        expect(tokens.read(token, audience)).toMatchObject({ audience, subject: '1', version: 3 });
        expect(() => tokens.read(token, other)).toThrow('登录信息无效，请重新登录');
      }
    }
  });

  it('takes no token from the address', async () => {
    const answer = await app
      .asGuest()
      .get('/api/auth/me', { token: employee.token, access_token: employee.token });
    expect(answer).toMatchObject(refusal('UNAUTHORIZED'));
  });

  it('decides before it reads the body: a stranger learns nothing of what a route expects', async () => {
    const broken = await app.asGuest().post('/api/users', '{"username":');
    expect(broken).toMatchObject(refusal('UNAUTHORIZED'));
    expect(await employee.post('/api/users', '{"username":')).toMatchObject(refusal('FORBIDDEN'));
  });
});

function unsigned(header: Claims, payload: Claims): string {
  return `${part(header)}.${part(payload)}.`;
}

function tampered(token: string, changed: Claims): string {
  const [header, , signature] = token.split('.');
  return [header, part({ ...(jwt.decode(token) as Claims), ...changed }), signature].join('.');
}
