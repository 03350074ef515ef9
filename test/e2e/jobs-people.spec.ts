import { Transactions } from '../../src/database/transactions';
import { ContactsService, FREE_AGAIN_MS } from '../../src/modules/contacts/contacts.service';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { DONE, idsOf, jobInput, list, post, SHANGHAI, storedJobs, top } from '../support/jobs';
import { refused } from '../support/members';
import { refusal } from '../support/refusal';

const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/;

describe('jobs and the people around them', () => {
  /** Two instances, of which the second shows contacts to who has paid only. */
  let app: TestApp;
  let byVoucher: TestApp;
  let guest: Actor;
  let owner: Actor;
  let member: Actor;
  let admin: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    byVoucher = await TestApp.start({ database: app.database, env: { CONTACT_VISIBILITY: 'voucher' } });
    guest = app.asGuest();
    admin = await app.asAdmin();
  });
  beforeEach(async () => {
    [owner, member] = [
      await app.asMember({ phone: '13900001111' }),
      await app.asMember({ phone: '13900002222' }),
    ];
  });
  afterAll(async () => {
    await byVoucher.app.close();
    await app.stop();
  });

  const contacts = () => app.app.get(ContactsService);
  const inTransaction = <T>(work: Parameters<Transactions['run']>[1]) =>
    app.app.get(Transactions).run({}, work) as Promise<T>;
  /** As a spent voucher does it. */
  async function contact(who: Actor, jobId: number, more: object = {}): Promise<number> {
    const _id = await contacts().nextId();
    const job = (await storedJobs(app).findOne({ _id: jobId }))!;
    await inTransaction(async (session) => {
      await contacts().mustPay(who.memberId, jobId, session);
      const { memberId: ownerId, bizType, positions, address } = job;
      const { contactPersonName: name, contact: phone } = job;
      const record = {
        _id,
        memberId: who.memberId,
        jobId,
        ownerId,
        bizType,
        positions,
        address,
        name,
        phone,
      };
      await contacts().record({ ...record, createdAt: new Date(), ...more }, session);
    });
    return _id;
  }
  const infoOf = async (id: number, as: Actor) => (await as.post('/jobs/info', { job_id: id })).body.data;

  describe('the contact', () => {
    const TEXTS = {
      description: '加微信 138 0013 8000 或 021-65551234，工号 20260115',
      positions: '保洁13800138000',
      address: '南京东路 100 号',
    };

    it('is open to everybody by default, as documented', async () => {
      const id = await post(owner, TEXTS);
      expect(await infoOf(id, guest)).toMatchObject({ contact: '13800138000', ...TEXTS });
      const listed = (await list(guest)).body.data.jobs.find((job: { id: number }) => job.id === id);
      expect(listed).toMatchObject({ contact: '13800138000', ...TEXTS });
    });

    it('is masked wherever it stands until a voucher was spent on the job, where so set', async () => {
      const id = await post(owner, TEXTS);
      const masked = {
        contact: '138****8000',
        description: '加微信 138****8000 或 021****1234，工号 20260115',
        positions: '保洁138****8000',
        address: '南京东路 100 号',
      };
      const seenBy = async (actor: Actor) => {
        const there = actor.at(byVoucher.url);
        const { jobs } = (await list(there)).body.data;
        const listed = jobs.find((job: { id: number }) => job.id === id);
        const { positions, contact: phone, description, address } = await infoOf(id, there);
        const shown = { positions, contact: phone, description, address };
        expect(listed).toMatchObject(shown);
        return shown;
      };
      expect(await seenBy(guest)).toEqual(masked);
      expect(await seenBy(member)).toEqual(masked);
      expect(await seenBy(owner)).toEqual({ contact: '13800138000', ...TEXTS });
      await contact(member, id);
      expect(await seenBy(member)).toEqual({ contact: '13800138000', ...TEXTS });
      expect(await seenBy(guest)).toEqual(masked);
    });

    it('is masked among the favourites too', async () => {
      const id = await post(owner, { ...TEXTS, address: '南京东路，找王姐 +86 138-0013-8000' });
      await member.post('/job/collect', { job_id: id });
      const put = async (limited: TestApp) =>
        (await member.at(limited.url).post('/collect/my', {})).body.data.list[0];
      const shown = { positions: '保洁13800138000', address: '南京东路，找王姐 +86 138-0013-8000' };
      const masked = { positions: '保洁138****8000', address: '南京东路，找王姐 138****8000' };
      expect(await put(app)).toMatchObject(shown);
      expect(await put(byVoucher)).toMatchObject(masked);
      await contact(member, id);
      expect(await put(byVoucher)).toMatchObject(shown);
    });

    it('is found by no part of it, which would tell it digit by digit', async () => {
      const id = await post(owner, { positions: '找零工13800138000' });
      const found = async (positions: string) => (await idsOf(list(guest, { positions }))).includes(id);
      expect(await Promise.all(['零工', '1380', '00138000'].map(found))).toEqual([true, false, false]);
    });

    it('of a closed job is for its owner and who has paid', async () => {
      const id = await post(owner);
      await contact(member, id);
      await owner.post('/job/close', { job_id: id });
      expect((await infoOf(id, guest)).contact).toBe('138****8000');
      expect((await infoOf(id, member)).contact).toBe('13800138000');
    });

    it('costs one more look into the database where it may be hidden, however many jobs there are', async () => {
      for (let i = 0; i < 3; i++) await post(owner);
      const calls = (limited: TestApp, actor: Actor) =>
        limited.databaseCalls(() => actor.at(limited.url).post('/jobs/list', { page_size: 100 }));
      const open = await calls(app, member);
      const hidden = await calls(byVoucher, member);
      expect(hidden.filter((call) => call === 'find contact_passes')).toHaveLength(1);
      expect(open).not.toContain('find contact_passes');
    });
  });

  describe('POST /api/admin/jobs/:id/take-down', () => {
    const takeDown = (id: unknown, reason: unknown = '内容与招聘无关', actor = admin) =>
      actor.post(`/api/admin/jobs/${String(id)}/take-down`, { reason });

    it('takes a job out of sight, and tells its owner why', async () => {
      const id = await post(owner);
      await top(app, id);
      await member.post('/job/collect', { job_id: id });
      const answer = await takeDown(id);
      expect(answer.body).toMatchObject({
        message: '下架成功',
        data: { id, memberId: owner.memberId, status: 3, reason: '内容与招聘无关', takenDownBy: admin.id },
      });
      expect(await guest.post('/jobs/info', { job_id: id })).toMatchObject(refused(404));
      expect(await member.post('/jobs/info', { job_id: id })).toMatchObject(refused(404));
      expect(await idsOf(list(guest))).not.toContain(id);
      expect((await member.post('/collect/my', {})).body.data.list).toEqual([]);
      expect(await member.post('/job/collect', { job_id: id })).toMatchObject(refused(404));
      const told = { id, status: 3, take_down_reason: '内容与招聘无关', photo_urls: [] };
      expect(await infoOf(id, owner)).toMatchObject(told);
      expect((await owner.post('/jobs/my', {})).body.data.list).toEqual([expect.objectContaining(told)]);
      for (const [path, body] of [
        ['/jobs/update', { id, positions: '收银员' }],
        ['/jobs/refresh', { job_id: id }],
        ['/job/close', { job_id: id }],
      ] as const)
        expect(await owner.post(path, body)).toMatchObject(refused(409, '信息已被下架'));
      // it no longer counts among the five
      for (let i = 0; i < 5; i++) await post(owner);
    });

    it('is recorded, once, with the first reason', async () => {
      const id = await post(owner);
      await Promise.all([takeDown(id, '第一'), takeDown(id, '第一'), takeDown(id, '第一')]);
      const again = await takeDown(id, '第二');
      expect(again.body.data.reason).toBe('第一');
      const { list: logs } = (await admin.get('/api/audit-logs', { entity: 'job', entityId: String(id) }))
        .body.data;
      expect(logs).toHaveLength(1);
      expect(logs[0]).toMatchObject({
        action: 'take-down',
        actorId: admin.id,
        before: { status: 1 },
        after: { status: 3, takenDown: { reason: '第一' } },
      });
    });

    it('wins against a change by the owner, whichever comes first', async () => {
      for (let i = 0; i < 4; i++) {
        const id = await post(owner);
        const photo_urls = ['https://example.com/photos/late.jpg'];
        const changes = [
          { description: '同时修改', photo_urls },
          { positions: '收银员', photo_urls },
        ];
        await Promise.all([
          takeDown(id),
          ...changes.map((change) => owner.post('/jobs/update', { id, ...change })),
          owner.post('/jobs/refresh', { job_id: id }),
          top(app, id),
        ]);
        expect(await infoOf(id, owner)).toMatchObject({ status: 3, photo_urls: [] });
        expect(await guest.post('/jobs/info', { job_id: id })).toMatchObject(refused(404));
        for (const query_type of [1, 2, 3])
          expect(await idsOf(list(guest, SHANGHAI, { query_type }))).not.toContain(id);
      }
    });

    it('of a closed job takes it out of sight too', async () => {
      const id = await post(owner);
      await owner.post('/job/close', { job_id: id });
      expect((await takeDown(id)).status).toBe(200);
      expect(await guest.post('/jobs/info', { job_id: id })).toMatchObject(refused(404));
    });

    it.each([
      ['no reason', () => ({ reason: undefined }), 'reason'],
      ['an empty reason', () => ({ reason: ' ' }), 'reason'],
      ['a long reason', () => ({ reason: '因'.repeat(201) }), 'reason'],
    ])('refuses %s', async (_what, body, field) => {
      const id = await post(owner);
      const answer = await admin.post(`/api/admin/jobs/${id}/take-down`, body());
      expect(answer).toMatchObject(refusal('INVALID_PARAMS', field));
    });

    it('knows which jobs there are', async () => {
      expect(await takeDown(99_999_999)).toMatchObject(refusal('NOT_FOUND'));
      expect(await takeDown('abc')).toMatchObject(refusal('INVALID_PARAMS', 'id'));
      expect(await takeDown(0)).toMatchObject(refusal('INVALID_PARAMS', 'id'));
    });

    it('is for administrators', async () => {
      const id = await post(owner);
      for (const actor of [await app.asManager(), await app.asEmployee(), await app.asHr()])
        expect(await takeDown(id, '因', actor)).toMatchObject(refusal('FORBIDDEN'));
      expect(await takeDown(id, '因', guest)).toMatchObject(refusal('UNAUTHORIZED'));
      expect(await takeDown(id, '因', owner)).toMatchObject(refusal('UNAUTHORIZED'));
      expect(await infoOf(id, guest)).toMatchObject({ status: 1 });
    });
  });

  describe('favourites', () => {
    const mine = async (body: object = {}) => (await member.post('/collect/my', body)).body.data;

    it('are put aside and taken out by every spelling, however often', async () => {
      const id = await post(owner);
      for (const path of ['/job/collect', '/jobs/collect', '/job/collect'])
        expect((await member.post(path, { job_id: id })).body).toEqual(DONE);
      expect(await mine()).toMatchObject({ list: [{ job_id: id }], total: 1 });
      for (const path of ['/job/cancnel_collect', '/jobs/cancel_collect', '/job/cancel_collect'])
        expect((await member.post(path, { job_id: String(id) })).body).toEqual(DONE);
      expect(await mine()).toEqual({ list: [], total: 0 });
      expect((await member.post('/job/cancnel_collect', { job_id: 99_999_999 })).body).toEqual(DONE);
    });

    it('are put aside once under one idempotency key', async () => {
      const id = await post(owner);
      const headers = { 'idempotency-key': `collect-${id}` };
      expect((await member.post('/job/collect', { job_id: id }, headers)).body).toEqual(DONE);
      await member.post('/job/cancel_collect', { job_id: id });
      const again = await member.post('/job/collect', { job_id: id }, headers);
      expect(again.body).toEqual(DONE);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      // it is the answer of the first, and not another attempt
      expect(await mine()).toEqual({ list: [], total: 0 });
      const other = await post(owner);
      expect(await member.post('/job/collect', { job_id: other }, headers)).toMatchObject({ status: 422 });
    });

    it('are put aside once by ten at once', async () => {
      const id = await post(owner);
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => member.post('/job/collect', { job_id: id })),
      );
      expect(answers.map(({ body }) => body)).toEqual(Array(10).fill(DONE));
      expect((await mine()).total).toBe(1);
    });

    it('are listed newest first, as they are now, each member their own', async () => {
      const ids = [await post(owner), await post(owner, { biz_type: 2 }), await post(owner)];
      for (const id of ids) await member.post('/job/collect', { job_id: id });
      await owner.post('/jobs/update', { id: ids[2], positions: '收银员' });
      await owner.post('/job/close', { job_id: ids[0] });
      await top(app, ids[2]!);
      const { list: all, total } = await mine();
      expect([all.map(({ job_id }: { job_id: number }) => job_id), total]).toEqual([ids.toReversed(), 3]);
      const { positions: _positions, ...fields } = jobInput();
      expect(all[0]).toEqual({
        job_id: ids[2],
        positions: '收银员',
        salary_min: fields.salary_min,
        salary_max: fields.salary_max,
        first_area_des: fields.first_area_des,
        second_area_des: fields.second_area_des,
        third_area_des: fields.third_area_des,
        address: fields.address,
        create_at: expect.stringMatching(TIME),
        is_top: 1,
        last_refresh_time: expect.stringMatching(TIME),
      });
      expect(await mine({ biz_type: 2 })).toMatchObject({ list: [{ job_id: ids[1] }], total: 1 });
      expect(await mine({ page_num: 2, page_size: 2 })).toMatchObject({
        list: [{ job_id: ids[0] }],
        total: 3,
      });
      expect((await owner.post('/collect/my', {})).body.data.total).toBe(0);
    });

    it('that were taken down are neither listed nor counted, and leave no gap in a page', async () => {
      const ids: number[] = [];
      for (let i = 0; i < 5; i += 1) ids.push(await post(await app.asMember()));
      for (const id of ids) await member.post('/job/collect', { job_id: id });
      for (const id of [ids[4], ids[2]])
        await admin.post(`/api/admin/jobs/${id}/take-down`, { reason: '内容与招聘无关' });
      const page = async (page_num: number) => {
        const { list: shown, total } = await mine({ page_num, page_size: 2 });
        return [shown.map(({ job_id }: { job_id: number }) => job_id), total];
      };
      expect(await page(1)).toEqual([[ids[3], ids[1]], 3]);
      expect(await page(2)).toEqual([[ids[0]], 3]);
      const calls = await app.databaseCalls(() => page(1));
      expect(calls.filter((call) => call.includes('job_favourites'))).toHaveLength(1);
      expect(calls.filter((call) => call.includes('marketplace_jobs'))).toHaveLength(2);
    });

    it.each([
      ['/job/collect', { job_id: 99_999_999 }, 404],
      ['/job/collect', {}, 400],
      ['/job/cancnel_collect', { job_id: 'x' }, 400],
      ['/collect/my', { biz_type: 9 }, 400],
      ['/collect/my', { page_size: 101 }, 400],
    ])('%s %j is %d', async (path, body, code) => {
      expect(await member.post(path, body)).toMatchObject(refused(code));
    });

    it.each(['/job/collect', '/job/cancnel_collect', '/collect/my'])('%s needs a log-in', async (path) => {
      expect(await guest.post(path, { job_id: 1 })).toMatchObject(refused(401));
    });
  });

  describe('contact histories', () => {
    it('show whom a member has called, and who has called them, newest first', async () => {
      const [first, second] = [await post(owner), await post(owner, { biz_type: 2, positions: '月嫂' })];
      await member.post('/user/update/info', { name: '小周' });
      const one = await contact(member, first);
      const two = await contact(member, second, { createdAt: new Date(Date.now() + 1000) });
      const out = (await member.post('/contact_history/out', {})).body.data;
      expect(out).toEqual({
        list: [
          {
            id: two,
            positions: '月嫂',
            address: '上海市黄浦区南京东路 100 号',
            purpose_user_id: owner.memberId,
            purpose_user_name: '段先生',
            purpose_user_phone: '13800138000',
            create_at: expect.stringMatching(TIME),
          },
          expect.objectContaining({ id: one, positions: '保洁' }),
        ],
        total: 2,
      });
      const received = (await owner.post('/contact_history/in', { biz_type: 1 })).body.data;
      expect(received).toMatchObject({
        list: [
          {
            id: one,
            positions: '保洁',
            purpose_user_id: member.memberId,
            purpose_user_name: '小周',
            purpose_user_phone: '13900002222',
          },
        ],
        total: 1,
      });
      const page = { page_num: 2, page_size: 1 };
      expect((await member.post('/contact_history/out', page)).body.data).toMatchObject({
        list: [{ id: one }],
        total: 2,
      });
      for (const [actor, path] of [
        [owner, 'out'],
        [member, 'in'],
      ] as const)
        expect((await actor.post(`/contact_history/${path}`, {})).body.data).toEqual({ list: [], total: 0 });
    });

    it.each(['/contact_history/out', '/contact_history/in'])('%s: log-in, kinds and pages', async (path) => {
      expect(await guest.post(path, {})).toMatchObject(refused(401));
      expect(await member.post(path, { biz_type: 0 })).toMatchObject(refused(400, /^biz_type: /));
      expect(await member.post(path, { page_size: 101 })).toMatchObject(refused(400, /^page_size: /));
      const calls = await app.databaseCalls(() => member.post(path, {}));
      expect(calls.length).toBeLessThanOrEqual(4);
    });

    it('cost once in 30 days, also of ten at once', async () => {
      const [me, job] = [member.memberId, await post(owner)];
      const charged = async (now?: Date) => {
        const asked = Array.from({ length: 10 }, () =>
          inTransaction<boolean>((session) => contacts().mustPay(me, job, session, now)),
        );
        return (await Promise.all(asked)).filter(Boolean).length;
      };
      expect(await contacts().lastPaidContact(me, job)).toBeNull();
      expect(await charged()).toBe(1);
      const paidAt = (await contacts().lastPaidContact(me, job))!.getTime();
      expect(await charged(new Date(paidAt + FREE_AGAIN_MS - 1))).toBe(0);
      expect(await charged(new Date(paidAt + FREE_AGAIN_MS))).toBe(1);
      expect(await contacts().hasPaid(me, [job, job + 1])).toEqual(new Set([job]));
      expect(await contacts().hasPaid(owner.memberId, [job])).toEqual(new Set());
    });

    it('leave nothing behind of what fails after it', async () => {
      const job = await post(owner);
      const failing = inTransaction(async (session) => {
        expect(await contacts().mustPay(member.memberId, job, session)).toBe(true);
        throw new Error('no voucher');
      });
      await expect(failing).rejects.toThrow('no voucher');
      expect(await contacts().lastPaidContact(member.memberId, job)).toBeNull();
    });
  });
});
