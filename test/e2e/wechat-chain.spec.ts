import mongoose from 'mongoose';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { freshDatabaseName, testDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { phone } from '../support/factories';
import { sweepNow } from '../support/leads';
import { type Fault, PlatformSandbox } from '../support/sandbox';
import { asBoss, BOSS, endProcesses, onTestDatabase, ServiceProcess } from '../support/service-process';

const PATIENCE = { within: 30_000, every: 100 };
const LOGIN = '/sns/jscode2session';
const PHONE = '/wxa/business/getuserphonenumber';
const TOKEN = '/cgi-bin/stable_token';
const SEND = '/cgi-bin/message/subscribe/send';

let people = 0;

/** Where each step of a chain is taken: one instance, or now one and now the other. */
interface Places {
  admin: Actor;
  account: () => Actor;
  subscribing: () => Actor;
  acting: () => Actor;
}

/** A person of the staff from a code of wx.login to the consent; what fails on the way is tried again, as people do. */
async function becomeSubscriber(sandbox: PlatformSandbox, { admin, account, subscribing }: Places) {
  const name = `advisor${++people}`;
  const advisorPhone = phone();
  const made = await admin.post('/api/users', {
    username: name,
    password: 'correct-horse-9',
    name: '李静',
    role: 'employee',
    phone: advisorPhone,
    active: true,
  });
  const id = made.body.data.id as string;
  const login = await eventually(async () => {
    const answer = await account().post('/api/auth/miniprogram-login', {
      code: sandbox.loginCode(name),
      phone: advisorPhone,
      phoneCode: sandbox.phoneCode(advisorPhone),
    });
    expect(answer).toMatchObject({ status: 200, body: { data: { user: { id } } } });
    return answer;
  }, PATIENCE);
  const openid = `o_${name}`;
  const subscribed = await subscribing()
    .withToken(login.body.data.token as string)
    .post('/api/advisor/subscribe', {
      advisorId: id,
      openid,
      templateId: 'tmpl_customer',
      subscribed: true,
    });
  expect(subscribed.body).toMatchObject({ success: true, data: { subscribed: true } });
  return { id, openid };
}

/** Another person's action, which makes a lead and queues a message. */
async function actAsCustomer(advisorId: string, guest: Actor) {
  const customerPhone = phone();
  const action = await guest.post('/api/customer/action', {
    customerId: `o_customer${++people}`,
    advisorId,
    actionType: 'contact_advisor',
    customerName: '张三',
    customerPhone,
  });
  expect(action.body).toMatchObject({
    message: '记录客户行为成功，已创建新客户线索',
    data: { customerCreated: true, customer: { name: '张三', phone: customerPhone, leadSource: '其他' } },
  });
  return customerPhone;
}

async function expectTold(sandbox: PlatformSandbox, openid: string, customerPhone: string): Promise<void> {
  const received = () => sandbox.messages().then((all) => all.filter(({ touser }) => touser === openid));
  await eventually(async () => expect((await received()).length).toBeGreaterThan(0), PATIENCE);
  expect(await received()).toEqual([
    expect.objectContaining({
      channel: 'subscribe',
      templateId: 'tmpl_customer',
      data: {
        thing1: { value: '新客户想要联系您' },
        time2: { value: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d$/) },
        thing3: { value: customerPhone },
        thing7: { value: '张三' },
      },
    }),
  ]);
}

/** From a code of wx.login to what an advisor reads, over sockets all the way. */
describe('the way of a lead', () => {
  let sandbox: PlatformSandbox;
  let app: TestApp;
  let other: TestApp;
  let admin: Actor;

  beforeAll(async () => {
    sandbox = await PlatformSandbox.start();
    app = await TestApp.start({ env: sandbox.environment });
    other = await TestApp.start({ env: sandbox.environment, database: app.database });
    admin = await app.asAdmin();
  });
  beforeEach(() => sandbox.reset());
  afterAll(async () => {
    await other.app.close();
    await app.stop();
    await sandbox.stop();
  });

  const here = (): Places => ({
    admin,
    account: () => app.asGuest(),
    subscribing: () => app.asGuest(),
    acting: () => app.asGuest(),
  });
  async function goAllTheWay(places: Places): Promise<void> {
    const { id, openid } = await becomeSubscriber(sandbox, places);
    await expectTold(sandbox, openid, await actAsCustomer(id, places.acting()));
  }

  it('ends with the advisor being told', async () => {
    await goAllTheWay(here());
    const told = { status: 'sent', attempts: 1, text: '新客户想要联系您' };
    // the answer may still be on its way to who has sent
    await eventually(async () => {
      expect((await admin.get('/api/messages')).body.data.list).toMatchObject([told]);
    }, PATIENCE);
    // either instance may have sent it
    const metrics = await Promise.all(
      [app, other].map(async ({ url }) => (await fetch(`${url}/metrics`)).text()),
    );
    for (const text of metrics) expect(text).toMatch(/queue_jobs_due \d/);
    expect(metrics[0]).toMatch(/messages_waiting 0/);
    const sent = /upstream_requests_total\{api="wechat",operation="subscribe\/send",outcome="ok"\} 1/;
    expect(metrics.filter((text) => sent.test(text))).toHaveLength(1);
  });

  it.each<[string, string, Omit<Fault, 'platform' | 'route'>]>([
    ['the log-in is slow', LOGIN, { kind: 'slow', delayMs: 1500 }],
    ['the log-in is busy', LOGIN, { kind: 'error', errcode: -1, count: 2 }],
    ['the log-in is dropped', LOGIN, { kind: 'drop' }],
    ['the log-in’s answer is lost', LOGIN, { kind: 'drop', when: 'after' }],
    ['the phone is slow', PHONE, { kind: 'slow', delayMs: 1500 }],
    ['the phone is an error', PHONE, { kind: 'error', status: 500 }],
    ['the phone is dropped', PHONE, { kind: 'drop' }],
    ['the phone’s token is refused', PHONE, { kind: 'error', errcode: 40001 }],
    ['the sending is slow', SEND, { kind: 'slow', delayMs: 1500 }],
    ['the sending is busy', SEND, { kind: 'error', errcode: -1, count: 3 }],
    ['the sending is an error', SEND, { kind: 'error', status: 503 }],
    ['the sending is dropped', SEND, { kind: 'drop' }],
    ['the sending’s token is refused', SEND, { kind: 'error', errcode: 42001 }],
  ])('is gone when %s', async (_, route, fault) => {
    await sandbox.fault({ platform: 'wechat', route, ...fault });
    await goAllTheWay(here());
  });

  it.each<[string, Omit<Fault, 'platform' | 'route'> | undefined]>([
    ['at once renewed', undefined],
    ['renewed slowly', { kind: 'slow', delayMs: 1500 }],
    ['renewed at the second try', { kind: 'error', status: 500 }],
    ['renewed over a dropped connection', { kind: 'drop' }],
  ])('is gone with a token that expires in the middle, %s', async (_, fault) => {
    const { id, openid } = await becomeSubscriber(sandbox, here());
    await sandbox.expireTokens();
    if (fault) await sandbox.fault({ platform: 'wechat', route: TOKEN, ...fault });
    await expectTold(sandbox, openid, await actAsCustomer(id, app.asGuest()));
  });

  it('ends with one message more at most when the answer to the sending is lost', async () => {
    const { id, openid } = await becomeSubscriber(sandbox, here());
    await sandbox.fault({ platform: 'wechat', route: SEND, kind: 'drop', when: 'after' });
    await actAsCustomer(id, app.asGuest());
    await eventually(async () => {
      const listed = await admin.get('/api/messages', { pageSize: 1 });
      expect(listed.body.data.list).toMatchObject([{ status: 'sent', attempts: 2 }]);
    }, PATIENCE);
    const received = (await sandbox.messages()).filter(({ touser }) => touser === openid);
    expect(received.length).toBeLessThanOrEqual(2);
  });

  it('is gone through two instances, a step here and a step there, many at a time', async () => {
    let turn = 0;
    const either = () => (turn++ % 2 ? app : other).asGuest();
    await sandbox.fault({ platform: 'wechat', route: SEND, kind: 'slow', delayMs: 300, count: 4 });
    await sandbox.fault({ platform: 'wechat', route: SEND, kind: 'error', errcode: -1, count: 3 });
    const places = { admin, account: either, subscribing: either, acting: either };
    await Promise.all(Array.from({ length: 8 }, () => goAllTheWay(places)));
    await sweepNow(app);
    const sent = await sandbox.messages();
    expect(new Set(sent.map(({ touser }) => touser)).size).toBe(sent.length);
  });
});

describe('the way of a lead through processes that are killed', () => {
  const database = freshDatabaseName();
  let sandbox: PlatformSandbox;
  afterAll(async () => {
    await endProcesses(database);
    await sandbox.stop();
  });

  it('is gone step by step, each at another process than the last', async () => {
    sandbox = await PlatformSandbox.start();
    const environment = {
      ...onTestDatabase(database),
      ...BOSS,
      ...sandbox.environment,
      JWT_SECRET: 'shared by all processes of this test',
    };
    let service = await ServiceProcess.start(environment);
    let guest = service.asGuest();
    const restart = async () => {
      await service.kill();
      service = await ServiceProcess.start(environment);
      guest = guest.at(service.url);
    };
    const admin = await asBoss(service);
    // the first try at the code dies with its process
    await sandbox.fault({ platform: 'wechat', route: LOGIN, kind: 'slow', delayMs: 3000 });
    const lost = guest.post('/api/wechat/login', { code: sandbox.loginCode('nobody') }).then(
      () => 'answered',
      () => 'lost',
    );
    await eventually(async () => {
      const faults = await sandbox.faultsLeft();
      expect(faults).toBe(0);
    }, PATIENCE);
    await restart();
    expect(await lost).toBe('lost');

    const { id, openid } = await becomeSubscriber(sandbox, {
      admin: admin.at(service.url),
      account: () => guest,
      subscribing: () => guest,
      acting: () => guest,
    });
    await restart();
    const customerPhone = await actAsCustomer(id, guest);
    await restart();
    await letLeasesEnd(database);
    const received = () => sandbox.messages().then((all) => all.filter(({ touser }) => touser === openid));
    await eventually(async () => expect((await received()).length).toBeGreaterThan(0), PATIENCE);
    // twice if the process died between sending and noting it
    expect((await received()).length).toBeLessThanOrEqual(2);
    expect((await received())[0]?.data).toMatchObject({ thing3: { value: customerPhone } });
  });
});

/** A killed process holds its lease on what it was sending for a minute: here, time has passed. */
async function letLeasesEnd(database: string): Promise<void> {
  const connection = await mongoose.createConnection(testDatabase().uri, { dbName: database }).asPromise();
  const past = new Date(0);
  await connection
    .collection('outgoing_messages')
    .updateMany(
      { status: { $in: ['queued', 'sending'] } },
      { $set: { nextAttemptAt: past, leaseUntil: past } },
    );
  await connection
    .collection('jobs')
    .updateMany({ name: 'messages.sweep' }, { $set: { nextRunAt: past, lockedAt: null } });
  await connection.close();
}
