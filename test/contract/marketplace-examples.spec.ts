import { Transactions } from '../../src/database/transactions';
import { ContactsService } from '../../src/modules/contacts/contacts.service';
import type { Actor, Answer } from '../support/actor';
import { TestApp } from '../support/app';
import { differencesFrom, parseDocumented } from '../support/documented';
import { form, png } from '../support/files';
import { post, storedJobs } from '../support/jobs';
import { authorizationOf, logInAs, register } from '../support/members';
import { PlatformSandbox } from '../support/sandbox';
import {
  type Example,
  EXAMPLES,
  LOGIN_FAILED,
  OTHER_ORDERS,
  OTHER_SPELLINGS,
  UPLOADED,
} from './marketplace-examples';

/** The codes of the examples are WeChat's: here they are those of somebody whom the sandbox knows. */
const WITH_CODES = new Set(['/wechat/user/register', '/wechat/user/login']);

describe("the examples of the mini-program's interface document", () => {
  let sandbox: PlatformSandbox;
  let app: TestApp;
  let member: Actor;
  let caller: Actor;
  beforeAll(async () => {
    sandbox = await PlatformSandbox.start();
    app = await TestApp.start({ env: sandbox.environment });
    const registered = await register({ app, sandbox }, 'test', '13811111234');
    member = app
      .asGuest()
      .asMember(
        registered.body.data.user_info.id as number,
        authorizationOf(registered).replace('Bearer ', ''),
      );
    caller = await app.asMember();
    await numberedJobs();
    await contact(member, caller);
    await contact(caller, member);
  });
  afterAll(async () => {
    await app.stop();
    await sandbox.stop();
  });

  /** Jobs of the numbers that the examples use, one of them as the filter of the list wants it. */
  async function numberedJobs(): Promise<void> {
    const cook = {
      positions: '厨师长',
      salary_min: 8000,
      salary_max: 12_000,
      basic_protection: ['社保', '公积金'],
      salary_benefits: ['节日福利'],
    };
    for (const [_id, fields] of [
      [39, {}],
      [1234, {}],
      [1_234_567, cook],
    ] as const) {
      await app.connection
        .collection<{ _id: string; last: number }>('sequences')
        .updateOne({ _id: 'marketplace-job' }, { $set: { last: _id - 1 } }, { upsert: true });
      expect(await post(member, fields)).toBe(_id);
    }
    await member.post('/job/collect', { job_id: 39 });
  }

  /** One has called the other about a job of theirs. */
  async function contact(who: Actor, whom: Actor): Promise<void> {
    const contacts = app.app.get(ContactsService);
    const mine = await storedJobs(app).findOne({ memberId: whom.memberId });
    const jobId = mine?._id ?? (await post(whom));
    const record = {
      _id: await contacts.nextId(),
      memberId: who.memberId,
      jobId,
      ownerId: whom.memberId,
      bizType: 1,
      positions: '保洁',
      address: '上海市黄浦区南京东路',
      name: '段先生',
      phone: '13800138000',
      createdAt: new Date(),
    };
    await app.app.get(Transactions).run({}, (session) => contacts.record(record, session));
  }

  function send({ method, path, request, member: asMember }: Example): Promise<Answer> {
    const body = request === undefined ? undefined : (parseDocumented(request) as Record<string, unknown>);
    if (WITH_CODES.has(path)) {
      Object.assign(body!, { login_code: sandbox.loginCode('test') });
      if ('phone_code' in body!) Object.assign(body, { phone_code: sandbox.phoneCode('13811111234') });
    }
    return (asMember ? member : app.asGuest()).send(method, path, body, {});
  }

  const all = [...EXAMPLES, ...OTHER_ORDERS, ...OTHER_SPELLINGS];
  it.each(all.map((example) => [example.title, example] as const))('%s', async (_title, example) => {
    const answer = await send(example);
    expect(answer.status).toBe(200);
    expect(differencesFrom(parseDocumented(example.answer), answer.body, example.more)).toEqual([]);
    // what the document shows entries of must show some here, or nothing would have been compared
    const { data } = answer.body as { data: { list?: unknown[]; jobs?: unknown[] } | null };
    const entries = data?.list ?? data?.jobs;
    if (entries) expect(entries.length).toBeGreaterThan(0);
  });

  it('招聘信息列表（用户）：附近 tells how far each is, the others do not', async () => {
    const distances = [];
    for (const example of [EXAMPLES.find(({ path }) => path === '/jobs/list')!, ...OTHER_ORDERS]) {
      const { jobs } = (await send(example)).body.data as { jobs: { distance?: number }[] };
      distances.push(jobs.every(({ distance }) => typeof distance === 'number'));
    }
    expect(distances).toEqual([false, true, false]);
  });

  it('登录失败', async () => {
    const answer = await logInAs({ app, sandbox }, 'nobody');
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual(parseDocumented(LOGIN_FAILED));
  });

  it('图片上传', async () => {
    const picture = form(['file', { bytes: await png(), name: '1.png' }]);
    const answer = await member.post('/img/upload', picture);
    expect(differencesFrom(parseDocumented(UPLOADED), answer.body)).toEqual([]);
  });

  it.each([
    ['a missing field', '{"code":0,"message":"ok","data":{}}', '.data.user_info: missing'],
    [
      'another field',
      '{"code":0,"message":"ok","data":{"user_info":{"id":1,"x":1}}}',
      '.data.user_info.x: not documented',
    ],
    [
      'another type',
      '{"code":0,"message":"ok","data":{"user_info":{"id":"1"}}}',
      '.data.user_info.id: string, not number',
    ],
    ['another message', '{"code":0,"message":"","data":{"user_info":{"id":1}}}', '.message: , not ok'],
  ])('would not pass with %s', (_what, given, difference) => {
    expect(differencesFrom(parseDocumented(EXAMPLES[0]!.answer), JSON.parse(given))).toEqual([difference]);
  });
});
