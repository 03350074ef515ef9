import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { ACCEPTED_TOGETHER, REFUSED } from '../support/customer-fields';
import { createCustomer, CUSTOMERS, NOBODY, setStored, storedCustomer } from '../support/customers';
import { phone } from '../support/factories';
import { refusal } from '../support/refusal';

/** Everything that null may clear. */
const CLEARABLE = {
  wechatId: 'wx_1',
  serviceType: '月嫂',
  expectedBudget: 1,
  address: '文三路',
  notes: '备注',
  leadLevel: 'A类',
  restSchedule: '单休',
  educationRequirement: '高中',
  expectedStartDate: '2026-03-01',
  expectedDeliveryDate: '2026-03-01',
  homeArea: 10,
  familySize: 1,
  serviceDays: 1,
  ageRequirement: '不限',
  genderRequirement: '女',
  originRequirement: '浙江',
  dealAmount: 1,
};

describe('changing a customer', () => {
  let app: TestApp;
  let employee: Actor;
  let manager: Actor;
  let id: string;
  beforeAll(async () => {
    app = await TestApp.start();
    [employee, manager] = await Promise.all([app.asEmployee(), app.asManager()]);
    id = (await createCustomer(employee)).id;
  });
  afterAll(() => app.stop());

  const patch = (body: unknown, customer = id) => employee.patch(`${CUSTOMERS}/${customer}`, body);
  const detail = async (customer = id) => (await employee.get(`${CUSTOMERS}/${customer}`)).body.data;

  it('touches the fields that were sent, and no other but updatedAt', async () => {
    const long = new Date('2026-01-01T00:00:00Z');
    await setStored(app, id, { updatedAt: long });
    const before = await detail();
    const answer = await patch({ name: '李女士', expectedBudget: 9000 });
    expect(answer).toMatchObject({ status: 200, body: { message: '保存成功' } });
    const { updatedAt, ...rest } = answer.body.data;
    expect(rest).toEqual({ ...rest, ...before, name: '李女士', expectedBudget: 9000, updatedAt: undefined });
    expect(new Date(updatedAt).getTime()).toBeGreaterThan(long.getTime());
    expect(await detail()).toEqual(answer.body.data);
  });

  it.each(ACCEPTED_TOGETHER)('takes $input', async ({ input, answered }) => {
    expect((await patch(input)).body.data).toMatchObject(answered);
    expect(await detail()).toMatchObject(answered);
  });

  it.each([
    ...REFUSED,
    ['name', ''],
    ['name', null],
    ['leadSource', null],
    ['contractStatus', null],
    ['status', ''],
  ])('refuses %s = %j and changes nothing', async (field, value) => {
    const before = await storedCustomer(app, id);
    expect(await patch({ notes: 'changed', [field]: value })).toMatchObject(refusal('INVALID_PARAMS', field));
    expect(await storedCustomer(app, id)).toEqual(before);
  });

  it.each([[null], ['']])('clears every optional field with %j, also in the database', async (blank) => {
    const customer = await createCustomer(employee, CLEARABLE);
    const cleared = await patch(
      Object.fromEntries(Object.keys(CLEARABLE).map((field) => [field, blank])),
      customer.id,
    );
    for (const field of Object.keys(CLEARABLE))
      expect([field, cleared.body.data[field]]).toEqual([field, null]);
    const stored = Object.keys(await storedCustomer(app, customer.id));
    expect(stored.filter((field) => field in CLEARABLE)).toEqual([]);
  });

  it('drops what is changed by assigning or by the service alone', async () => {
    const before = await storedCustomer(app, id);
    await patch({
      assignedTo: NOBODY,
      assignedBy: NOBODY,
      customerId: 'CUS99999999999',
      createdBy: NOBODY,
      nextFollowUpAt: '2026-03-01',
      searchTerms: ['planted'],
      createdAt: '2020-01-01',
      vip: true,
    });
    expect(await storedCustomer(app, id)).toEqual({ ...before, updatedAt: expect.any(Date) as Date });
  });

  it.each([
    [{ phone: null }, { wechatId: undefined }],
    [{ phone: '' }, { wechatId: undefined }],
    [{ wechatId: null }, { phone: undefined, wechatId: 'wx_1' }],
    [{ phone: null, wechatId: null }, { wechatId: 'wx_1' }],
  ])('refuses %j where it would leave no contact', async (change, initial) => {
    const customer = await createCustomer(employee, initial);
    expect(await patch(change, customer.id)).toMatchObject(refusal('MISSING_CONTACT'));
    expect(await detail(customer.id)).toEqual(customer);
  });

  it('swaps the phone for a wechatId in one go, and the phone is free again', async () => {
    const customer = await createCustomer(employee);
    const swapped = await patch({ phone: null, wechatId: 'wx_1' }, customer.id);
    expect(swapped.body.data).toMatchObject({ phone: null, wechatId: 'wx_1' });
    expect((await createCustomer(employee, { phone: customer.phone })).phone).toBe(customer.phone);
  });

  it.each([
    ['nothing', () => ({})],
    ['only what is there already', (there: { name: string }) => ({ name: there.name })],
  ])('leaves the customer as it is, in its place in the list, when %s is sent', async (_what, bodyOf) => {
    const before = await detail();
    const answer = await patch(bodyOf(before));
    expect(answer).toMatchObject({ status: 200, body: { data: before } });
    expect(await detail()).toEqual(before);
  });

  it('keeps its own phone, but cannot take that of another customer', async () => {
    const other = await createCustomer(manager);
    const own = await detail();
    expect((await patch({ phone: own.phone })).status).toBe(200);
    expect(await patch({ phone: other.phone, notes: 'x' })).toMatchObject(
      refusal('DUPLICATE_PHONE', 'phone'),
    );
    expect(await detail()).toMatchObject({ phone: own.phone, notes: own.notes });
  });

  it('lets one of two customers have a phone that both ask for at once', async () => {
    const customers = await Promise.all([createCustomer(employee), createCustomer(employee)]);
    const wanted = phone();
    const answers = await Promise.all(customers.map((customer) => patch({ phone: wanted }, customer.id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await app.connection.collection('customers').countDocuments({ phone: wanted })).toBe(1);
  });

  it('loses nothing when twenty callers change different fields at once', async () => {
    const customer = await createCustomer(employee);
    const changes = Object.entries(CLEARABLE);
    const answers = await Promise.all(
      changes.map(([field, value], i) =>
        (i % 2 ? employee : manager).patch(`${CUSTOMERS}/${customer.id}`, { [field]: value }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(changes.map(() => 200));
    const { expectedStartDate, expectedDeliveryDate, ...rest } = CLEARABLE;
    expect(await detail(customer.id)).toMatchObject(rest);
    expect([expectedStartDate, expectedDeliveryDate]).toEqual(['2026-03-01', '2026-03-01']);
  });
});
