import type { Answer } from '../support/actor';
import { TestApp } from '../support/app';
import { customerInput, userInput } from '../support/factories';
import { refusal } from '../support/refusal';

const CREATE = '/api/customers/miniprogram/create';
const key = (value: string) => ({ 'idempotency-key': value });
const replayed = ({ headers }: Answer) => headers.get('idempotency-replayed');

describe('a create repeated under its Idempotency-Key', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const customersOf = (phone: string) => app.connection.collection('customers').countDocuments({ phone });

  it('gets the first answer, byte for byte, and makes no second record', async () => {
    const employee = await app.asEmployee();
    const input = customerInput();
    const first = await employee.post(CREATE, input, key('replay-1'));
    const second = await employee.post(CREATE, input, key('replay-1'));
    expect(first).toMatchObject({ status: 200, body: { message: '创建成功' } });
    expect(second).toMatchObject({ status: 200, text: first.text });
    expect([replayed(first), replayed(second)]).toEqual([null, 'true']);
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(await customersOf(input.phone)).toBe(1);
  });

  it('still gets it when the record has changed meanwhile', async () => {
    const employee = await app.asEmployee();
    const input = customerInput();
    const first = await employee.post(CREATE, input, key('replay-2'));
    await employee.patch(`/api/customers/miniprogram/${first.body.data.id as string}`, { name: '改名' });
    expect((await employee.post(CREATE, input, key('replay-2'))).text).toBe(first.text);
  });

  it('is the same request whatever the order of its fields and the spaces between them', async () => {
    const employee = await app.asEmployee();
    const input = customerInput();
    const reversed = JSON.stringify(Object.fromEntries(Object.entries(input).toReversed()), null, 4);
    const first = await employee.post(CREATE, input, key('order'));
    const second = await employee.post(CREATE, reversed, key('order'));
    expect(second).toMatchObject({ status: 200, text: first.text });
  });

  it.each([
    ['another value', { name: '李四' }],
    ['a field more', { notes: '急' }],
    ['another type', { expectedBudget: '8000' }],
  ])('is refused with %s', async (_what, difference) => {
    const employee = await app.asEmployee();
    const input = customerInput();
    await employee.post(CREATE, input, key('other-body'));
    const second = await employee.post(CREATE, { ...input, ...difference }, key('other-body'));
    expect(second).toMatchObject(refusal('IDEMPOTENCY_KEY_REUSED'));
    expect(await customersOf(input.phone)).toBe(1);
  });

  it("does not see another person's key", async () => {
    const [one, other] = [await app.asEmployee(), await app.asEmployee()];
    const first = await one.post(CREATE, customerInput(), key('shared'));
    const second = await other.post(CREATE, customerInput(), key('shared'));
    expect([first.status, second.status, replayed(second)]).toEqual([200, 200, null]);
    expect(second.body.data.id).not.toBe(first.body.data.id);
  });

  it('does not see the same key of another route', async () => {
    const admin = await app.asAdmin();
    await admin.post(CREATE, customerInput(), key('routes'));
    const user = await admin.post('/api/users', userInput(), key('routes'));
    expect(user).toMatchObject({ status: 200, body: { data: { username: expect.any(String) as string } } });
    expect(replayed(user)).toBeNull();
  });

  it('belongs to the route, not to the record in its address', async () => {
    const employee = await app.asEmployee();
    const [one, other] = await Promise.all([1, 2].map(() => employee.post(CREATE, customerInput())));
    const followUp = (customer: Answer | undefined) =>
      employee.post(
        `/api/customers/miniprogram/${customer?.body.data.id as string}/follow-ups`,
        { content: '已电话联系' },
        key('follow-up'),
      );
    const first = await followUp(one);
    expect(await followUp(one)).toMatchObject({ status: 200, text: first.text });
    // the same words about somebody else are a request of their own, and must not get the first one's answer
    const second = await followUp(other);
    expect(second.text).not.toBe(first.text);
  });

  it('gets the same refusal again when the first call was the caller’s mistake', async () => {
    const employee = await app.asEmployee();
    const input = { name: '没有联系方式' };
    const first = await employee.post(CREATE, input, key('mistake'));
    const second = await employee.post(CREATE, input, key('mistake'));
    expect(first).toMatchObject(refusal('MISSING_CONTACT'));
    expect(second).toMatchObject({ status: 400, text: first.text });
    expect([replayed(first), replayed(second)]).toEqual([null, 'true']);
  });

  it('keeps a refusal even when its cause is gone', async () => {
    const employee = await app.asEmployee();
    const input = customerInput();
    const holder = await employee.post(CREATE, input);
    const first = await employee.post(CREATE, input, key('duplicate'));
    expect(first).toMatchObject(refusal('DUPLICATE_PHONE', 'phone'));
    await employee.patch(`/api/customers/miniprogram/${holder.body.data.id as string}`, {
      phone: null,
      wechatId: 'wx-1',
    });
    expect((await employee.post(CREATE, input, key('duplicate'))).text).toBe(first.text);
  });

  it('runs again when the service failed', async () => {
    const employee = await app.asEmployee();
    const sequences = app.connection.collection<{ _id: string; last: unknown }>('sequences');
    await employee.post(CREATE, customerInput());
    const input = customerInput();
    const before = await sequences.findOne({ _id: 'customer' });
    await sequences.updateOne({ _id: 'customer' }, { $set: { last: 'not a number' } });
    expect(await employee.post(CREATE, input, key('failed'))).toMatchObject(refusal('INTERNAL_ERROR'));
    await sequences.updateOne({ _id: 'customer' }, { $set: { last: before?.last } });
    const second = await employee.post(CREATE, input, key('failed'));
    expect([second.status, replayed(second)]).toEqual([200, null]);
    expect(await customersOf(input.phone)).toBe(1);
  });

  it('is refused before it may run at all: no token, no key is taken', async () => {
    const input = customerInput();
    expect(await app.asGuest().post(CREATE, input, key('nobody'))).toMatchObject(refusal('UNAUTHORIZED'));
    const employee = await app.asEmployee();
    expect(replayed(await employee.post(CREATE, input, key('nobody')))).toBeNull();
  });

  it('makes two records without a key', async () => {
    const employee = await app.asEmployee();
    const input = { name: '张三', wechatId: 'wx-2' };
    const [one, two] = [await employee.post(CREATE, input), await employee.post(CREATE, input)];
    expect([one.status, two.status]).toEqual([200, 200]);
    expect(one.body.data.id).not.toBe(two.body.data.id);
  });
});
