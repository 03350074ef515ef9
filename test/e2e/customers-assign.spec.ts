import { setTimeout as pause } from 'node:timers/promises';
import type { mongo } from 'mongoose';
import { AUDIT_LOG } from '../../src/common/audit/audit-log.schema';
import { type Collection, collectionToken } from '../../src/database/collections';
import { ASSIGNMENT_LOG } from '../../src/modules/customers/assignment-log.schema';
import { FOLLOW_UP } from '../../src/modules/customers/follow-up.schema';
import type { Actor, Answer } from '../support/actor';
import { TestApp } from '../support/app';
import { createCustomer, CUSTOMERS, NOBODY, storedCustomer } from '../support/customers';
import { customerInput } from '../support/factories';
import { refusal } from '../support/refusal';

describe('assigning a customer', () => {
  let app: TestApp;
  let manager: Actor;
  let admin: Actor;
  let from: Actor;
  let to: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    [manager, admin, from, to] = await Promise.all([
      app.asManager(),
      app.asAdmin(),
      app.asEmployee(),
      app.asEmployee(),
    ]);
    await admin.patch(`/api/users/${from.id}`, { name: '王芳' });
    await admin.patch(`/api/users/${manager.id}`, { name: '陈经理' });
  });
  afterAll(() => app.stop());
  afterEach(() => jest.restoreAllMocks());

  const assign = (id: string, assignedTo: string, reason?: unknown, actor = manager) =>
    actor.patch(`${CUSTOMERS}/${id}/assign`, { assignedTo, reason });
  const pageOf = async (id: string, what: 'assignment-logs' | 'follow-ups', query = {}) =>
    (await manager.get(`${CUSTOMERS}/${id}/${what}`, { pageSize: 100, ...query })).body.data;

  /** All that assigning writes: for the customer, and counted over the database. */
  const everything = async (id: string) => ({
    customer: await storedCustomer(app, id),
    logs: await app.connection.collection('customer_assignment_logs').countDocuments(),
    followUps: await app.connection.collection('customer_follow_ups').countDocuments(),
    audits: await app.connection.collection('audit_logs').countDocuments({ entity: 'customer' }),
  });

  it('moves it, with a log entry, a follow-up of the system and an audit record, all of one moment', async () => {
    const { id, createdAt } = await createCustomer(from);
    const answer = await assign(id, to.id, ' 客户要求更换顾问 ');
    expect(answer).toMatchObject({
      status: 200,
      body: {
        message: '分配成功',
        data: {
          assignedTo: to.id,
          assignedToName: '李静',
          assignedBy: manager.id,
          assignedByName: '陈经理',
          assignmentReason: '客户要求更换顾问',
          createdBy: from.id,
          createdAt,
        },
      },
    });
    const { assignedAt, updatedAt } = answer.body.data;
    expect(assignedAt).toBe(updatedAt);
    expect((await manager.get(`${CUSTOMERS}/${id}`)).body.data).toEqual(answer.body.data);
    const logs = await pageOf(id, 'assignment-logs');
    expect(logs.total).toBe(2);
    expect(logs.list[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/) as string,
      customerId: id,
      oldAssignedTo: from.id,
      oldAssignedToName: '王芳',
      newAssignedTo: to.id,
      newAssignedToName: '李静',
      assignedBy: manager.id,
      assignedByName: '陈经理',
      assignedAt,
      reason: '客户要求更换顾问',
      action: 'reassign',
    });
    expect((await pageOf(id, 'follow-ups')).list).toMatchObject([
      {
        system: true,
        type: 'other',
        status: null,
        createdBy: manager.id,
        content: expect.stringContaining('王芳'),
      },
    ]);
    const audit = await admin.get('/api/audit-logs', { entity: 'customer', entityId: id });
    expect(audit.body.data.list[0]).toMatchObject({
      action: 'assign',
      actorId: manager.id,
      requestId: answer.headers.get('x-request-id'),
      before: { assignedTo: from.id },
      after: { assignedTo: to.id, assignmentReason: '客户要求更换顾问' },
    });
  });

  it('gives one that nobody has, with or without a reason', async () => {
    for (const reason of [undefined, '', null]) {
      const { id } = await createCustomer(manager);
      expect((await assign(id, to.id, reason)).status).toBe(200);
      expect((await pageOf(id, 'assignment-logs')).list).toMatchObject([
        { oldAssignedTo: null, oldAssignedToName: '', newAssignedTo: to.id, reason: '', action: 'assign' },
      ]);
    }
  });

  it.each(['admin', 'manager'] as const)('may give it to the %s', async (role) => {
    const target = { admin, manager }[role];
    expect((await assign((await createCustomer(from)).id, target.id)).body.data.assignedTo).toBe(target.id);
  });

  it('writes nothing at all when the owner stays the same', async () => {
    const { id } = await createCustomer(from);
    const before = await everything(id);
    expect((await assign(id, from.id, 'again')).body.data.assignedTo).toBe(from.id);
    expect(await everything(id)).toEqual(before);
  });

  it.each([
    ['nobody', async () => NOBODY],
    ['an interviewer', async () => (await app.asHr()).id],
    ['a disabled account', () => disabled()],
    ['what is no id', async () => 'nobody'],
    ['nothing', async () => ''],
  ])('refuses to give it to %s, and leaves all as it was', async (_, target) => {
    const { id } = await createCustomer(from);
    const userId = await target();
    const before = await everything(id);
    expect(await assign(id, userId)).toMatchObject(refusal('INVALID_PARAMS', 'assignedTo'));
    expect(await everything(id)).toEqual(before);
  });

  const disabled = async (): Promise<string> => {
    const { id } = await app.asEmployee();
    await admin.patch(`/api/users/${id}`, { active: false });
    return id;
  };

  it('takes a reason of 200 characters and refuses one more', async () => {
    const { id } = await createCustomer(from);
    expect(await assign(id, to.id, '因'.repeat(201))).toMatchObject(refusal('INVALID_PARAMS', 'reason'));
    expect((await assign(id, to.id, '因'.repeat(200))).body.data.assignmentReason).toHaveLength(200);
  });

  it.each([ASSIGNMENT_LOG, FOLLOW_UP, AUDIT_LOG])(
    'leaves nothing half-written when %s cannot be written',
    async (collection) => {
      const { id } = await createCustomer(from);
      const before = await everything(id);
      const target = app.app.get<Collection<never>>(collectionToken(collection), { strict: false });
      const write = jest.spyOn(target, 'insertOne').mockRejectedValue(new Error('disk full'));
      expect(await assign(id, to.id)).toMatchObject(refusal('INTERNAL_ERROR'));
      expect(write).toHaveBeenCalled();
      jest.restoreAllMocks();
      expect(await everything(id)).toEqual(before);
      expect((await assign(id, to.id)).status).toBe(200);
    },
  );

  it('loses no step when twenty are sent at once by two managers of two instances', async () => {
    const other = await TestApp.start({ database: app.database });
    const targets = await Promise.all(Array.from({ length: 4 }, () => app.asEmployee()));
    const { id } = await createCustomer(from);
    const answers: Answer[] = await Promise.all(
      Array.from({ length: 20 }, (_, i) => {
        const caller = i % 2 ? manager : admin.at(other.url);
        return assign(id, targets[i % targets.length]!.id, `第 ${i} 次`, caller);
      }),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(20).fill(200));
    const { list } = await pageOf(id, 'assignment-logs');
    const chain = list.toReversed() as { oldAssignedTo: string | null; newAssignedTo: string }[];
    expect(chain[0]).toMatchObject({ oldAssignedTo: null, newAssignedTo: from.id });
    chain.slice(1).forEach((step, i) => expect(step.oldAssignedTo).toBe(chain[i]!.newAssignedTo));
    chain.slice(1).forEach((step) => expect(step.newAssignedTo).not.toBe(step.oldAssignedTo));
    expect((await storedCustomer(app, id)).assignedTo?.toHexString()).toBe(chain.at(-1)!.newAssignedTo);
    expect((await pageOf(id, 'follow-ups')).total).toBe(chain.length - 1);
    expect(
      await app.connection.collection('audit_logs').countDocuments({ entityId: id, action: 'assign' }),
    ).toBe(chain.length - 1);
    await other.app.close();
  });

  describe('to somebody who is disabled at the same moment', () => {
    const ROUNDS = 15;
    const disable = (id: string, actor = admin) => actor.patch(`/api/users/${id}`, { active: false });
    const give = (id: string, target: string) => assign(id, target);
    const make = (_id: string, assignedTo: string) =>
      manager.post(`${CUSTOMERS}/create`, customerInput({ assignedTo }));
    /** When the database was told of it; within its transaction, after the account's record was written. */
    const toldAt = async (filter: object): Promise<number> => {
      const [entry] = await app.connection
        .collection<{ at: Date }>('audit_logs')
        .find(filter)
        .sort({ at: -1 })
        .toArray();
      return entry!.at.getTime();
    };

    it.each([
      ['given', give],
      ['given with its creation', make],
    ])('is %s before the account is disabled, or not at all', async (_what, hand) => {
      const other = await TestApp.start({ database: app.database });
      for (let round = 0; round < ROUNDS; round++) {
        const [target, { id }] = [await app.asEmployee(), await createCustomer(from)];
        const [given, gone] = await Promise.all([
          hand(id, target.id),
          pause(round * 4).then(() => disable(target.id, admin.at(other.url))),
        ]);
        expect(gone.status).toBe(200);
        if (given.status !== 200) {
          expect(given).toMatchObject(refusal('INVALID_PARAMS', 'assignedTo'));
          continue;
        }
        const givenAt = await toldAt({ entity: 'customer', entityId: given.body.data.id as string });
        expect(givenAt).toBeLessThanOrEqual(await toldAt({ entity: 'user', entityId: target.id }));
      }
      await other.app.close();
    });

    it('is not given it once the disabling has been answered, however long the giving takes', async () => {
      const [target, { id }] = [await app.asEmployee(), await createCustomer(from)];
      const logs = app.app.get<Collection<mongo.Document>>(collectionToken(ASSIGNMENT_LOG), {
        strict: false,
      });
      const insert = logs.insertOne.bind(logs);
      let gone: Promise<Answer> | undefined;
      const order: string[] = [];
      jest.spyOn(logs, 'insertOne').mockImplementation(async (...args) => {
        gone ??= disable(target.id).finally(() => order.push('disabled'));
        await Promise.race([gone, pause(300)]);
        return insert(...args);
      });
      const given = await assign(id, target.id).finally(() => order.push('given'));
      expect((await gone)?.status).toBe(200);
      // which of the two has to run again is the database's decision
      if (given.status === 200) expect(order).toEqual(['given', 'disabled']);
      else expect(given).toMatchObject(refusal('INVALID_PARAMS', 'assignedTo'));
    });
  });

  it('shows the log newest first, in pages', async () => {
    const { id } = await createCustomer(from);
    for (const target of [to, from, to]) await assign(id, target.id);
    const first = await pageOf(id, 'assignment-logs', { pageSize: 3 });
    expect(first).toMatchObject({ total: 4, totalPages: 2, hasMore: true });
    expect(first.list.map((log: { newAssignedTo: string }) => log.newAssignedTo)).toEqual([
      to.id,
      from.id,
      to.id,
    ]);
    const second = await pageOf(id, 'assignment-logs', { pageSize: 3, page: 2 });
    expect(second).toMatchObject({ hasMore: false, list: [{ action: 'create', oldAssignedTo: null }] });
    for (const query of [{ pageSize: 101 }, { page: 0 }, { page: 1001 }])
      expect(await manager.get(`${CUSTOMERS}/${id}/assignment-logs`, query)).toMatchObject(
        refusal('INVALID_PARAMS', Object.keys(query)[0]),
      );
  });
});
