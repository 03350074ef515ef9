import { setTimeout as pause } from 'node:timers/promises';
import type { JobListing } from '../../src/modules/jobs/job-listing.schema';
import { JobsService } from '../../src/modules/jobs/jobs.service';
import { formatShanghaiDay, startOfShanghaiDay } from '../../src/common/time/shanghai';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { DONE, idsOf, jobInput, list, post, refreshPaid, storedJobs, top } from '../support/jobs';
import { refused } from '../support/members';

const HOUR_MS = 3_600_000;
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/;

describe('jobs of the marketplace', () => {
  let app: TestApp;
  let second: TestApp;
  let guest: Actor;
  let owner: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    second = await TestApp.start({ database: app.database });
    guest = app.asGuest();
  });
  beforeEach(async () => {
    owner = await app.asMember({ phone: '13900001234' });
  });
  afterAll(async () => {
    await second.app.close();
    await app.stop();
  });

  const infoOf = async (id: number, as: Actor = guest) =>
    (await as.post('/jobs/info', { job_id: id })).body.data;
  const listings = () => app.connection.collection<JobListing>('job_listings');
  const jobsOf = (member: Actor) => storedJobs(app).countDocuments({ memberId: member.memberId });

  describe('create', () => {
    it('posts a job, which everybody can then look at', async () => {
      expect((await owner.post('/job/create', jobInput())).body).toEqual(DONE);
      const [{ id }] = (await owner.post('/jobs/my', {})).body.data.list;
      const shown = await infoOf(id);
      expect(shown).toEqual({
        ...jobInput(),
        id,
        user_id: owner.memberId,
        biz_type: 1,
        company_name: '',
        status: 1,
        basic_protection: [],
        salary_benefits: [],
        attendance_leave: [],
        create_at: expect.stringMatching(TIME),
        update_at: shown.create_at,
        is_top: 0,
        top_start_time: '',
        top_end_time: '',
        last_refresh_time: shown.create_at,
      });
      expect(await infoOf(String(id) as never)).toEqual(shown);
    });

    it('takes the other spelling, the other kinds, tags, and what need not be said', async () => {
      const { positions, longitude, latitude, contact } = jobInput();
      const least = { positions, longitude, latitude, contact };
      expect((await owner.post('/jobs/create', { ...least, biz_type: 2 })).body).toEqual(DONE);
      const tagged = {
        biz_type: 3,
        company_name: ' 好味道餐厅 ',
        basic_protection: ['社保', '社保', ' 公积金 '],
        salary_benefits: '',
        attendance_leave: ['双|休'],
      };
      expect((await owner.post('/job/create', jobInput(tagged))).body).toEqual(DONE);
      const [later, first] = (await owner.post('/jobs/my', {})).body.data.list;
      expect(first).toMatchObject({
        biz_type: 2,
        contact_person_name: '用户1234',
        salary_min: 0,
        salary_max: -1,
        photo_urls: [],
        first_area_id: 0,
        first_area_des: '',
        address: '',
        description: '',
      });
      expect(later).toMatchObject({
        biz_type: 3,
        company_name: '好味道餐厅',
        basic_protection: ['社保', '公积金'],
        salary_benefits: [],
        attendance_leave: ['双休'],
      });
    });

    it.each<[string, unknown, string[]]>([
      ['a list', ['https://a.cn/1.jpg', 'https://a.cn/2.jpg'], ['https://a.cn/1.jpg', 'https://a.cn/2.jpg']],
      [
        'a list of one line',
        ['https://a.cn/1.jpg,https://a.cn/2.jpg'],
        ['https://a.cn/1.jpg', 'https://a.cn/2.jpg'],
      ],
      ['a line', 'https://a.cn/1.jpg, http://a.cn/2.jpg', ['https://a.cn/1.jpg', 'http://a.cn/2.jpg']],
      ['an empty line', '', []],
      ['a list of nothing', [''], []],
    ])('takes photos as %s', async (_what, photo_urls, expected) => {
      const id = await post(owner, { photo_urls });
      expect((await infoOf(id)).photo_urls).toEqual(expected);
    });

    it('takes landlines and service numbers', async () => {
      for (const contact of [
        '010-65551234',
        '02165551234',
        '0571-6555123',
        '400-820-8820',
        '021-65551234-801',
      ])
        expect((await infoOf(await post(await app.asMember(), { contact }))).contact).toBe(contact);
    });

    it.each<[string, Record<string, unknown>]>([
      ['positions', { positions: '  ' }],
      ['positions', { positions: undefined }],
      ['positions', { positions: '岗'.repeat(65) }],
      ['contact', { contact: '12345' }],
      ['contact', { contact: undefined }],
      ['contact', { contact: '13800138000x' }],
      ['longitude', { longitude: undefined }],
      ['longitude', { longitude: 180.1 }],
      ['latitude', { latitude: 'north' }],
      ['description', { description: '字'.repeat(2001) }],
      ['address', { address: '路'.repeat(513) }],
      ['photo_urls', { photo_urls: Array.from({ length: 5 }, (_, i) => `https://a.cn/${i}.jpg`) }],
      ['photo_urls', { photo_urls: ['ftp://a.cn/1.jpg'] }],
      ['photo_urls', { photo_urls: 'javascript:alert(1)' }],
      ['photo_urls', { photo_urls: [`https://a.cn/${'x'.repeat(500)}`] }],
      ['photo_urls', { photo_urls: 7 }],
      ['salary_max', { salary_min: 9000, salary_max: 8000 }],
      ['salary_max', { salary_max: -2 }],
      ['salary_min', { salary_min: -1 }],
      ['salary_min', { salary_min: 1.5 }],
      ['biz_type', { biz_type: 4 }],
      ['first_area_id', { first_area_id: 'here' }],
      ['basic_protection', { basic_protection: Array(11).fill('社保') }],
      ['salary_benefits.0', { salary_benefits: ['福'.repeat(13)] }],
      ['attendance_leave', { attendance_leave: '双休' }],
    ])('refuses a wrong %s: %j', async (field, change) => {
      const answer = await owner.post('/job/create', jobInput(change));
      expect(answer).toMatchObject(refused(400, new RegExp(`^${field.replace('.', '\\.')}: `)));
      expect(await jobsOf(owner)).toBe(0);
    });

    it('drops what it does not know', async () => {
      const id = await post(owner, { status: 3, memberId: 1, top_end_time: '2099-01-01', user_id: 1 });
      expect(await infoOf(id)).toMatchObject({ status: 1, user_id: owner.memberId, top_end_time: '' });
    });

    it('holds a member to five active jobs, also when ten come at once at two instances', async () => {
      const inputs = Array.from({ length: 10 }, (_, i) => jobInput({ positions: `保洁${i}` }));
      const answers = await Promise.all(
        inputs.map((input, i) => (i % 2 ? owner : owner.at(second.url)).post('/job/create', input)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([
        ...Array<number>(5).fill(200),
        ...Array<number>(5).fill(409),
      ]);
      expect(await jobsOf(owner)).toBe(5);
      expect(await owner.post('/job/create', jobInput())).toMatchObject(refused(409, /最多同时发布 5 条/));
      const [{ id }] = (await owner.post('/jobs/my', {})).body.data.list;
      await owner.post('/job/close', { job_id: id });
      expect((await owner.post('/job/create', jobInput())).body).toEqual(DONE);
    });

    it('makes one job under one key, however often it comes', async () => {
      const key = { 'idempotency-key': 'one-job' };
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => owner.post('/job/create', jobInput(), key)),
      );
      expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
      expect((await owner.post('/job/create', jobInput(), key)).body).toEqual(DONE);
      expect(await jobsOf(owner)).toBe(1);
      const changed = jobInput({ positions: '别的' });
      expect(await owner.post('/job/create', changed, key)).toMatchObject(refused(422));
    });
  });

  describe('update', () => {
    it('changes what is sent, as the edit page sends it, and leaves the rest', async () => {
      const id = await post(owner, { basic_protection: ['社保'] });
      const before = await infoOf(id);
      const change = {
        id,
        positions: '收银员',
        longitude: 116.3974,
        latitude: 39.9093,
        photo_urls: '',
        user_name: '张老板',
        salary_max: -1,
      };
      expect((await owner.post('/jobs/update', change)).body).toEqual(DONE);
      const { user_name: contact_person_name, ...fields } = change;
      const after = await infoOf(id);
      expect(after).toEqual({
        ...before,
        ...fields,
        contact_person_name,
        photo_urls: [],
        update_at: after.update_at,
      });
      expect(after.update_at > before.update_at).toBe(true);
      expect(await idsOf(list(guest, { positions: '收银' }))).toContain(id);
      expect(await idsOf(list(guest, { positions: '保洁', basic_protection: ['社保'] }))).not.toContain(id);
    });

    it('makes no new version of the list for what no list knows', async () => {
      const id = await post(owner);
      await owner.post('/jobs/update', { id, description: '只改说明', contact: '13800138001' });
      expect(await listings().countDocuments({ jobId: id })).toBe(1);
      expect(await infoOf(id)).toMatchObject({ description: '只改说明', contact: '13800138001' });
    });

    it.each<[string, Record<string, unknown>]>([
      ['id', { id: undefined }],
      ['id', { id: 'mine' }],
      ['salary_max', { salary_min: 9000 }],
      ['salary_max', { salary_max: 10 }],
      ['positions', { positions: '' }],
      ['contact', { contact: 'x' }],
      ['photo_urls', { photo_urls: ['nowhere'] }],
    ])('refuses a wrong %s: %j', async (field, change) => {
      const id = await post(owner);
      const answer = await owner.post('/jobs/update', { id, ...change });
      expect(answer).toMatchObject(refused(400, new RegExp(`^${field}: `)));
    });
  });

  describe('close', () => {
    it('takes the job out of new lists, and stays closed', async () => {
      const id = await post(owner);
      const open = await infoOf(id);
      for (const path of ['/job/close', '/jobs/close', '/job/close'])
        expect((await owner.post(path, { job_id: id })).body).toEqual(DONE);
      expect(await idsOf(list(guest))).not.toContain(id);
      expect(await infoOf(id)).toMatchObject({ ...open, status: 2, contact: '138****8000', update_at: /./ });
      expect(await infoOf(id, owner)).toMatchObject({ status: 2, contact: '13800138000' });
      for (const [path, body] of [
        ['/jobs/update', { id, positions: '收银员' }],
        ['/jobs/refresh', { job_id: id }],
      ] as const)
        expect(await owner.post(path, body)).toMatchObject(refused(409, '信息已关闭'));
    });
  });

  describe('refresh', () => {
    it('moves the job up, once a day for nothing, then names the paid way', async () => {
      const [first, other] = [await post(owner), await post(owner)];
      expect(await idsOf(list(owner, {}, { page_size: 2 }))).toEqual([other, first]);
      expect((await owner.post('/jobs/refresh', { job_id: first })).body).toEqual(DONE);
      expect(await idsOf(list(owner, {}, { page_size: 2 }))).toEqual([first, other]);
      const { create_at, update_at, last_refresh_time } = await infoOf(first);
      expect([update_at, last_refresh_time > create_at]).toEqual([create_at, true]);
      const again = await owner.post('/jobs/refresh', { job_id: first });
      expect(again).toMatchObject(refused(429, /\/jobs\/refresh\/pay/));
      const wait = Number(again.headers.get('retry-after'));
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThanOrEqual(24 * 3600);
      expect((await owner.post('/jobs/refresh', { job_id: other })).body).toEqual(DONE);
    });

    it('is free again the next day in Shanghai', async () => {
      const id = await post(owner);
      await owner.post('/jobs/refresh', { job_id: id });
      const yesterday = formatShanghaiDay(new Date(startOfShanghaiDay(new Date()).getTime() - 1));
      await storedJobs(app).updateOne({ _id: id }, { $set: { freeRefreshDay: yesterday } });
      expect((await owner.post('/jobs/refresh', { job_id: id })).body).toEqual(DONE);
    });

    it('is free once of ten at once, at two instances', async () => {
      const id = await post(owner);
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          (i % 2 ? owner : owner.at(second.url)).post('/jobs/refresh', { job_id: id }),
        ),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(429)]);
    });

    it('that was paid for counts however often', async () => {
      const id = await post(owner);
      const times = [];
      for (let i = 0; i < 3; i++) {
        await pause(2);
        times.push((await refreshPaid(app, id)).lastRefreshAt.getTime());
      }
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
      expect((await owner.post('/jobs/refresh', { job_id: id })).body).toEqual(DONE);
    });
  });

  describe('top', () => {
    it('puts a job above all others from now on, and longer when it is topped again', async () => {
      const [id, newer] = [await post(owner), await post(owner)];
      const before = Date.now();
      const topped = await top(app, id, 24);
      expect(await idsOf(list(owner, {}, { page_size: 2 }))).toEqual([id, newer]);
      expect(topped.topStartsAt!.getTime()).toBeGreaterThanOrEqual(before);
      expect(topped.topEndsAt!.getTime() - topped.topStartsAt!.getTime()).toBe(24 * HOUR_MS);
      const longer = await top(app, id, 72);
      expect(longer.topStartsAt).toEqual(topped.topStartsAt);
      expect(longer.topEndsAt!.getTime() - topped.topEndsAt!.getTime()).toBe(72 * HOUR_MS);
      expect(await infoOf(id)).toMatchObject({
        is_top: 1,
        top_start_time: expect.stringMatching(TIME),
        top_end_time: expect.stringMatching(TIME),
      });
    });

    it('ends when its time has come: in the list, in the detail, and at the next top', async () => {
      const [id, newer] = [await post(owner), await post(owner)];
      await top(app, id, 1);
      const past = new Date(Date.now() - 1000);
      await storedJobs(app).updateOne({ _id: id }, { $set: { topEndsAt: past } });
      await listings().updateMany({ jobId: id, topped: true }, { $set: { topEndsAt: past } });
      const looks = await Promise.all(
        Array.from({ length: 6 }, (_, i) => idsOf(list(i % 2 ? guest : guest.at(second.url)))),
      );
      for (const ids of looks) expect(ids.indexOf(newer)).toBeLessThan(ids.indexOf(id));
      expect(await listings().countDocuments({ jobId: id, until: Number.MAX_SAFE_INTEGER })).toBe(1);
      expect(await infoOf(id)).toMatchObject({ is_top: 0, top_start_time: '', top_end_time: '' });
      const again = await top(app, id, 1);
      expect(again.topStartsAt!.getTime()).toBeGreaterThan(past.getTime());
      expect(again.topEndsAt!.getTime() - again.topStartsAt!.getTime()).toBe(HOUR_MS);
    });

    it('of what is closed is kept with the job, and shows in no list', async () => {
      const id = await post(owner);
      await owner.post('/job/close', { job_id: id });
      await top(app, id);
      await refreshPaid(app, id);
      expect(await idsOf(list(guest))).not.toContain(id);
      await expect(top(app, 99_999_999)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });
  });

  describe('what payments and vouchers ask of a job', () => {
    it('who may have it topped: its owner, while it is active', async () => {
      const id = await post(owner);
      const jobs = app.app.get(JobsService);
      expect(await jobs.requireOwnActive(id, owner.memberId)).toMatchObject({ _id: id });
      await expect(jobs.requireOwnActive(id, owner.memberId + 1)).rejects.toMatchObject({
        code: 'FORBIDDEN',
      });
      await expect(jobs.requireOwnActive(-1, owner.memberId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await owner.post('/job/close', { job_id: id });
      await expect(jobs.requireOwnActive(id, owner.memberId)).rejects.toMatchObject({ code: 'CONFLICT' });
    });

    it('whom to call', async () => {
      const id = await post(owner, { biz_type: 2 });
      expect(await app.app.get(JobsService).contactOf(id)).toEqual({
        jobId: id,
        ownerId: owner.memberId,
        bizType: 2,
        status: 1,
        positions: '保洁',
        address: '上海市黄浦区南京东路 100 号',
        name: '段先生',
        phone: '13800138000',
      });
      await expect(app.app.get(JobsService).contactOf(-1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });
  });

  describe('my', () => {
    it('lists what the caller has posted, newest first, by kind and by page', async () => {
      const ids = [await post(owner), await post(owner, { biz_type: 2 }), await post(owner)];
      await owner.post('/job/close', { job_id: ids[0] });
      const stranger = await app.asMember();
      await post(stranger);
      const mine = async (body: object) => {
        const { list: jobs, total } = (await owner.post('/jobs/my', body)).body.data;
        return { ids: jobs.map(({ id }: { id: number }) => id), total };
      };
      expect(await mine({})).toEqual({ ids: [ids[2], ids[1], ids[0]], total: 3 });
      expect(await mine({ biz_type: 1 })).toEqual({ ids: [ids[2], ids[0]], total: 2 });
      expect(await mine({ biz_type: 1, page_num: 2, page_size: 1 })).toEqual({ ids: [ids[0]], total: 2 });
      expect(await mine({ biz_type: 3 })).toEqual({ ids: [], total: 0 });
    });

    it.each([
      ['biz_type', { biz_type: 4 }],
      ['page_size', { page_size: 101 }],
      ['page_num', { page_num: 1001 }],
    ])('refuses a wrong %s', async (field, body) => {
      expect(await owner.post('/jobs/my', body)).toMatchObject(refused(400, new RegExp(`^${field}: `)));
    });
  });

  describe('info', () => {
    it.each([
      [400, undefined],
      [400, 'abc'],
      [400, 0],
      [400, 1.5],
      [400, null],
      [404, 99_999_999],
      [404, '99999999'],
    ])('answers %d for %p', async (code, job_id) => {
      expect(await guest.post('/jobs/info', { job_id })).toMatchObject(refused(code));
    });

    it('takes a token that is no longer good for none', async () => {
      const id = await post(owner);
      const headers = { authorization: 'Bearer nonsense', user_id: '1' };
      expect((await guest.post('/jobs/info', { job_id: id }, headers)).status).toBe(200);
    });
  });

  describe.each([
    ['/job/create', () => jobInput()],
    ['/jobs/create', () => jobInput()],
    ['/jobs/update', (id: number) => ({ id, positions: '收银员' })],
    ['/job/close', (id: number) => ({ job_id: id })],
    ['/jobs/close', (id: number) => ({ job_id: id })],
    ['/jobs/refresh', (id: number) => ({ job_id: id })],
    ['/jobs/my', () => ({})],
  ])('%s', (path, body) => {
    it('is for who is logged in, and for whose job it is', async () => {
      const id = await post(owner);
      expect(await guest.post(path, body(id))).toMatchObject(refused(401));
      const others = await app.asMember();
      const bad = { ...body(id) };
      if (!('id' in bad) && !('job_id' in bad)) return;
      expect(await others.post(path, bad)).toMatchObject(refused(403, '只能操作自己发布的信息'));
      const missing = 'id' in bad ? { ...bad, id: 99_999_999 } : { job_id: 99_999_999 };
      expect(await others.post(path, missing)).toMatchObject(refused(404, '信息不存在或已下架'));
      expect(await infoOf(id)).toMatchObject({ status: 1, positions: '保洁' });
    });
  });
});
