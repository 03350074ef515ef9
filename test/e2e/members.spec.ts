import type { Member } from '../../src/modules/members/member.schema';
import { MembersService } from '../../src/modules/members/members.service';
import { Tokens } from '../../src/common/access/tokens';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { phone } from '../support/factories';
import { authorizationOf, LOGIN, logInAs, REGISTER, register, refused } from '../support/members';
import { PlatformSandbox } from '../support/sandbox';

const OK = { code: 0, message: '', data: null };

describe('members of the marketplace', () => {
  let sandbox: PlatformSandbox;
  let app: TestApp;
  let second: TestApp;
  let guest: Actor;
  beforeAll(async () => {
    sandbox = await PlatformSandbox.start();
    const env = { ...sandbox.environment, CORS_ORIGINS: 'https://h5.crm.cn' };
    app = await TestApp.start({ env });
    second = await TestApp.start({ env, database: app.database });
    guest = app.asGuest();
  });
  afterAll(async () => {
    await second.app.close();
    await app.stop();
    await sandbox.stop();
  });

  const members = () => app.connection.collection<Member>('members');
  const wechat = () => ({ app, sandbox });
  /** The requests of somebody logged in, as the mini-program sends them. */
  const headersOf = (id: number, authorization: string) => ({ authorization, user_id: String(id) });

  describe('register', () => {
    it('makes a member by the two codes, and gives the token in a header', async () => {
      const number = phone();
      const answer = await register(wechat(), 'zhou', number, { inviter_id: 289 });
      const { id } = answer.body.data.user_info;
      expect(answer.body).toEqual({ code: 0, message: 'ok', data: { user_info: { id } } });
      expect(Number.isInteger(id)).toBe(true);
      const authorization = authorizationOf(answer);
      expect(authorization).toMatch(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
      for (const header of [authorization, authorization.replace('Bearer ', '')]) {
        const info = await guest.get('/user/info', {}, headersOf(id, header));
        expect(info.body.data).toEqual({
          user_id: id,
          avatar: '',
          name: `用户${number.slice(-4)}`,
          sex: 0,
          phone: number,
        });
      }
      expect(await members().findOne({ _id: id })).toMatchObject({
        openid: 'o_zhou',
        unionid: 'u_zhou',
        inviterId: 289,
      });
    });

    it('lets pages of other origins read the token', async () => {
      const body = { login_code: sandbox.loginCode('browser'), phone_code: sandbox.phoneCode(phone()) };
      const answer = await guest.post(REGISTER, body, { origin: 'https://h5.crm.cn' });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('access-control-expose-headers')).toContain('Authorization');
    });

    it('logs in whoever is registered, and changes nothing', async () => {
      const first = await register(wechat(), 'again', '13800001111');
      const again = await register(wechat(), 'again', '13800002222', { inviter_id: 1 });
      expect(again.body).toEqual(first.body);
      const stored = await members().findOne({ openid: 'o_again' });
      expect(stored).toMatchObject({ phone: '13800001111' });
      expect(stored).not.toHaveProperty('inviterId');
    });

    it('makes one member of twenty registrations at once, at two instances', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          register({ app: i % 2 ? app : second, sandbox }, 'crowd', '13800003333'),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      expect(new Set(answers.map(({ body }) => body.data.user_info.id)).size).toBe(1);
      expect(await members().countDocuments({ openid: 'o_crowd' })).toBe(1);
      // each token is good at either instance, at once
      const { id } = answers[0]!.body.data.user_info;
      for (const [i, answer] of answers.slice(0, 4).entries()) {
        const elsewhere = guest.at([second.url, app.url][i % 2]!);
        const info = await elsewhere.get('/user/info', {}, headersOf(id, authorizationOf(answer)));
        expect(info.status).toBe(200);
      }
    });

    it('runs the hooks of other features once for each member, and makes none whose hook fails', async () => {
      const seen: number[] = [];
      app.app.get(MembersService).onRegistered(async ({ _id, openid }, session) => {
        await app.connection.collection('hook_traces').insertOne({ member: _id }, { session });
        seen.push(_id);
        if (openid === 'o_unlucky') throw new Error('the hook fails');
      });
      const { body } = await register(wechat(), 'hooked');
      await register(wechat(), 'hooked');
      expect(seen).toEqual([body.data.user_info.id]);
      expect(await register(wechat(), 'unlucky')).toMatchObject(refused(500));
      expect(await members().countDocuments({ openid: 'o_unlucky' })).toBe(0);
      expect(await app.connection.collection('hook_traces').countDocuments()).toBe(1);
    });

    it.each([
      ['no login_code', { phone_code: 'x' }, /^login_code: /],
      ['no phone_code', { login_code: 'x' }, /^phone_code: /],
      ['a login_code that is no text', { login_code: 1, phone_code: 'x' }, /^login_code: /],
      [
        'an inviter who is no number',
        { login_code: 'x', phone_code: 'x', inviter_id: 'me' },
        /^inviter_id: /,
      ],
    ])('refuses %s', async (_what, body, reason) => {
      expect(await guest.post(REGISTER, body)).toMatchObject(refused(400, reason));
    });

    it('refuses what WeChat refuses: a login_code with 401, a phone_code with 400', async () => {
      const phone_code = sandbox.phoneCode(phone());
      const used = sandbox.loginCode('used');
      await guest.post(LOGIN, { login_code: used });
      for (const login_code of ['bad', used, 'test'])
        expect(await guest.post(REGISTER, { login_code, phone_code })).toMatchObject(refused(401));
      const body = { login_code: sandbox.loginCode('nophone'), phone_code: 'bad' };
      expect(await guest.post(REGISTER, body)).toMatchObject(refused(400, /^phone_code: /));
      expect(await members().countDocuments({ openid: 'o_nophone' })).toBe(0);
    });

    it('says that WeChat is at fault where it is', async () => {
      const body = { login_code: 'busy', phone_code: sandbox.phoneCode(phone()) };
      expect(await guest.post(REGISTER, body)).toMatchObject(refused(502));
    });

    it('replays its answer under one key, the token with it, though the codes are used up', async () => {
      const body = { login_code: sandbox.loginCode('keyed'), phone_code: sandbox.phoneCode(phone()) };
      const key = { 'idempotency-key': 'register-keyed' };
      const first = await guest.post(REGISTER, body, key);
      const again = await guest.post(REGISTER, body, key);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect([again.status, again.text]).toEqual([200, first.text]);
      expect(authorizationOf(again)).toBe(authorizationOf(first));
      const kept = await app.connection.collection('idempotency_claims').find().toArray();
      expect(JSON.stringify(kept)).not.toContain(authorizationOf(first).replace('Bearer ', ''));
      expect(await guest.post(REGISTER, { ...body, inviter_id: 7 }, key)).toMatchObject(refused(422));
    });
  });

  describe('login', () => {
    it('gives a token to who is registered', async () => {
      const registered = await register(wechat(), 'second-time');
      const answer = await logInAs(wechat(), 'second-time');
      expect(answer.body).toEqual(registered.body);
      const { id } = answer.body.data.user_info;
      const info = await guest.get('/user/info', {}, headersOf(id, authorizationOf(answer)));
      expect(info.status).toBe(200);
    });

    it('answers 404 as documented for nobody known, and makes nobody', async () => {
      const answer = await logInAs(wechat(), 'stranger');
      expect(answer.status).toBe(404);
      expect(answer.body).toEqual({ code: 404, message: 'Not Found', data: 'user not found' });
      expect(answer.headers.get('authorization')).toBeNull();
      expect(await members().countDocuments({ openid: 'o_stranger' })).toBe(0);
    });

    it('refuses a bad code with 401, and none with 400', async () => {
      expect(await guest.post(LOGIN, { login_code: 'bad' })).toMatchObject(refused(401));
      expect(await guest.post(LOGIN, {})).toMatchObject(refused(400, /^login_code: /));
    });
  });

  describe('a token', () => {
    it('is refused when its member does not exist, and when the version has moved on', async () => {
      const tokens = app.app.get(Tokens);
      const nobody = tokens.issue('marketplace', '99999999', 1);
      expect(await guest.get('/user/info', {}, headersOf(99999999, nobody))).toMatchObject(refused(401));
      const member = await app.asMember();
      const old = tokens.issue('marketplace', member.id, 0);
      expect(await guest.get('/user/info', {}, headersOf(member.memberId, old))).toMatchObject(refused(401));
    });

    it('of the CRM opens nothing here, nor the other way round', async () => {
      const admin = await app.asAdmin();
      expect(await guest.get('/user/info', {}, headersOf(1, admin.token))).toMatchObject(refused(401));
      const member = await app.asMember();
      const there = await guest.get('/api/auth/me', {}, { authorization: `Bearer ${member.token}` });
      expect(there.body).toMatchObject({ success: false, code: 'UNAUTHORIZED' });
    });

    it('costs one look-up in the database, and then none for a while', async () => {
      const member = await app.asMember();
      const ask = () => member.get('/user/info');
      expect(await app.databaseCalls(ask)).toEqual(['find members', 'find members']);
      expect(await app.databaseCalls(ask)).toEqual(['find members']);
    });
  });

  describe('update/info', () => {
    it('changes what is sent and leaves the rest', async () => {
      const member = await app.asMember({ phone: '13811111234' });
      const avatar = 'https://cdn.xxx.com/avatar/4882.png';
      const all = { avatar, name: '小周', sex: 1, phone: '13811111234' };
      expect((await member.post('/user/update/info', all)).body).toEqual(OK);
      expect((await member.get('/user/info')).body.data).toEqual({ user_id: member.memberId, ...all });
      expect((await member.post('/user/update/info', { sex: 2 })).body).toEqual(OK);
      expect((await member.get('/user/info')).body.data).toMatchObject({ ...all, sex: 2 });
      expect((await member.post('/user/update/info', { openid: 'o_else', _id: 7 })).body).toEqual(OK);
      expect(await members().countDocuments({ openid: 'o_else' })).toBe(0);
    });

    it('takes another phone only with the code that proves it', async () => {
      const member = await app.asMember({ phone: '13811112222' });
      const update = (body: object) => member.post('/user/update/info', body);
      const bare = await update({ name: '小周', phone: '13811113333' });
      expect(bare).toMatchObject(refused(400, /^phone_code: /));
      const others = { phone: '13811113333', phone_code: sandbox.phoneCode('13811114444') };
      expect(await update(others)).toMatchObject(refused(400, /^phone_code: /));
      const wrong = { phone: '13811113333', phone_code: 'bad' };
      expect(await update(wrong)).toMatchObject(refused(400, /^phone_code: /));
      expect((await member.get('/user/info')).body.data).toMatchObject({ phone: '13811112222' });
      const proved = { phone: '13811113333', phone_code: sandbox.phoneCode('13811113333') };
      expect((await update(proved)).body).toEqual(OK);
      expect((await member.get('/user/info')).body.data.phone).toBe('13811113333');
      expect((await update({ phone_code: sandbox.phoneCode('13811115555') })).body).toEqual(OK);
      expect((await member.get('/user/info')).body.data.phone).toBe('13811115555');
    });

    it.each([
      ['name', { name: '' }],
      ['name', { name: '名'.repeat(33) }],
      ['sex', { sex: 3 }],
      ['sex', { sex: '男' }],
      ['phone', { phone: '12345' }],
      ['avatar', { avatar: 'javascript:alert(1)' }],
      ['avatar', { avatar: `https://cdn.xxx.com/${'x'.repeat(1000)}` }],
    ])('refuses a wrong %s: %j', async (field, body) => {
      const member = await app.asMember();
      const answer = await member.post('/user/update/info', body);
      expect(answer).toMatchObject(refused(400, new RegExp(`^${field}: `)));
    });
  });

  describe('update/geo', () => {
    const here = {
      first_area_id: 1,
      second_area_id: 101,
      third_area_id: 1001,
      address: '北京市朝阳区建国路 88 号',
      longitude: 116.3974,
      latitude: 39.9093,
    };

    it('keeps where the member is', async () => {
      const member = await app.asMember();
      expect((await member.post('/user/update/geo', here)).body).toEqual(OK);
      expect(await members().findOne({ _id: member.memberId })).toMatchObject({
        whereabouts: { firstAreaId: 1, thirdAreaId: 1001, longitude: 116.3974, latitude: 39.9093 },
      });
    });

    it.each([
      ['longitude', { longitude: 181 }],
      ['longitude', { longitude: undefined }],
      ['latitude', { latitude: -91 }],
      ['latitude', { latitude: 'north' }],
      ['address', { address: '路'.repeat(513) }],
      ['first_area_id', { first_area_id: 'x' }],
    ])('refuses a wrong %s: %j', async (field, change) => {
      const member = await app.asMember();
      const answer = await member.post('/user/update/geo', { ...here, ...change });
      expect(answer).toMatchObject(refused(400, new RegExp(`^${field}: `)));
    });
  });

  it.each([
    ['GET', '/user/info'],
    ['POST', '/user/update/info'],
    ['POST', '/user/update/geo'],
  ])('needs a log-in for %s %s', async (method, path) => {
    const answer = await guest.send(method, path, method === 'POST' ? {} : undefined, { user_id: '1' });
    expect(answer).toMatchObject(refused(401));
  });
});

describe('the limits of registering and logging in', () => {
  it.each([
    [REGISTER, 30],
    [LOGIN, 120],
  ])('%s: %d a minute from one address', async (path, points) => {
    const app = await TestApp.start({ env: { RATE_LIMIT_FACTOR: '0.1' } });
    const answers = [];
    for (let i = 0; i <= points / 10; i++) answers.push(await app.asGuest().post(path, {}));
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(points / 10).fill(400), 429]);
    expect(Number(answers.at(-1)?.headers.get('retry-after'))).toBeGreaterThan(0);
    await app.stop();
  });
});
