import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { ACCEPTED_TOGETHER, REFUSED } from '../support/customer-fields';
import { createCustomer, CUSTOMERS, NOBODY, storedCustomer } from '../support/customers';
import { customerInput, phone } from '../support/factories';
import { refusal } from '../support/refusal';

const CREATE = `${CUSTOMERS}/create`;

describe('a new customer', () => {
  let app: TestApp;
  let manager: Actor;
  let employee: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    [manager, employee] = await Promise.all([app.asManager(), app.asEmployee()]);
  });
  afterAll(() => app.stop());

  const countCustomers = () => app.connection.collection('customers').countDocuments();

  it('starts new, 待定, from 其他, with all the rest empty', async () => {
    const number = phone();
    const answer = await manager.post(CREATE, { name: '张女士', phone: number });
    expect(answer).toMatchObject({ status: 200, body: { success: true, message: '创建成功' } });
    const { id, customerId, createdAt, updatedAt, ...rest } = answer.body.data;
    expect(customerId).toMatch(/^CUS\d{11}$/);
    expect(createdAt).toBe(updatedAt);
    const { body } = await manager.get(`${CUSTOMERS}/${id}`);
    expect(body.data).toEqual(answer.body.data);
    const {
      name,
      phone: kept,
      leadSource,
      contractStatus,
      status,
      createdBy,
      createdByName,
      ...empty
    } = rest;
    expect({ name, kept, leadSource, contractStatus, status, createdBy, createdByName }).toEqual({
      name: '张女士',
      kept: number,
      leadSource: '其他',
      contractStatus: '待定',
      status: 'new',
      createdBy: manager.id,
      createdByName: '李静',
    });
    expect(Object.values(empty).every((value) => value === null || value === '')).toBe(true);
  });

  it.each(ACCEPTED_TOGETHER)('takes $input', async ({ input, answered }) => {
    const created = await createCustomer(manager, input);
    expect(created).toMatchObject(answered);
    expect((await manager.get(`${CUSTOMERS}/${created.id}`)).body.data).toEqual(created);
  });

  it.each([...REFUSED, ['assignedTo', 'nobody'], ['assignedTo', { $ne: null }], ['name', undefined]])(
    'refuses %s = %j and stores nothing',
    async (field, value) => {
      const before = await countCustomers();
      const answer = await manager.post(CREATE, customerInput({ [field]: value }));
      expect(answer).toMatchObject(refusal('INVALID_PARAMS', field));
      expect(await countCustomers()).toBe(before);
    },
  );

  it('names every wrong field at once', async () => {
    const answer = await manager.post(CREATE, { phone: '1', familySize: 0 });
    expect(answer).toMatchObject(refusal('INVALID_PARAMS'));
    const fields = answer.body.details.map((problem: { field: string }) => problem.field);
    expect(fields.sort()).toEqual(['familySize', 'name', 'phone']);
  });

  it.each([['[]'], ['"text"'], ['null'], ['7']])('refuses a body that is %s', async (body) => {
    expect(await manager.post(CREATE, body)).toMatchObject(refusal('INVALID_PARAMS'));
  });

  it('drops the fields that a caller may not set, and those that nobody knows', async () => {
    const input = customerInput({
      customerId: 'CUS99999999999',
      createdBy: NOBODY,
      assignedBy: NOBODY,
      searchTerms: ['planted'],
      createdAt: '2020-01-01',
      lastFollowUpAt: '2020-01-01',
      vip: true,
      $where: '1',
    });
    const created = (await manager.post(CREATE, input)).body.data;
    const stored = await storedCustomer(app, created.id);
    expect(Object.keys(stored).filter((name) => ['vip', '$where'].includes(name))).toEqual([]);
    expect(stored.customerId).toBe(created.customerId);
    expect(stored.customerId).not.toBe('CUS99999999999');
    expect(stored.createdBy.toHexString()).toBe(manager.id);
    expect(stored.assignedBy).toBeNull();
    expect(stored.lastFollowUpAt).toBeNull();
    expect(stored.searchTerms).not.toContain('planted');
    expect(stored.createdAt.getFullYear()).toBeGreaterThan(2020);
  });

  it.each([[''], [null]])('takes %j for a field left blank, and stores none', async (blank) => {
    const fields = ['wechatId', 'serviceType', 'expectedBudget', 'address', 'expectedStartDate', 'leadLevel'];
    const created = await createCustomer(
      manager,
      Object.fromEntries([...fields, 'leadSource', 'status', 'assignedTo'].map((field) => [field, blank])),
    );
    expect(fields.map((field) => created[field])).toEqual(fields.map(() => null));
    expect(created).toMatchObject({ leadSource: '其他', status: 'new', assignedTo: null });
    const stored = Object.keys(await storedCustomer(app, created.id));
    expect(stored.filter((name) => fields.includes(name))).toEqual([]);
  });

  it.each([[{}], [{ phone: '', wechatId: '' }], [{ phone: null, wechatId: null }]])(
    'needs a phone or a wechatId: %j is MISSING_CONTACT',
    async (contact) => {
      expect(await manager.post(CREATE, { name: '张女士', ...contact })).toMatchObject(
        refusal('MISSING_CONTACT'),
      );
    },
  );

  it.each([[{ phone: phone() }], [{ wechatId: 'wx_zhang' }], [{ phone: phone(), wechatId: 'wx_zhang' }]])(
    'is content with %j',
    async (contact) => {
      expect((await manager.post(CREATE, { name: '张女士', ...contact })).body.data).toMatchObject(contact);
    },
  );

  it('may share a wechatId or have no phone, but never share a phone', async () => {
    const { phone: taken } = await createCustomer(manager, { wechatId: 'same' });
    await createCustomer(manager, { phone: undefined, wechatId: 'same' });
    await createCustomer(manager, { phone: undefined, wechatId: 'same' });
    expect(await employee.post(CREATE, customerInput({ phone: taken }))).toMatchObject(
      refusal('DUPLICATE_PHONE', 'phone'),
    );
  });

  it('is made once when ten callers send one phone at the same time', async () => {
    const input = customerInput();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => (i % 2 ? manager : employee).post(CREATE, input)),
    );
    expect(answers.map(({ body }) => body.code ?? 'created').sort()).toEqual([
      ...Array<string>(9).fill('DUPLICATE_PHONE'),
      'created',
    ]);
    expect(await app.connection.collection('customers').countDocuments({ phone: input.phone })).toBe(1);
  });

  it('has a number of its own when 50 are made at once', async () => {
    const created = await Promise.all(Array.from({ length: 50 }, () => createCustomer(manager)));
    const numbers = created.map(({ customerId }) => customerId as string);
    expect(new Set(numbers).size).toBe(50);
    expect(numbers.filter((number) => !/^CUS\d{11}$/.test(number))).toEqual([]);
  });

  describe('belongs', () => {
    it('to the employee who makes it, whoever they name', async () => {
      const other = await app.asEmployee();
      const created = await createCustomer(employee, { assignedTo: other.id });
      expect(created).toMatchObject({
        assignedTo: employee.id,
        assignedBy: employee.id,
        assignedToName: '李静',
      });
      expect(created.assignedAt).toBe(created.createdAt);
    });

    it('to whom a manager names, and that is the first entry of its assignment log', async () => {
      const created = await createCustomer(manager, { assignedTo: employee.id });
      const logs = await manager.get(`${CUSTOMERS}/${created.id}/assignment-logs`);
      expect(logs.body.data).toMatchObject({
        total: 1,
        list: [
          {
            customerId: created.id,
            oldAssignedTo: null,
            oldAssignedToName: '',
            newAssignedTo: employee.id,
            newAssignedToName: '李静',
            assignedBy: manager.id,
            action: 'create',
            assignedAt: created.createdAt,
          },
        ],
      });
    });

    it('to nobody yet when a manager names nobody, and nothing is logged', async () => {
      const created = await createCustomer(manager);
      expect(created).toMatchObject({ assignedTo: null, assignedBy: null, assignedAt: null });
      const logs = await manager.get(`${CUSTOMERS}/${created.id}/assignment-logs`);
      expect(logs.body.data).toMatchObject({ total: 0, list: [] });
    });

    it.each(['nobody', 'an interviewer', 'a disabled account'])('never to %s', async (kind) => {
      const before = await countCustomers();
      const target =
        kind === 'nobody' ? NOBODY : (await app.asStaff(kind === 'an interviewer' ? 'hr' : 'employee')).id;
      if (kind === 'a disabled account')
        await (await app.asAdmin()).patch(`/api/users/${target}`, { active: false });
      const answer = await manager.post(CREATE, customerInput({ assignedTo: target }));
      expect(answer).toMatchObject(refusal('INVALID_PARAMS', 'assignedTo'));
      expect(await countCustomers()).toBe(before);
    });
  });

  it('is made once for one Idempotency-Key, and answered the same again', async () => {
    const input = customerInput();
    const key = { 'Idempotency-Key': 'form-1' };
    const first = await employee.post(CREATE, input, key);
    const again = await employee.post(CREATE, input, key);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.text).toBe(first.text);
    expect(await employee.post(CREATE, customerInput(), key)).toMatchObject(
      refusal('IDEMPOTENCY_KEY_REUSED'),
    );
    expect(await app.connection.collection('customers').countDocuments({ phone: input.phone })).toBe(1);
  });
});
