import type { Actor, Answer } from '../support/actor';
import { TestApp } from '../support/app';
import { phone } from '../support/factories';
import { ACTION, actionInput, messagesTo, subscribedAdvisor } from '../support/leads';
import { refusal } from '../support/refusal';

const AT_ONCE = 50;
const created = (answers: Answer[]) => answers.filter(({ body }) => body.data?.customerCreated === true);

describe('actions of one phone at the same time', () => {
  let one: TestApp;
  let two: TestApp;
  let advisor: Actor;
  beforeAll(async () => {
    one = await TestApp.start();
    two = await TestApp.start({ database: one.database });
    advisor = await subscribedAdvisor(one, 'o_racing');
  });
  afterAll(async () => {
    await one.stop();
    await two.stop();
  });

  const count = (collection: string, filter: Record<string, unknown>) =>
    one.connection.collection(collection).countDocuments(filter);
  const times = <T>(make: (i: number) => T) => Array.from({ length: AT_ONCE }, (_, i) => make(i));

  async function expectOneLead(customerPhone: string, answers: Answer[]): Promise<void> {
    const [first, ...others] = created(answers);
    expect(others).toEqual([]);
    const lead = await one.connection.collection('customers').findOne({ phone: customerPhone });
    expect(String(lead?.['_id'])).toBe(first?.body.data.customerId);
    expect(await count('customers', { phone: customerPhone })).toBe(1);
    expect(await count('customer_assignment_logs', { customerId: lead?.['_id'] })).toBe(1);
    expect(await count('audit_logs', { entityId: String(lead?.['_id']) })).toBe(1);
  }

  it('make one lead, 50 of different people', async () => {
    const customerPhone = phone();
    const answers = await Promise.all(
      times(() => one.asGuest().post(ACTION, actionInput(advisor.id, { customerPhone }))),
    );
    expect(answers.map(({ status }) => status)).toEqual(times(() => 200));
    await expectOneLead(customerPhone, answers);
    const lead = await one.connection.collection('customers').findOne({ phone: customerPhone });
    expect(await count('customer_actions', { customerRecordId: lead?.['_id'] })).toBe(AT_ONCE);
    const texts = (await messagesTo(one, 'o_racing')).map(({ data }) => data['thing1']?.value);
    expect(texts.filter((text) => text === '新客户查看了您的简历')).toHaveLength(1);
  });

  it('make one lead, 25 at each of two instances', async () => {
    const quiet = await one.asEmployee();
    const customerPhone = phone();
    const answers = await Promise.all(
      times((i) => (i % 2 ? one : two).asGuest().post(ACTION, actionInput(quiet.id, { customerPhone }))),
    );
    expect(answers.map(({ status }) => status)).toEqual(times(() => 200));
    await expectOneLead(customerPhone, answers);
    expect(await count('customer_actions', { advisorId: { $exists: true }, openid: /^o_person/ })).toBe(
      AT_ONCE * 2,
    );
  });

  it('make one lead and one action under one Idempotency-Key', async () => {
    const input = actionInput(advisor.id);
    const answers = await Promise.all(
      times((i) => (i % 2 ? one : two).asGuest().post(ACTION, input, { 'idempotency-key': 'one-for-all' })),
    );
    const firsts = answers.filter(
      ({ status, headers }) => status === 200 && !headers.get('idempotency-replayed'),
    );
    expect(firsts).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 200))
      expect(answer).toMatchObject(refusal('IDEMPOTENCY_IN_PROGRESS'));
    await expectOneLead(input.customerPhone, firsts);
    expect(await count('customer_actions', { openid: input.customerId })).toBe(1);
    const replay = await one.asGuest().post(ACTION, input, { 'idempotency-key': 'one-for-all' });
    expect(replay.text).toBe(firsts[0]?.text);
  });

  it('make one lead under a key each, and count once however often a transaction runs again', async () => {
    const strict = await TestApp.start({ database: one.database, env: { RATE_LIMIT_FACTOR: '1' } });
    const openid = 'o_thirty_times';
    const customerPhone = phone();
    // 30 in ten minutes are an openid's due: one counted twice would have another refused
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        strict.asGuest().post(ACTION, actionInput(advisor.id, { customerId: openid, customerPhone }), {
          'idempotency-key': `each-${i}`,
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 30 }, () => 200));
    await strict.app.close();
    expect(created(answers).length).toBeLessThanOrEqual(1);
    expect(await count('customers', { phone: customerPhone })).toBe(1);
    expect(await count('customer_actions', { openid })).toBe(30);
  });

  it('tell the advisor once of the same by the same person, also without a phone', async () => {
    const told = await subscribedAdvisor(one, 'o_once');
    const input = actionInput(told.id, { customerPhone: undefined });
    await Promise.all(times((i) => (i % 2 ? one : two).asGuest().post(ACTION, input)));
    expect(await messagesTo(one, 'o_once')).toHaveLength(1);
  });
});
