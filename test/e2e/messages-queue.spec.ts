import { Types } from 'mongoose';
import type { OutgoingMessage } from '../../src/modules/messages/outgoing-message.schema';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { NOBODY } from '../support/customers';
import { eventually } from '../support/eventually';
import {
  ACTION,
  actionInput,
  messagesTo,
  queuedMessages,
  subscribedAdvisor,
  sweepNow,
} from '../support/leads';
import { refusal } from '../support/refusal';
import { type Fault, PlatformSandbox } from '../support/sandbox';

const ROUTE = '/cgi-bin/message/subscribe/send';
const TEMPLATE_ROUTE = '/cgi-bin/message/template/send';
const PATIENCE = { within: 20_000, every: 100 };

let names = 0;
const freshName = () => `receiver${++names}`;

describe('the message queue', () => {
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

  const fault = (plan: Partial<Fault> & Pick<Fault, 'kind'>) =>
    sandbox.fault({ platform: 'wechat', route: ROUTE, ...plan });
  const received = async (openid: string) =>
    (await sandbox.messages()).filter(({ touser }) => touser === openid);
  const jobsLeft = () => app.connection.collection('jobs').countDocuments({ name: 'messages.send' });

  /** Has one message queued to a fresh openid, by an action. */
  async function queueOne(openid = `o_${freshName()}`): Promise<string> {
    const advisor = await subscribedAdvisor(app, openid);
    const answer = await app.asGuest().post(ACTION, actionInput(advisor.id));
    expect(answer.status).toBe(200);
    return openid;
  }
  /** A message as it lies in the database, without a job. */
  async function putMessage(fields: Partial<OutgoingMessage>): Promise<Types.ObjectId> {
    const _id = new Types.ObjectId();
    await queuedMessages(app).insertOne({
      _id,
      channel: 'subscribe',
      recipientId: new Types.ObjectId(admin.id),
      touser: `o_${freshName()}`,
      templateId: 'tmpl_customer',
      data: { thing1: { value: '新客户想要联系您' } },
      page: 'pages/index/index',
      status: 'queued',
      attempts: 0,
      nextAttemptAt: new Date(),
      doubts: 0,
      createdAt: new Date(),
      ...fields,
    });
    return _id;
  }
  const settled = (openid: string, status: string) =>
    eventually(async () => {
      const [message] = await messagesTo(app, openid);
      expect(message?.status).toBe(status);
      return message!;
    }, PATIENCE);
  const settledById = (_id: Types.ObjectId, status: string) =>
    eventually(async () => {
      const message = await queuedMessages(app).findOne({ _id });
      expect(message?.status).toBe(status);
      return message!;
    }, PATIENCE);

  it('sends a message and removes its job', async () => {
    const openid = await queueOne();
    const sent = await settled(openid, 'sent');
    expect(sent).toMatchObject({ attempts: 1, doubts: 0, msgid: expect.stringMatching(/^\d+$/) });
    expect(sent.sentAt).toBeInstanceOf(Date);
    expect(await received(openid)).toHaveLength(1);
    await eventually(async () => expect(await jobsLeft()).toBe(0), PATIENCE);
  });

  it.each<[string, Partial<Fault> & Pick<Fault, 'kind'>]>([
    ['-1 to the end', { kind: 'error', errcode: -1, count: 3 }],
    ['40001 that a new token does not cure', { kind: 'error', errcode: 40001, count: 2 }],
    ['an HTTP 502', { kind: 'error', status: 502 }],
    ['a connection dropped before', { kind: 'drop' }],
    ['a time-out', { kind: 'hang' }],
  ])('tries again after %s, and delivers once', async (_, plan) => {
    await fault(plan);
    const openid = await queueOne();
    const sent = await settled(openid, 'sent');
    expect(sent).toMatchObject({ attempts: 2 });
    expect(sent).not.toHaveProperty('error');
    expect(await received(openid)).toHaveLength(1);
  });

  it('delivers in one attempt with a token that expires in the middle', async () => {
    await settled(await queueOne(), 'sent');
    await sandbox.expireTokens();
    expect(await settled(await queueOne(), 'sent')).toMatchObject({ attempts: 1 });
  });

  it.each([
    [43101, 'o_refuse_me', 'tmpl_customer'],
    [40037, 'o_accept_me', 'tmpl_unknown_1'],
  ])(
    'gives up on %d at once, lists it, and sends it again when an administrator says so',
    async (...args) => {
      const [errcode, touser, templateId] = args;
      const id = await putMessage({ touser, templateId, nextAttemptAt: new Date(0) });
      await sweepNow(app);
      await settledById(id, 'failed');
      const listed = await admin.get('/api/messages', { status: 'failed' });
      const entry = (listed.body.data.list as { id: string }[]).find((row) => row.id === String(id));
      expect(entry).toMatchObject({
        status: 'failed',
        attempts: 1,
        errcode,
        error: expect.any(String),
        text: '新客户想要联系您',
        sentAt: null,
      });
      expect(listed.text).not.toContain(touser);

      await queuedMessages(app).updateOne(
        { _id: id },
        { $set: { touser: `o_now${errcode}`, templateId: 'tmpl_customer' } },
      );
      const again = await admin.post(`/api/messages/${id.toHexString()}/resend`);
      expect(again.body.data).toMatchObject({
        id: id.toHexString(),
        status: 'queued',
        attempts: 0,
        error: null,
      });
      expect(await settledById(id, 'sent')).toMatchObject({ attempts: 1 });
      expect(await admin.post(`/api/messages/${id.toHexString()}/resend`)).toMatchObject(refusal('CONFLICT'));
    },
  );

  it('is an administrator’s to see and to set going again', async () => {
    expect(await admin.post(`/api/messages/${NOBODY}/resend`)).toMatchObject(refusal('NOT_FOUND'));
    expect(await admin.post('/api/messages/x/resend')).toMatchObject(refusal('INVALID_PARAMS', 'id'));
    expect(await admin.get('/api/messages', { status: 'lost' })).toMatchObject(
      refusal('INVALID_PARAMS', 'status'),
    );
    for (const actor of [await app.asManager(), await app.asEmployee(), await app.asHr()]) {
      expect(await actor.get('/api/messages')).toMatchObject(refusal('FORBIDDEN'));
      expect(await actor.post(`/api/messages/${NOBODY}/resend`)).toMatchObject(refusal('FORBIDDEN'));
    }
    expect(await app.asGuest().get('/api/messages')).toMatchObject(refusal('UNAUTHORIZED'));
  });

  it('resends once when two say so at once', async () => {
    const id = await putMessage({ status: 'failed', attempts: 8, touser: 'o_twice_resent' });
    const path = `/api/messages/${id.toHexString()}/resend`;
    const answers = await Promise.all([admin.post(path), admin.at(other.url).post(path)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    await settledById(id, 'sent');
    expect(await received('o_twice_resent')).toHaveLength(1);
  });

  it('sends each of 100 messages once, by two instances', async () => {
    const openids = Array.from({ length: 100 }, () => `o_${freshName()}`);
    await Promise.all(openids.map((touser) => putMessage({ touser, nextAttemptAt: new Date(0) })));
    const jobs = (await queuedMessages(app).find({ status: 'queued' }).toArray()).map(({ _id }) => ({
      name: 'messages.send',
      data: { messageId: _id.toHexString() },
      nextRunAt: new Date(),
      type: 'normal',
      priority: 0,
      lockedAt: null,
    }));
    // every job twice over, and the sweep besides
    await app.connection.collection('jobs').insertMany([...jobs, ...jobs.map((job) => ({ ...job }))]);
    await sweepNow(app);
    await eventually(
      async () =>
        expect(
          await queuedMessages(app).countDocuments({ status: { $ne: 'sent' }, touser: { $in: openids } }),
        ).toBe(0),
      { within: 40_000, every: 200 },
    );
    const touched = (await sandbox.messages()).map(({ touser }) => touser);
    expect(touched.sort()).toEqual([...openids].sort());
    await eventually(async () => expect(await jobsLeft()).toBe(0), { within: 40_000, every: 200 });
  });

  it('finds a message that has lost its job', async () => {
    const id = await putMessage({ nextAttemptAt: new Date(Date.now() - 11_000) });
    await sweepNow(app);
    expect(await settledById(id, 'sent')).toMatchObject({ attempts: 1 });
  });

  it('takes over from a sender that has died, and not from one that lives', async () => {
    const dead = await putMessage({
      status: 'sending',
      attempts: 1,
      leaseUntil: new Date(Date.now() - 1000),
    });
    const alive = await putMessage({
      status: 'sending',
      attempts: 1,
      leaseUntil: new Date(Date.now() + 60_000),
    });
    await sweepNow(app);
    expect(await settledById(dead, 'sent')).toMatchObject({ attempts: 2, doubts: 1 });
    expect(await queuedMessages(app).findOne({ _id: alive })).toMatchObject({
      status: 'sending',
      attempts: 1,
    });
    await queuedMessages(app).deleteOne({ _id: alive });
  });

  it('sends a subscribe message a second time when its answer got lost, and never a third', async () => {
    await fault({ kind: 'drop', when: 'after', count: 5 });
    const openid = await queueOne();
    const failed = await settled(openid, 'failed');
    expect(failed).toMatchObject({
      attempts: 2,
      error: { errcode: null, message: expect.stringContaining('可能已经送达') },
    });
    await sandbox.reset();
    const id = await putMessage({
      status: 'sending',
      doubts: 1,
      attempts: 2,
      leaseUntil: new Date(0),
      touser: 'o_died_twice',
    });
    await sweepNow(app);
    await settledById(id, 'failed');
    expect(await received('o_died_twice')).toEqual([]);
  });

  it('repeats a template message under the same client id, which WeChat delivers once', async () => {
    const name = freshName();
    await sandbox.pushEventsTo(`${app.url}/api/wechat/event`);
    await sandbox.push({ fromUserName: `g_${name}`, event: 'subscribe', eventKey: '' });
    await sandbox.fault({
      platform: 'wechat-mp',
      route: TEMPLATE_ROUTE,
      kind: 'drop',
      when: 'after',
      count: 2,
    });
    const id = await putMessage({ channel: 'template', touser: `g_${name}`, nextAttemptAt: new Date(0) });
    await sweepNow(app);
    await settledById(id, 'sent');
    const calls = (await sandbox.calls()).filter(({ route }) => route === TEMPLATE_ROUTE);
    expect(calls.length).toBeGreaterThan(1);
    expect(await received(`g_${name}`)).toEqual([
      expect.objectContaining({ channel: 'template', clientMsgId: id.toHexString() }),
    ]);
  });

  it('gives up after its attempts, however it came to them', async () => {
    await fault({ kind: 'error', status: 500, count: 1 });
    const last = await putMessage({ attempts: 119, nextAttemptAt: new Date(0) });
    const beyond = await putMessage({
      channel: 'template',
      status: 'sending',
      attempts: 8,
      leaseUntil: new Date(0),
    });
    await sweepNow(app);
    expect(await settledById(last, 'failed')).toMatchObject({ attempts: 120, error: { message: 'status' } });
    expect(await settledById(beyond, 'failed')).toMatchObject({ attempts: 9 });
  });

  it('has its depth and age as metrics', async () => {
    const read = async (name: string) => {
      const text = await fetch(`${app.url}/metrics`).then((response) => response.text());
      return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
    };
    const id = await putMessage({
      nextAttemptAt: new Date(Date.now() + 600_000),
      createdAt: new Date(Date.now() - 90_000),
    });
    const job = { name: 'nobody.does.this', nextRunAt: new Date(Date.now() - 120_000), type: 'normal' };
    const { insertedId } = await app.connection.collection('jobs').insertOne(job);
    expect(await read('messages_waiting')).toBe(1);
    expect(await read('messages_oldest_waiting_seconds')).toBeGreaterThanOrEqual(90);
    expect(await read('queue_jobs_due')).toBeGreaterThanOrEqual(1);
    expect(await read('queue_oldest_due_seconds')).toBeGreaterThanOrEqual(120);
    await app.connection.collection('jobs').deleteOne({ _id: insertedId });
    await queuedMessages(app).deleteOne({ _id: id });
    expect(await read('messages_waiting')).toBe(0);
    expect(await read('messages_oldest_waiting_seconds')).toBe(0);
  });

  it('holds one regular job of a kind, however many instances start at once', async () => {
    const more = await Promise.all(
      Array.from({ length: 4 }, () => TestApp.start({ env: sandbox.environment, database: app.database })),
    );
    const jobs = app.connection.collection('jobs');
    expect(await jobs.countDocuments({ name: 'messages.sweep' })).toBe(1);
    await jobs.deleteMany({ type: 'single' });
    await Promise.all(more.map((one) => one.app.close()));
    const fresh = await Promise.all(
      Array.from({ length: 4 }, () => TestApp.start({ env: sandbox.environment, database: app.database })),
    );
    expect(await jobs.countDocuments({ name: 'messages.sweep' })).toBe(1);
    await Promise.all(fresh.map((one) => one.app.close()));
  });
});
