import type { Answer } from '../support/actor';
import { TestApp } from '../support/app';
import { customerInput } from '../support/factories';
import { refusal } from '../support/refusal';

const CREATE = '/api/customers/miniprogram/create';
const key = (value: string) => ({ 'idempotency-key': value });
const replayed = ({ headers }: Answer) => headers.get('idempotency-replayed');

describe('first calls that come at the same time', () => {
  let one: TestApp;
  let two: TestApp;
  beforeAll(async () => {
    one = await TestApp.start();
    two = await TestApp.start({ database: one.database });
  });
  afterAll(async () => {
    await one.stop();
    await two.stop();
  });

  const customersOf = (phone: string) => one.connection.collection('customers').countDocuments({ phone });

  /** Every answer is the one first answer, once made and otherwise replayed, or the word to come again. */
  function expectOneFirst(answers: Answer[]): Answer {
    const firsts = answers.filter((answer) => answer.status === 200 && !replayed(answer));
    expect(firsts).toHaveLength(1);
    const [first] = firsts;
    if (!first) throw new Error('unreachable');
    for (const answer of answers.filter((candidate) => candidate !== first)) {
      if (answer.status === 200) {
        expect([answer.text, replayed(answer)]).toEqual([first.text, 'true']);
      } else {
        expect(answer).toMatchObject(refusal('IDEMPOTENCY_IN_PROGRESS'));
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      }
    }
    return first;
  }

  it('make exactly one record, 50 at one instance', async () => {
    const employee = await one.asEmployee();
    const input = customerInput();
    const calls = Array.from({ length: 50 }, () => employee.post(CREATE, input, key('fifty')));
    const first = expectOneFirst(await Promise.all(calls));
    expect(await customersOf(input.phone)).toBe(1);
    expect((await employee.post(CREATE, input, key('fifty'))).text).toBe(first.text);
  });

  it('make exactly one record, 25 at each of two instances, and both replay it', async () => {
    const employee = await one.asEmployee();
    const elsewhere = employee.at(two.url);
    const input = { name: '张三', wechatId: 'wx-races' };
    const calls = Array.from({ length: 50 }, (_, i) =>
      (i % 2 ? employee : elsewhere).post(CREATE, input, key('two-instances')),
    );
    const first = expectOneFirst(await Promise.all(calls));
    const filter = { wechatId: input.wechatId };
    expect(await one.connection.collection('customers').countDocuments(filter)).toBe(1);
    for (const caller of [employee, elsewhere]) {
      expect(await caller.post(CREATE, input, key('two-instances'))).toMatchObject({ text: first.text });
    }
  });

  it('with different bodies make one record, of one of the bodies', async () => {
    const employee = await one.asEmployee();
    const inputs = Array.from({ length: 10 }, () => customerInput());
    const answers = await Promise.all(inputs.map((input) => employee.post(CREATE, input, key('bodies'))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 200)) {
      expect(answer).toMatchObject(refusal('IDEMPOTENCY_KEY_REUSED'));
    }
    const phones = inputs.map(({ phone }) => phone);
    const filter = { phone: { $in: phones } };
    expect(await one.connection.collection('customers').countDocuments(filter)).toBe(1);
  });

  it('under different keys make a record each', async () => {
    const employee = await one.asEmployee();
    const inputs = Array.from({ length: 20 }, () => customerInput());
    const answers = await Promise.all(
      inputs.map((input, i) => employee.post(CREATE, input, key(`own-${i}`))),
    );
    expect(answers.map(({ status }) => status)).toEqual(inputs.map(() => 200));
    expect(new Set(answers.map(({ body }) => body.data.customerId as string)).size).toBe(20);
  });

  it('that find a dead call’s claim go on as one', async () => {
    const employee = await one.asEmployee();
    const claims = one.connection.collection('idempotency_claims');
    const before = await claims.distinct('_id');
    await employee.post(CREATE, customerInput(), key('taken-over'));
    const filter = { _id: { $nin: before } };
    await claims.updateOne(filter, { $set: { leaseEndsAt: new Date(0) }, $unset: { answer: '' } });
    const input = customerInput();
    const calls = Array.from({ length: 10 }, () => employee.post(CREATE, input, key('taken-over')));
    expectOneFirst(await Promise.all(calls));
    expect(await customersOf(input.phone)).toBe(1);
  });
});
