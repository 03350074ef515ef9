import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { createCustomer, CUSTOMERS, setStored, storedCustomer } from '../support/customers';
import { refusal } from '../support/refusal';

const PLANNED = new Date('2026-05-01T02:00:00Z');

describe('following up a customer', () => {
  let app: TestApp;
  let employee: Actor;
  let manager: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    [employee, manager] = await Promise.all([app.asEmployee(), app.asManager()]);
  });
  afterAll(() => app.stop());

  const add = (id: string, body: unknown, actor = employee, headers = {}) =>
    actor.post(`${CUSTOMERS}/${id}/follow-ups`, body, headers);
  const detail = async (id: string) => (await employee.get(`${CUSTOMERS}/${id}`)).body.data;
  const pageOf = async (id: string, query = {}) =>
    (await employee.get(`${CUSTOMERS}/${id}/follow-ups`, query)).body.data;
  const stored = () => app.connection.collection('customer_follow_ups').countDocuments();

  it('is written down, and shows on the customer: stage, next date, who and when', async () => {
    const { id } = await createCustomer(employee);
    const input = {
      content: ' 已联系，下周面试 ',
      type: 'phone',
      status: 'contacted',
      nextFollowUpDate: '2026-01-20',
    };
    const answer = await add(id, input, manager);
    expect(answer).toMatchObject({ status: 200, body: { message: '创建成功' } });
    const followUp = answer.body.data;
    expect(followUp).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/) as string,
      customerId: id,
      content: '已联系，下周面试',
      type: 'phone',
      status: 'contacted',
      nextFollowUpAt: '2026-01-19T16:00:00.000Z',
      system: false,
      createdBy: manager.id,
      createdByName: '李静',
      createdAt: expect.any(String) as string,
    });
    expect(await detail(id)).toMatchObject({
      status: 'contacted',
      nextFollowUpAt: '2026-01-19T16:00:00.000Z',
      lastFollowUpAt: followUp.createdAt,
      lastFollowUpBy: manager.id,
      lastFollowUpByName: '李静',
      updatedAt: followUp.createdAt,
    });
    expect((await pageOf(id)).list).toEqual([followUp]);
  });

  it('needs no more than a content: other, no stage, the planned date stays', async () => {
    const { id } = await createCustomer(employee, { status: 'matching' });
    await setStored(app, id, { nextFollowUpAt: PLANNED });
    const { body } = await add(id, { content: '电话未接' });
    expect(body.data).toMatchObject({ type: 'other', status: null, nextFollowUpAt: null });
    expect(await detail(id)).toMatchObject({ status: 'matching', nextFollowUpAt: PLANNED.toISOString() });
  });

  it.each([
    ['a day', '2026-02-01', '2026-01-31T16:00:00.000Z'],
    ['an instant', '2026-02-01T10:30:00+08:00', '2026-02-01T02:30:00.000Z'],
    ['null, which cancels', null, null],
    ['a blank, which says nothing', '', PLANNED.toISOString()],
    ['nothing', undefined, PLANNED.toISOString()],
  ])('sets the next date by %s', async (_, nextFollowUpDate, expected) => {
    const { id } = await createCustomer(employee);
    await setStored(app, id, { nextFollowUpAt: PLANNED });
    expect((await add(id, { content: '跟进', nextFollowUpDate })).status).toBe(200);
    expect((await detail(id)).nextFollowUpAt).toBe(expected);
  });

  it.each(['phone', 'wechat', 'visit', 'other'])('may be by %s', async (type) => {
    const { id } = await createCustomer(employee);
    expect((await add(id, { content: '跟进', type })).body.data.type).toBe(type);
  });

  it.each(['new', 'contacted', 'matching', 'interviewing', 'signed', 'lost'])(
    'moves the customer to %s, from wherever it is',
    async (status) => {
      const { id } = await createCustomer(employee, { status: 'signed' });
      expect((await add(id, { content: '跟进', status })).body.data.status).toBe(status);
      expect((await detail(id)).status).toBe(status);
    },
  );

  it.each([
    ['content', {}],
    ['content', { content: '' }],
    ['content', { content: '   ' }],
    ['content', { content: null }],
    ['content', { content: '字'.repeat(2001) }],
    ['content', { content: ['a'] }],
    ['type', { content: '跟进', type: 'email' }],
    ['status', { content: '跟进', status: '已签约' }],
    ['nextFollowUpDate', { content: '跟进', nextFollowUpDate: '2026-02-30' }],
    ['nextFollowUpDate', { content: '跟进', nextFollowUpDate: 1_767_225_600_000 }],
  ])('refuses a wrong %s: %j, and writes nothing', async (field, body) => {
    const { id } = await createCustomer(employee);
    const before = [await stored(), await storedCustomer(app, id)];
    expect(await add(id, body)).toMatchObject(refusal('INVALID_PARAMS', field));
    expect([await stored(), await storedCustomer(app, id)]).toEqual(before);
  });

  it('drops fields that a caller may not set', async () => {
    const { id } = await createCustomer(employee);
    const { body } = await add(id, {
      content: '字'.repeat(2000),
      system: true,
      createdBy: manager.id,
      customerId: 'x',
      vip: 1,
    });
    expect(body.data).toMatchObject({ system: false, createdBy: employee.id, customerId: id });
    const record = await app.connection
      .collection('customer_follow_ups')
      .findOne({ content: '字'.repeat(2000) });
    expect(record).not.toHaveProperty('vip');
  });

  it('is listed newest first, in pages', async () => {
    const { id } = await createCustomer(employee);
    for (let i = 1; i <= 5; i++) await add(id, { content: `第 ${i} 次` });
    const contents = (page: { list: { content: string }[] }) => page.list.map(({ content }) => content);
    const first = await pageOf(id, { pageSize: 2 });
    expect(contents(first)).toEqual(['第 5 次', '第 4 次']);
    expect(first).toMatchObject({ total: 5, page: 1, pageSize: 2, totalPages: 3, hasMore: true });
    const last = await pageOf(id, { pageSize: 2, page: 3 });
    expect(contents(last)).toEqual(['第 1 次']);
    expect(last.hasMore).toBe(false);
    expect(await pageOf(id, { page: 7 })).toMatchObject({ list: [], total: 5, hasMore: false });
  });

  it.each([
    ['page', { page: 0 }],
    ['page', { page: 1001 }],
    ['pageSize', { pageSize: 101 }],
  ])('refuses a page whose %s is out of bounds: %j', async (field, query) => {
    const { id } = await createCustomer(employee);
    expect(await employee.get(`${CUSTOMERS}/${id}/follow-ups`, query)).toMatchObject(
      refusal('INVALID_PARAMS', field),
    );
  });

  it('is written once for one Idempotency-Key', async () => {
    const { id } = await createCustomer(employee);
    const key = { 'Idempotency-Key': 'follow-up-1' };
    const first = await add(id, { content: '跟进' }, employee, key);
    const again = await add(id, { content: '跟进' }, employee, key);
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
    expect((await pageOf(id)).total).toBe(1);
    expect(await add(id, { content: '另一条' }, employee, key)).toMatchObject(
      refusal('IDEMPOTENCY_KEY_REUSED'),
    );
  });

  it('is never mixed up between two customers that use one Idempotency-Key', async () => {
    const [one, other] = await Promise.all([createCustomer(employee), createCustomer(employee)]);
    const key = { 'Idempotency-Key': 'follow-up-2' };
    await add(one.id, { content: '跟进' }, employee, key);
    expect(await add(other.id, { content: '跟进' }, employee, key)).toMatchObject(
      refusal('IDEMPOTENCY_KEY_REUSED'),
    );
    expect((await pageOf(other.id)).total).toBe(0);
  });

  it('keeps all of ten that come at once', async () => {
    const { id } = await createCustomer(employee);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => add(id, { content: `第 ${i} 条` }, i % 2 ? employee : manager)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(10).fill(200));
    expect((await pageOf(id)).total).toBe(10);
  });
});
