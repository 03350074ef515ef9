import { startOfShanghaiDay } from '../../src/common/time/shanghai';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { createCustomer, CUSTOMERS, setStored } from '../support/customers';

const DAY_MS = 86_400_000;
/** Moments around today, by the milliseconds after its first one in Shanghai. */
const YESTERDAY_END = -1;
const TODAY_START = 0;
const TODAY_END = DAY_MS - 1;
const TOMORROW = DAY_MS;
const moment = (offset: number): Date => new Date(startOfShanghaiDay(new Date()).getTime() + offset);

describe("the start page's statistics", () => {
  let app: TestApp;
  let manager: Actor;
  let employee: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    [manager, employee] = await Promise.all([app.asManager(), app.asEmployee()]);
  });
  beforeEach(() => app.connection.collection('customers').deleteMany({}));
  afterAll(() => app.stop());

  const statistics = async (actor: Actor) => (await actor.get(`${CUSTOMERS}/statistics`)).body.data;

  const customer = async (actor: Actor, input: object, created: number, followUp?: number) => {
    const { id } = await createCustomer(actor, { ...input });
    const nextFollowUpAt = followUp === undefined ? null : moment(followUp);
    await setStored(app, id, { createdAt: moment(created), nextFollowUpAt });
  };

  it('are all zero and empty without customers', async () => {
    const nothing = {
      total: 0,
      myCustomers: 0,
      newToday: 0,
      followUpToday: 0,
      byContractStatus: {},
      byLeadSource: {},
      byServiceType: {},
    };
    expect(await statistics(manager)).toEqual(nothing);
    expect(await statistics(employee)).toEqual(nothing);
  });

  it('count by value, within what the caller may see', async () => {
    await customer(
      employee,
      { contractStatus: '已签约', leadSource: '小红书', serviceType: '月嫂' },
      TODAY_START,
    );
    await customer(employee, { leadSource: '小红书', serviceType: undefined }, YESTERDAY_END, TODAY_END);
    await customer(manager, { leadSource: '美团', serviceType: '保洁' }, TODAY_END, TODAY_START);
    await customer(manager, { assignedTo: manager.id, serviceType: '保洁' }, YESTERDAY_END, TOMORROW);
    expect(await statistics(manager)).toEqual({
      total: 4,
      myCustomers: 1,
      newToday: 2,
      followUpToday: 2,
      byContractStatus: { 已签约: 1, 待定: 3 },
      byLeadSource: { 小红书: 2, 美团: 1, 其他: 1 },
      byServiceType: { 月嫂: 1, 保洁: 2 },
    });
    expect(await statistics(employee)).toEqual({
      total: 2,
      myCustomers: 2,
      newToday: 1,
      followUpToday: 1,
      byContractStatus: { 已签约: 1, 待定: 1 },
      byLeadSource: { 小红书: 2 },
      byServiceType: { 月嫂: 1 },
    });
  });

  it.each([
    ['the last moment of yesterday', YESTERDAY_END, 0],
    ['the first moment of today', TODAY_START, 1],
    ['the last moment of today', TODAY_END, 1],
    ['the first moment of tomorrow', TOMORROW, 0],
  ])('take the day from Shanghai midnight: %s', async (_, offset, counted) => {
    await customer(employee, {}, offset, offset);
    for (const actor of [manager, employee])
      expect(await statistics(actor)).toMatchObject({ total: 1, newToday: counted, followUpToday: counted });
  });

  it('count a real new customer and a real appointment of today', async () => {
    const { id } = await createCustomer(employee);
    const soon = new Date(Math.min(Date.now() + 60_000, moment(TODAY_END).getTime())).toISOString();
    await employee.post(`${CUSTOMERS}/${id}/follow-ups`, { content: '今天再联系', nextFollowUpDate: soon });
    expect(await statistics(employee)).toMatchObject({ newToday: 1, followUpToday: 1, myCustomers: 1 });
  });
});

describe('the staff whom a customer can be given', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it('are the active ones but interviewers, with the customers each one has', async () => {
    const [admin, manager, busy, idle, hr, gone] = await Promise.all([
      app.asAdmin(),
      app.asManager(),
      app.asEmployee(),
      app.asEmployee(),
      app.asHr(),
      app.asEmployee(),
    ]);
    await Promise.all([
      createCustomer(busy),
      createCustomer(busy),
      createCustomer(gone),
      createCustomer(manager),
    ]);
    await admin.patch(`/api/users/${gone.id}`, { active: false });
    await admin.patch(`/api/users/${idle.id}`, { name: '王芳' });
    const { body } = await manager.get(`${CUSTOMERS}/employees/list`);
    const listed = new Map(body.data.map((entry: { id: string }) => [entry.id, entry]));
    expect([...listed.keys()].sort()).toEqual([admin.id, manager.id, busy.id, idle.id].sort());
    expect(listed.get(busy.id)).toEqual({
      id: busy.id,
      name: '李静',
      role: '普通员工',
      roleCode: 'employee',
      customerCount: 2,
    });
    expect(listed.get(idle.id)).toMatchObject({ name: '王芳', customerCount: 0 });
    expect(listed.get(manager.id)).toMatchObject({ role: '经理', roleCode: 'manager', customerCount: 0 });
    expect(listed.get(admin.id)).toMatchObject({ role: '系统管理员', roleCode: 'admin' });
    expect(listed.has(hr.id)).toBe(false);
  });
});
