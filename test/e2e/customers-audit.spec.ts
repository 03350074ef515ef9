import type { Actor, Answer } from '../support/actor';
import { TestApp } from '../support/app';
import { createCustomer, CUSTOMERS } from '../support/customers';
import { customerInput } from '../support/factories';
import { refusal } from '../support/refusal';

describe("the audit trail of a customer's life", () => {
  let app: TestApp;
  let admin: Actor;
  let employee: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    [admin, employee] = await Promise.all([app.asAdmin(), app.asEmployee()]);
  });
  afterAll(() => app.stop());

  const trail = async (entityId: string) =>
    (await admin.get('/api/audit-logs', { entity: 'customer', entityId, pageSize: 100 })).body.data.list;
  const count = () => app.connection.collection('audit_logs').countDocuments({ entity: 'customer' });
  const by = (actor: Actor, answer: Answer) => ({
    actorId: actor.id,
    actorName: '李静',
    entity: 'customer',
    requestId: answer.headers.get('x-request-id'),
  });

  it('records a creation: nothing before, every given field after', async () => {
    const input = customerInput({ address: '文三路', expectedStartDate: '2026-03-01' });
    const answer = await employee.post(`${CUSTOMERS}/create`, input);
    const { id, customerId } = answer.body.data;
    const records = await trail(id);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      ...by(employee, answer),
      entityId: id,
      action: 'create',
      before: null,
    });
    expect(records[0].after).toMatchObject({
      customerId,
      name: input.name,
      phone: input.phone,
      address: '文三路',
      expectedStartDate: '2026-02-28T16:00:00.000Z',
      assignedTo: employee.id,
      status: 'new',
    });
    expect(Object.keys(records[0].after)).not.toEqual(expect.arrayContaining(['searchTerms']));
    expect(Object.keys(records[0].after)).not.toEqual(expect.arrayContaining(['_id']));
  });

  it('records of a change the fields that changed, and no others', async () => {
    const { id, phone } = await createCustomer(employee, { notes: '旧', wechatId: 'wx_1' });
    const answer = await employee.patch(`${CUSTOMERS}/${id}`, {
      name: '李女士',
      phone,
      notes: null,
      familySize: 4,
      status: 'new',
    });
    expect((await trail(id))[0]).toMatchObject({
      ...by(employee, answer),
      action: 'update',
      before: { name: '张小明', notes: '旧' },
      after: { name: '李女士', familySize: 4 },
    });
    const [{ before, after }] = await trail(id);
    expect([Object.keys(before).sort(), Object.keys(after).sort()]).toEqual([
      ['name', 'notes'],
      ['familySize', 'name'],
    ]);
  });

  it('records a follow-up by what it moved', async () => {
    const { id } = await createCustomer(employee);
    const answer = await employee.post(`${CUSTOMERS}/${id}/follow-ups`, {
      content: '跟进',
      status: 'contacted',
      nextFollowUpDate: '2026-01-20',
    });
    const { createdAt } = answer.body.data;
    const [record] = await trail(id);
    expect(record).toMatchObject({ ...by(employee, answer), action: 'follow-up' });
    expect(record.before).toEqual({
      status: 'new',
      nextFollowUpAt: null,
      lastFollowUpAt: null,
      lastFollowUpBy: null,
    });
    expect(record.after).toEqual({
      status: 'contacted',
      nextFollowUpAt: '2026-01-19T16:00:00.000Z',
      lastFollowUpAt: createdAt,
      lastFollowUpBy: employee.id,
    });
  });

  it('records nothing for a change that changes nothing, nor for one that is refused', async () => {
    const { id, name, phone } = await createCustomer(employee);
    const other = await createCustomer(employee);
    const before = await count();
    expect((await employee.patch(`${CUSTOMERS}/${id}`, { name, phone })).status).toBe(200);
    expect((await employee.patch(`${CUSTOMERS}/${id}`, {})).status).toBe(200);
    expect(await employee.patch(`${CUSTOMERS}/${id}`, { phone: other.phone })).toMatchObject(
      refusal('DUPLICATE_PHONE'),
    );
    expect(await employee.post(`${CUSTOMERS}/create`, customerInput({ phone }))).toMatchObject(
      refusal('DUPLICATE_PHONE'),
    );
    expect(await employee.patch(`${CUSTOMERS}/${id}`, { phone: null })).toMatchObject(
      refusal('MISSING_CONTACT'),
    );
    expect(await count()).toBe(before);
  });

  it('tells the life of a customer in order, newest first', async () => {
    const { id } = await createCustomer(employee);
    await employee.patch(`${CUSTOMERS}/${id}`, { notes: '一' });
    await admin.patch(`${CUSTOMERS}/${id}/assign`, { assignedTo: admin.id });
    await admin.post(`${CUSTOMERS}/${id}/follow-ups`, { content: '二' });
    const records = await trail(id);
    expect(records.map(({ action }: { action: string }) => action)).toEqual([
      'follow-up',
      'assign',
      'update',
      'create',
    ]);
    expect(records.map(({ actorId }: { actorId: string }) => actorId)).toEqual([
      admin.id,
      admin.id,
      employee.id,
      employee.id,
    ]);
  });
});
