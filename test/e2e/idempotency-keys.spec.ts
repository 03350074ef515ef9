import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { customerInput } from '../support/factories';
import { refusal } from '../support/refusal';

const CREATE = '/api/customers/miniprogram/create';
const key = (value: string) => ({ 'idempotency-key': value });
const DAY_MS = 24 * 3600 * 1000;

interface Claim {
  _id: string;
  createdAt: Date;
  leaseEndsAt: Date;
  answer?: unknown;
}

describe('an Idempotency-Key', () => {
  let app: TestApp;
  let employee: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    employee = await app.asEmployee();
  });
  afterAll(() => app.stop());

  const claims = () => app.connection.collection<Claim>('idempotency_claims');
  /** That of the last call: what is kept of its answer is sealed, so it cannot be found by it. */
  const newestClaim = async () => {
    const claim = await claims().findOne({}, { sort: { createdAt: -1 } });
    return { _id: claim!._id };
  };

  it.each([
    ['empty', ''],
    ['too long', 'k'.repeat(256)],
    ['with a space', 'my key'],
    ['with a tab', 'my\tkey'],
    ['not ASCII', 'clé'],
  ])('that is %s is refused and nothing is made', async (_what, value) => {
    const input = customerInput();
    const answer = await employee.post(CREATE, input, key(value));
    expect(answer).toMatchObject(refusal('INVALID_PARAMS', 'Idempotency-Key'));
    expect(await app.connection.collection('customers').countDocuments({ phone: input.phone })).toBe(0);
  });

  it.each([['!'], ['k'.repeat(255)], ['~!@#$%^&*()_+{}|:"<>?`-=[];\',./']])(
    'of visible ASCII is honoured: %s',
    async (value) => {
      const input = customerInput();
      const first = await employee.post(CREATE, input, key(value));
      expect(first.status).toBe(200);
      expect((await employee.post(CREATE, input, key(value))).text).toBe(first.text);
    },
  );

  it('is not stored in clear, nor is the caller', async () => {
    await employee.post(CREATE, customerInput(), key('a-key-in-clear'));
    const stored = JSON.stringify(
      await claims()
        .find({}, { projection: { answer: 0 } })
        .toArray(),
    );
    expect(stored).not.toContain('a-key-in-clear');
    expect(stored).not.toContain(employee.id);
  });

  it('is forgotten after a day, by an index of the database', async () => {
    const indexes = await claims().indexes();
    expect(indexes).toContainEqual(
      expect.objectContaining({ key: { createdAt: 1 }, expireAfterSeconds: DAY_MS / 1000 }),
    );
  });

  it('whose day is over counts as new even before it is swept, with any body', async () => {
    const first = await employee.post(CREATE, customerInput(), key('yesterday'));
    await claims().updateOne(await newestClaim(), { $set: { createdAt: new Date(Date.now() - DAY_MS) } });
    const second = await employee.post(CREATE, customerInput(), key('yesterday'));
    expect([second.status, second.headers.get('idempotency-replayed')]).toEqual([200, null]);
    expect(second.body.data.id).not.toBe(first.body.data.id);
  });

  it('is honoured until then', async () => {
    const input = customerInput();
    const first = await employee.post(CREATE, input, key('nearly'));
    await claims().updateOne(await newestClaim(), {
      $set: { createdAt: new Date(Date.now() - DAY_MS + 30_000), leaseEndsAt: new Date(0) },
    });
    expect((await employee.post(CREATE, input, key('nearly'))).text).toBe(first.text);
  });

  it('of a call that died is free when its lease is over, for any body', async () => {
    await employee.post(CREATE, customerInput(), key('died'));
    const mine = await newestClaim();
    const leaseEndsAt = (ms: number) => ({
      $set: { leaseEndsAt: new Date(Date.now() + ms) },
      $unset: { answer: '' as const },
    });
    await claims().updateOne(mine, leaseEndsAt(30_000));
    const other = customerInput();
    expect(await employee.post(CREATE, other, key('died'))).toMatchObject(refusal('IDEMPOTENCY_KEY_REUSED'));
    await claims().updateOne(mine, leaseEndsAt(-1));
    const later = await employee.post(CREATE, other, key('died'));
    expect(later).toMatchObject({ status: 200, body: { data: { phone: other.phone } } });
  });

  it('goes with a body of sensible depth only', async () => {
    const nested = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`;
    const body = (depth: number) => `{"name":"张三","wechatId":"wx-deep","extra":${nested(depth)}}`;
    expect(await employee.post(CREATE, body(200_000), key('deep'))).toMatchObject(
      refusal('INVALID_PARAMS', 'body'),
    );
    expect(await employee.post(CREATE, body(20), key('deep'))).toMatchObject({ status: 200 });
  });
});
