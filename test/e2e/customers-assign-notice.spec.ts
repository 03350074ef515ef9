import { Types } from 'mongoose';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { createCustomer, CUSTOMERS, NOBODY } from '../support/customers';
import { customerInput } from '../support/factories';
import { bind, messagesTo, queuedMessages, subscribe, subscribedAdvisor } from '../support/leads';
import { refusal } from '../support/refusal';

const OFFICIAL = { WECHAT_MP_TEMPLATE_ID: 'tmpl_staff_notice' };

describe('the notice of an assignment', () => {
  let app: TestApp;
  let manager: Actor;
  beforeAll(async () => {
    // no WeChat is configured, so what is queued stays to be looked at or fails; it is not sent
    app = await TestApp.start({ env: OFFICIAL });
    manager = await app.asManager();
  });
  afterAll(() => app.stop());

  const assign = (id: string, assignedTo: string, by = manager, headers: Record<string, string> = {}) =>
    by.send('PATCH', `${CUSTOMERS}/${id}/assign`, { assignedTo, reason: '区域调整' }, headers);
  const toldOf = (staff: Actor) =>
    queuedMessages(app)
      .find({ recipientId: new Types.ObjectId(staff.id) })
      .toArray();

  it('goes by subscribe message to a new owner who has subscribed, also when bound to the official account', async () => {
    const owner = await subscribedAdvisor(app, 'o_owner');
    await bind(app, owner.id, { officialOpenid: 'g_owner' });
    const customer = await createCustomer(manager);
    expect((await assign(customer.id, owner.id)).status).toBe(200);
    expect(await toldOf(owner)).toEqual([
      expect.objectContaining({
        channel: 'subscribe',
        touser: 'o_owner',
        templateId: 'tmpl_customer',
        page: `pages/customer/detail?id=${customer.id}`,
        data: {
          thing1: { value: '您有新分配的客户' },
          time2: { value: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d$/) },
          thing3: { value: customer.phone },
          thing7: { value: customer.name },
        },
      }),
    ]);
  });

  it('goes by the official account to one who is bound there and has not subscribed, or no longer', async () => {
    const bound = await app.asEmployee();
    await bind(app, bound.id, { officialOpenid: 'g_bound' });
    const withdrawn = await subscribedAdvisor(app, 'o_withdrawn');
    await bind(app, withdrawn.id, { officialOpenid: 'g_withdrawn' });
    await subscribe(withdrawn, { openid: 'o_withdrawn', subscribed: false });
    for (const [owner, touser] of [
      [bound, 'g_bound'],
      [withdrawn, 'g_withdrawn'],
    ] as const) {
      await assign((await createCustomer(manager)).id, owner.id);
      expect(await toldOf(owner)).toMatchObject([
        { channel: 'template', touser, templateId: OFFICIAL.WECHAT_MP_TEMPLATE_ID },
      ]);
    }
  });

  it('goes nowhere for one who is out of reach, and the assignment stands', async () => {
    const owner = await app.asEmployee();
    const customer = await createCustomer(manager);
    expect((await assign(customer.id, owner.id)).body.data.assignedTo).toBe(owner.id);
    expect(await toldOf(owner)).toEqual([]);
  });

  it('is the new owner’s alone, and not of an assignment that changes nothing', async () => {
    const [first, second] = [
      await subscribedAdvisor(app, 'o_first'),
      await subscribedAdvisor(app, 'o_second'),
    ];
    const customer = await createCustomer(manager);
    await assign(customer.id, first.id);
    await assign(customer.id, first.id);
    expect(await messagesTo(app, 'o_first')).toHaveLength(1);
    await assign(customer.id, second.id);
    expect(await messagesTo(app, 'o_first')).toHaveLength(1);
    expect(await messagesTo(app, 'o_second')).toHaveLength(1);
  });

  it('goes to whom a new customer is given, once, and not to who makes one of their own', async () => {
    const owner = await subscribedAdvisor(app, 'o_new');
    const input = customerInput({ assignedTo: owner.id });
    const make = () => manager.post(`${CUSTOMERS}/create`, input, { 'idempotency-key': 'given-at-once' });
    const { id } = (await make()).body.data as { id: string };
    expect((await make()).headers.get('idempotency-replayed')).toBe('true');
    expect(await toldOf(owner)).toEqual([
      expect.objectContaining({
        channel: 'subscribe',
        touser: 'o_new',
        page: `pages/customer/detail?id=${id}`,
        data: expect.objectContaining({
          thing1: { value: '您有新分配的客户' },
          thing3: { value: input.phone },
        }) as object,
      }),
    ]);
    await createCustomer(owner);
    const twice = await manager.post(`${CUSTOMERS}/create`, input);
    expect(twice).toMatchObject(refusal('DUPLICATE_PHONE'));
    expect(await toldOf(owner)).toHaveLength(1);

    const boss = await subscribedAdvisor(app, 'o_self', 'manager');
    await createCustomer(boss, { assignedTo: boss.id });
    expect(await toldOf(boss)).toEqual([]);
  });

  it('names a customer without a phone, whose name is long', async () => {
    const owner = await subscribedAdvisor(app, 'o_long');
    const customer = await createCustomer(manager, {
      phone: undefined,
      wechatId: 'wx-long',
      name: '名'.repeat(20),
    });
    await assign(customer.id, owner.id);
    const [message] = await messagesTo(app, 'o_long');
    expect(message?.data).toMatchObject({ thing3: { value: '未提供' }, thing7: { value: '名'.repeat(20) } });
  });

  it('is not there when the assignment is refused or undone', async () => {
    const owner = await subscribedAdvisor(app, 'o_undone');
    const customer = await createCustomer(manager);
    expect(await assign(NOBODY, owner.id)).toMatchObject(refusal('NOT_FOUND'));
    expect(await assign(customer.id, owner.id, await app.asEmployee())).toMatchObject(refusal('FORBIDDEN'));
    // what comes after the notice within the transaction fails
    const followUps = app.connection.collection('customer_follow_ups');
    const customerId = new Types.ObjectId(customer.id as string);
    await followUps.insertOne({ customerId });
    await followUps.createIndex(
      { customerId: 1 },
      { unique: true, name: 'in-the-way', partialFilterExpression: { customerId } },
    );
    expect((await assign(customer.id, owner.id)).body.success).toBe(false);
    await followUps.dropIndex('in-the-way');
    expect(await messagesTo(app, 'o_undone')).toEqual([]);
    expect(await app.connection.collection('jobs').countDocuments({ name: 'messages.send' })).toBe(0);
    expect((await manager.get(`${CUSTOMERS}/${customer.id}`)).body.data.assignedTo).toBeNull();
    expect((await assign(customer.id, owner.id)).status).toBe(200);
    expect(await messagesTo(app, 'o_undone')).toHaveLength(1);
  });

  it('goes to each owner of a chain of assignments at once, and to nobody else', async () => {
    const owners = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => subscribedAdvisor(app, `o_chain_${name}`)),
    );
    const customer = await createCustomer(manager);
    const answers = await Promise.all(owners.map((owner) => assign(customer.id, owner.id)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const told = await Promise.all(owners.map((owner) => toldOf(owner)));
    expect(told.map((messages) => messages.length)).toEqual([1, 1, 1, 1]);
    const logs = await manager.get(`${CUSTOMERS}/${customer.id}/assignment-logs`);
    expect(logs.body.data.total).toBe(4);
  });
});
