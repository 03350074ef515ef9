import fc from 'fast-check';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { createCustomer, NOBODY, storedCustomer } from '../support/customers';
import { phone } from '../support/factories';
import { ACTION, actionInput, bind, messagesTo, subscribe, subscribedAdvisor } from '../support/leads';
import { refusal } from '../support/refusal';

const ACTIONS = ['view_resume', 'contact_advisor', 'book_service'] as const;
const TEXTS = {
  view_resume: '客户查看了您的简历',
  contact_advisor: '客户想要联系您',
  book_service: '客户预约了您的服务',
};

describe('POST /api/customer/action', () => {
  let app: TestApp;
  let guest: Actor;
  let advisor: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    guest = app.asGuest();
    advisor = await subscribedAdvisor(app, 'o_advisor');
  });
  afterAll(() => app.stop());

  const act = (overrides: Record<string, unknown> = {}, of = advisor) =>
    guest.post(ACTION, actionInput(of.id, overrides));
  const count = (collection: string, filter: Record<string, unknown> = {}) =>
    app.connection.collection(collection).countDocuments(filter);

  it('makes a lead of a phone that is nobody’s', async () => {
    const input = actionInput(advisor.id, { actionType: 'book_service', actionData: { resumeId: 'r1' } });
    const answer = await guest.post(ACTION, input);
    const { actionId, customerId } = answer.body.data;
    expect(answer).toMatchObject({
      status: 200,
      body: {
        message: '记录客户行为成功，已创建新客户线索',
        data: {
          customerCreated: true,
          action: {
            _id: actionId,
            id: actionId,
            customerId: input.customerId,
            advisorId: advisor.id,
            actionType: 'book_service',
            customerRecordId: customerId,
            notified: false,
          },
          customer: {
            _id: customerId,
            id: customerId,
            name: '张三',
            phone: input.customerPhone,
            leadSource: '其他',
            customerId: expect.stringMatching(/^CUS\d{11}$/),
          },
        },
      },
    });
    const lead = await storedCustomer(app, customerId);
    expect(lead).toMatchObject({
      name: '张三',
      phone: input.customerPhone,
      wechatId: input.customerId,
      leadSource: '其他',
      contractStatus: '待定',
      leadLevel: 'B类',
      status: 'new',
      notes: expect.stringContaining('预约服务'),
    });
    expect([lead.assignedTo, lead.createdBy].map(String)).toEqual([advisor.id, advisor.id]);
    const stored = await app.connection.collection('customer_actions').findOne({ openid: input.customerId });
    expect(String(stored?.['_id'])).toBe(actionId);
    expect(stored).toMatchObject({ actionType: 'book_service', actionData: { resumeId: 'r1' } });
    expect(await count('customer_assignment_logs', { customerId: lead._id })).toBe(1);
    const record = await app.connection.collection('audit_logs').findOne({ entityId: customerId });
    expect(record).toMatchObject({ entity: 'customer', action: 'create', actorId: null });
    expect((await advisor.get(`/api/customers/miniprogram/${customerId}`)).status).toBe(200);
  });

  it('makes no second one of a known phone, and changes nothing of the first', async () => {
    const known = await createCustomer(advisor);
    const before = await storedCustomer(app, known.id);
    const answer = await act({ customerPhone: known.phone, customerName: '别的名字', customerId: 'o_other' });
    expect(answer.body.data.customerCreated).toBe(false);
    expect(await storedCustomer(app, known.id)).toEqual(before);
    const action = await app.connection.collection('customer_actions').findOne({ openid: 'o_other' });
    expect(String(action?.['customerRecordId'])).toBe(known.id);
  });

  it.each([
    ['no phone', undefined],
    ['an empty one', ''],
    ['a land line', '010-12345678'],
    ['12 digits', '138001380001'],
    ['a number that no network has', '12800138000'],
    ['full-width digits', '１３８００１３８０００'],
    ['31 digits', '1'.repeat(31)],
    ['a number', 13],
    ['null', null],
    ['a list', ['13800138000']],
  ])('records the action alone with %s', async (_, customerPhone) => {
    const customers = await count('customers');
    const input = actionInput(advisor.id, { customerPhone });
    const answer = await guest.post(ACTION, input);
    expect(answer).toMatchObject({ status: 200, body: { data: { customerCreated: false } } });
    expect(await count('customers')).toBe(customers);
    expect(await count('customer_actions', { openid: input.customerId, customerRecordId: null })).toBe(1);
  });

  it('names a lead without a name', async () => {
    const { body } = await act({ customerName: '  ' });
    expect(body.data.customer.name).toBe('微信用户');
  });

  it.each(ACTIONS)('tells the advisor of %s by a new and by a known customer', async (actionType) => {
    const told = await subscribedAdvisor(app, `o_told_${actionType}`);
    const customerPhone = phone();
    await act({ actionType, customerPhone }, told);
    await act({ actionType, customerPhone, customerName: undefined }, told);
    await act({ actionType, customerPhone: '不方便' }, told);
    const [first, second, third] = await messagesTo(app, `o_told_${actionType}`);
    const time2 = { value: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d$/) as string };
    expect(first).toMatchObject({
      channel: 'subscribe',
      templateId: 'tmpl_customer',
      page: expect.stringMatching(/^pages\/customer\/detail\?id=[0-9a-f]{24}$/),
    });
    expect(first?.data).toEqual({
      thing1: { value: `新${TEXTS[actionType]}` },
      time2,
      thing3: { value: customerPhone },
      thing7: { value: '张三' },
    });
    expect(second?.data).toMatchObject({
      thing1: { value: TEXTS[actionType] },
      thing3: { value: customerPhone },
      thing7: { value: '微信用户' },
    });
    expect(third?.data).toMatchObject({ thing1: { value: TEXTS[actionType] }, thing3: { value: '未提供' } });
  });

  it('tells nobody who has not subscribed, no longer does, or has another WeChat by now', async () => {
    const never = await app.asEmployee();
    const withdrawn = await subscribedAdvisor(app, 'o_withdrawn');
    await subscribe(withdrawn, { openid: 'o_withdrawn', subscribed: false });
    const moved = await subscribedAdvisor(app, 'o_before');
    await bind(app, moved.id, { openid: 'o_after' });
    const before = await count('outgoing_messages');
    for (const one of [never, withdrawn, moved])
      expect((await act({}, one)).body.data.customerCreated).toBe(true);
    expect(await count('outgoing_messages')).toBe(before);
  });

  it.each([
    ['customerId', undefined],
    ['customerId', ''],
    ['customerId', 'o'.repeat(65)],
    ['customerId', 'o_$where'],
    ['advisorId', undefined],
    ['advisorId', 'advisor_123'],
    ['advisorId', NOBODY],
    ['actionType', 'buy'],
    ['customerName', '名'.repeat(21)],
    ['actionData', 'text'],
    ['actionData', { note: '字'.repeat(4000) }],
    ['actionData', { $where: '1' }],
    ['actionData', { nested: [{ $set: 1 }] }],
    ['actionData', { ['a\u0000b']: 1 }],
    ['actionData', JSON.parse('{"a":'.repeat(30) + '1' + '}'.repeat(30))],
  ])('refuses %s %j', async (field, value) => {
    expect(await act({ [field]: value })).toMatchObject(refusal('INVALID_PARAMS', field));
  });

  it('refuses nesting of any depth in bounded time', async () => {
    const body = JSON.stringify(actionInput(advisor.id, { actionData: { a: '@' } }));
    const deep = body.replace('"@"', '['.repeat(200_000) + ']'.repeat(200_000));
    const answer = await guest.send('POST', ACTION, deep, {});
    expect(answer).toMatchObject(refusal('INVALID_PARAMS', 'actionData'));
  });

  it('refuses an advisor who is disabled or may hold no customers', async () => {
    const admin = await app.asAdmin();
    const [hr, gone] = [await app.asHr(), await app.asEmployee()];
    await admin.patch(`/api/users/${gone.id}`, { active: false });
    for (const one of [hr, gone])
      expect(await act({}, one)).toMatchObject(refusal('INVALID_PARAMS', 'advisorId'));
  });

  it('stores whatever JSON fits, or refuses it by name', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string({ maxLength: 70 }), fc.jsonValue()), async (actionData) => {
        const answer = await act({ actionData, customerPhone: undefined });
        if (answer.status === 200) return;
        expect(answer).toMatchObject(refusal('INVALID_PARAMS'));
        // a key like __proto__ is refused while the body is parsed
        expect(['actionData', 'body']).toContain(answer.body.details[0].field);
      }),
      { numRuns: 60 },
    );
  });
});
