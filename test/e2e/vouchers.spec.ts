import type { Actor } from '../support/actor';
import type { TestApp } from '../support/app';
import { testDatabase } from '../support/database';
import { DONE, post } from '../support/jobs';
import { refused } from '../support/members';
import { manyJobs, Market, RECORDS, SPEND, spend, TEN } from '../support/payments';

const DAY_MS = 86_400_000;

describe('contact vouchers', () => {
  let market: Market;
  let second: TestApp;
  let owner: Actor;
  let member: Actor;
  let jobId: number;
  beforeAll(async () => {
    market = await Market.start({ CONTACT_VISIBILITY: 'voucher' });
    second = await market.second();
  });
  beforeEach(async () => {
    [owner, member] = await Promise.all([market.app.asMember(), market.app.asMember()]);
    jobId = await post(owner, { positions: '厨师长', contact_person_name: '段先生', contact: '15039021712' });
  });
  afterAll(async () => {
    await market.requireSoundLedgers();
    await second.app.close();
    await market.stop();
  });

  const records = async (who: Actor, page: object = {}) => (await who.post(RECORDS, page)).body.data;
  const history = async (who: Actor, side: 'out' | 'in') =>
    (await who.post(`/contact_history/${side}`, {})).body.data as { list: object[]; total: number };

  describe('are spent', () => {
    it('one for a contact, which both sides see, with the name and phone of the job', async () => {
      await market.bought(member, TEN);
      const answer = await member.post(SPEND, {
        purpose_id: jobId,
        purpose_type: 2,
        purpose_user_id: 1,
        purpose_user_name: '骗子',
        purpose_user_phone: '13900000000',
      });
      expect(answer.body).toEqual(DONE);
      expect(await records(member)).toEqual({
        contact_voucher_num: 9,
        list: [
          {
            id: expect.any(Number),
            type: 'cost',
            title: '拨打电话',
            change_num: -1,
            create_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/),
          },
          expect.objectContaining({ type: 'buy', change_num: 10 }),
        ],
        list_total: 2,
      });
      expect(await history(member, 'out')).toMatchObject({
        list: [
          {
            positions: '厨师长',
            purpose_user_id: owner.memberId,
            purpose_user_name: '段先生',
            purpose_user_phone: '15039021712',
          },
        ],
        total: 1,
      });
      expect(await history(owner, 'in')).toMatchObject({
        list: [{ purpose_user_id: member.memberId }],
        total: 1,
      });
      // and now the job's phone is shown
      const info = await member.post('/jobs/info', { job_id: jobId });
      expect(info.body.data.contact).toBe('15039021712');
    });

    it('not on the same job again within thirty days, and then again', async () => {
      await market.bought(member, TEN);
      for (let calls = 0; calls < 3; calls += 1) expect((await spend(member, jobId)).body).toEqual(DONE);
      expect(await market.balance(member)).toBe(9);
      const passes = market.app.connection.collection('contact_passes');
      const paidAgo = (days: number) =>
        passes.updateOne(
          { _id: `${member.id}:${jobId}` as never },
          { $set: { paidAt: new Date(Date.now() - days * DAY_MS) } },
        );
      await paidAgo(29.9);
      await spend(member, jobId);
      expect(await market.balance(member)).toBe(9);
      await paidAgo(30.1);
      await spend(member, jobId);
      expect(await market.balance(member)).toBe(8);
    });

    it('once, however many ask for the same job at once, at two instances', async () => {
      await market.bought(member, TEN);
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, i) => spend(i % 2 ? member : member.at(second.url), jobId)),
      );
      expect(answers.map(({ body }) => body)).toEqual(answers.map(() => DONE));
      expect(await market.balance(member)).toBe(9);
      expect(await history(member, 'out')).toMatchObject({ total: 1 });
    });

    it('once under one idempotency key', async () => {
      await market.bought(member, TEN);
      const headers = { 'idempotency-key': 'spend-1' };
      const [first, again] = [await spend(member, jobId, headers), await spend(member, jobId, headers)];
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(again.body).toEqual(first.body);
      expect(await market.balance(member)).toBe(9);
    });

    it('never beyond the last one', async () => {
      expect(await spend(member, jobId)).toMatchObject({
        status: 400,
        body: { code: 1002, message: 'Insufficient contact voucher', data: '联系券不足，请先购买' },
      });
      expect(await history(member, 'out')).toMatchObject({ total: 0 });
      expect(await records(member)).toEqual({ contact_voucher_num: 0, list: [], list_total: 0 });
      // what was refused is not remembered as paid
      await market.bought(member);
      await spend(member, jobId);
      expect(await market.balance(member)).toBe(0);
    });

    it('not on a job of one’s own, a closed one, one that was taken down, or none', async () => {
      await market.bought(owner);
      expect(await spend(owner, jobId)).toMatchObject(refused(400, /^purpose_id: /));
      const closed = await post(await market.app.asMember());
      await market.app.connection
        .collection('marketplace_jobs')
        .updateOne({ _id: closed as never }, { $set: { status: 2 } });
      expect(await spend(owner, closed)).toMatchObject(refused(409, '信息已关闭'));
      const admin = await market.app.asAdmin();
      const other = await post(member);
      await admin.post(`/api/admin/jobs/${other}/take-down`, { reason: '虚假信息' });
      expect(await spend(owner, other)).toMatchObject(refused(404));
      expect(await spend(owner, 99_999_999)).toMatchObject(refused(404));
      expect(await market.balance(owner)).toBe(1);
    });

    it.each([
      ['purpose_id', { purpose_type: 1 }],
      ['purpose_id', { purpose_id: 'x' }],
      ['purpose_id', { purpose_id: -1 }],
      ['purpose_type', { purpose_id: 1, purpose_type: 9 }],
    ])('not with a wrong %s: %o', async (field, body) => {
      expect(await member.post(SPEND, body)).toMatchObject(refused(400, new RegExp(`^${field}: `)));
    });

    it('by members alone', async () => {
      for (const path of [SPEND, RECORDS])
        expect(await market.app.asGuest().post(path, { purpose_id: jobId })).toMatchObject(refused(401));
    });
  });

  it('ten are spent ten times, whoever asks for a hundred contacts at once', async () => {
    const jobs = await manyJobs(market.app, 100);
    await market.bought(member, TEN);
    // a hundred for one account may be too many for an emulated database: who is told so asks again
    const patience = testDatabase().embedded ? 0 : 5;
    const served = async (id: number, who: Actor, again = patience): Promise<number> => {
      const { body } = await spend(who, id);
      return body.code === 503 && again > 0 ? served(id, who, again - 1) : (body.code as number);
    };
    const codes = await Promise.all(jobs.map((id, i) => served(id, i % 2 ? member : member.at(second.url))));
    expect(codes.filter((code) => code === 0)).toHaveLength(10);
    expect(codes.filter((code) => code === 1002)).toHaveLength(90);
    expect(await market.balance(member)).toBe(0);
    expect(await history(member, 'out')).toMatchObject({ total: 10 });
    expect(await records(member)).toMatchObject({ list_total: 11 });
  });

  describe('are listed', () => {
    it('page by page, newest first', async () => {
      await market.bought(member, TEN);
      const jobs = await manyJobs(market.app, 4);
      for (const id of jobs) await spend(member, id);
      const [first, last] = [
        await records(member, { page_num: 1, page_size: 2 }),
        await records(member, { page_num: 3, page_size: 2 }),
      ];
      expect(first).toMatchObject({ contact_voucher_num: 6, list_total: 5, list: { length: 2 } });
      expect(last.list).toEqual([expect.objectContaining({ type: 'buy' })]);
      expect(await member.post(RECORDS, { page_size: 101 })).toMatchObject(refused(400, /^page_size: /));
      expect(await member.post(RECORDS, { page_num: 1001 })).toMatchObject(refused(400, /^page_num: /));
      const calls = await market.app.databaseCalls(() => records(member));
      expect(calls.sort()).toEqual(['find voucher_accounts', 'find voucher_entries']);
    });

    it('to their owner alone', async () => {
      await market.bought(member);
      expect(await records(owner)).toMatchObject({ contact_voucher_num: 0, list: [] });
    });
  });

  it('spending takes a fixed number of database calls', async () => {
    await market.bought(member, TEN);
    const [one, other] = await manyJobs(market.app, 2);
    const callsFor = async (id: number) => {
      const calls = await market.app.databaseCalls(() => spend(member, id));
      // the account itself is looked up every few seconds
      return calls[0] === 'find members' ? calls.slice(1) : calls;
    };
    const first = await callsFor(one!);
    expect(first.length).toBeLessThanOrEqual(10);
    expect(await callsFor(other!)).toEqual(first);
  });
});

describe('a gift at registration', () => {
  it('is given once, within the registration', async () => {
    const market = await Market.start({ REGISTER_GIFT_VOUCHERS: '3' });
    const member = await market.app.asMember({ openid: 'o_newcomer' });
    const again = await market.app.asMember({ openid: 'o_newcomer' });
    expect(again.id).toBe(member.id);
    const { data } = (await member.post(RECORDS)).body;
    expect(data).toMatchObject({
      contact_voucher_num: 3,
      list: [{ type: 'gift', title: '注册赠送', change_num: 3 }],
      list_total: 1,
    });
    await market.requireSoundLedgers();
    await market.stop();
  });
});
