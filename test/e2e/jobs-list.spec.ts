import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { readsOf } from '../support/explain';
import { idsOf, list, newLook, post, SHANGHAI, storedJobs, top } from '../support/jobs';
import { refused } from '../support/members';

/** Jobs of one kind are on a list of their own: each group of tests takes an area of its own beside it. */
let area = 5000;

describe('POST /jobs/list', () => {
  let app: TestApp;
  let guest: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    guest = app.asGuest();
  });
  afterAll(() => app.stop());

  /** Posts jobs in an area of their own, each by somebody else. */
  async function postAll(
    jobs: Record<string, unknown>[],
  ): Promise<{ here: Record<string, unknown>; ids: number[] }> {
    const here = { first_area_id: ++area };
    const ids: number[] = [];
    for (const job of jobs) ids.push(await post(await app.asMember(), { ...job, ...here }));
    return { here, ids };
  }

  it('shows every field of the detail, and how many there are', async () => {
    const { here, ids } = await postAll([{ positions: '月嫂', basic_protection: ['社保'] }]);
    const { body } = await list(guest, here);
    const info = (await guest.post('/jobs/info', { job_id: ids[0] })).body.data;
    expect(body).toEqual({ code: 0, message: 'ok', data: { jobs: [info], total: 1 } });
  });

  it('has no page without jobs but an empty one', async () => {
    const { body } = await list(guest, { first_area_id: 1 });
    expect(body.data).toEqual({ jobs: [], total: 0 });
    expect((await list(guest, { first_area_id: 1 }, { page_num: 7 })).body.data.jobs).toEqual([]);
  });

  describe('orders', () => {
    it('1: topped ones first, then by the last refresh; 3: by the time of posting', async () => {
      const members = [];
      for (let i = 0; i < 5; i++) members.push(await app.asMember());
      const here = { first_area_id: ++area };
      const ids: number[] = [];
      for (const member of members) ids.push(await post(member, here));
      const [a, b, c, d, e] = ids as [number, number, number, number, number];
      await members[0]!.post('/jobs/refresh', { job_id: a });
      await top(app, c);
      await top(app, b);
      await members[1]!.post('/jobs/refresh', { job_id: b });
      const { jobs } = (await list(guest, here)).body.data;
      expect(jobs.map(({ id }: { id: number }) => id)).toEqual([b, c, a, e, d]);
      expect(jobs.map(({ is_top }: { is_top: number }) => is_top)).toEqual([1, 1, 0, 0, 0]);
      expect(await idsOf(list(guest, here, { query_type: 3 }))).toEqual([e, d, c, b, a]);
      expect(await idsOf(list(guest, here, { query_type: undefined }))).toEqual([b, c, a, e, d]);
    });

    it('2: by distance, which it tells in metres; the last posted first where several are equally far', async () => {
      const metres = [0, 12, 480, 480, 2_300, 9_000, 55_000, 164_000, 1_067_000];
      const { here, ids } = await postAll(
        metres.map((north) => ({
          longitude: SHANGHAI.longitude,
          latitude: SHANGHAI.latitude + north / 111_195,
        })),
      );
      const answer = await list(guest, { ...here, ...SHANGHAI }, { query_type: 2 });
      const { jobs, total } = answer.body.data;
      const order = [0, 1, 3, 2, 4, 5, 6, 7, 8];
      expect(total).toBe(9);
      expect(jobs.map(({ id }: { id: number }) => id)).toEqual(order.map((i) => ids[i]));
      for (const [place, i] of order.entries()) {
        const told = jobs[place].distance as number;
        expect(Math.abs(told - metres[i]!)).toBeLessThanOrEqual(Math.max(0.5, metres[i]! * 0.01));
      }
      const others = await list(guest, here);
      expect(others.body.data.jobs[0]).not.toHaveProperty('distance');
    });

    it('2: looks within a part of the map where that is enough, with the same result page by page', async () => {
      const { here, ids } = await postAll(
        Array.from({ length: 60 }, (_, i) => ({
          longitude: SHANGHAI.longitude + (i % 10) * 0.03,
          latitude: SHANGHAI.latitude + Math.floor(i / 10) * 0.04,
        })),
      );
      const filter = { ...here, ...SHANGHAI };
      const whole = await idsOf(list(guest, filter, { query_type: 2 }));
      expect(whole.toSorted()).toEqual(ids.toSorted());
      // an instance that has just looked how many there are where
      const fresh = await TestApp.start({ database: app.database });
      const request_id = newLook();
      const paged: number[] = [];
      const within: boolean[] = [];
      for (let page_num = 1; page_num <= 13; page_num++) {
        const reads = await readsOf(fresh, 'job_listings', async () => {
          const more = { request_id, query_type: 2, page_size: 5, page_num };
          paged.push(...(await idsOf(list(fresh.asGuest(), filter, more))));
        });
        within.push(JSON.stringify(reads).includes('coarse'));
      }
      await fresh.app.close();
      expect(paged).toEqual(whole);
      expect([within[0], within[12]]).toEqual([true, false]);
    });

    it.each([
      ['filter.longitude', { latitude: 31 }],
      ['filter.latitude', { longitude: 121, latitude: '' }],
      ['filter.latitude', { longitude: 121, latitude: 91 }],
    ])('2 needs to know from where: %s', async (field, filter) => {
      const answer = await list(guest, filter, { query_type: 2 });
      expect(answer).toMatchObject(refused(400, new RegExp(`^${field}: `)));
    });
  });

  describe('filters', () => {
    let here: Record<string, unknown>;
    let ids: number[];
    beforeAll(async () => {
      ({ here, ids } = await postAll([
        {
          positions: '厨师长',
          salary_min: 8000,
          salary_max: 12_000,
          basic_protection: ['社保', '公积金'],
          salary_benefits: ['节日福利'],
          second_area_id: 1,
        },
        {
          positions: '中餐厨师',
          salary_min: 6000,
          salary_max: 8000,
          basic_protection: ['社保'],
          attendance_leave: ['双休'],
          second_area_id: 2,
          third_area_id: 21,
        },
        {
          positions: '服务员、收银员',
          salary_min: 4000,
          salary_max: -1,
          basic_protection: ['公积金'],
          salary_benefits: ['社保', '节日福利', '年终奖'],
          second_area_id: 2,
          third_area_id: 22,
          four_area_id: 221,
        },
      ]));
    });
    const found = async (filter: object, more: object = {}) => {
      const answers = [1, 2, 3].map((query_type) =>
        list(guest, { ...here, ...SHANGHAI, ...filter }, { query_type, ...more }),
      );
      const results = await Promise.all(answers);
      const [first, ...others] = results.map(({ body }) => ({
        places: (body.data.jobs as { id: number }[]).map(({ id }) => ids.indexOf(id)).sort(),
        total: body.data.total,
      }));
      // every order finds the same, and counts it
      for (const other of others) expect(other).toEqual(first);
      expect(first!.total).toBe(first!.places.length);
      return first!.places;
    };

    it.each<[string, object, number[]]>([
      ['nothing', {}, [0, 1, 2]],
      ['a part of the positions', { positions: '厨师' }, [0, 1]],
      ['the whole of them', { positions: '厨师长' }, [0]],
      ['a part with a sign in it', { positions: '员、收' }, [2]],
      ['another width and spaces', { positions: ' 厨 师 长 ' }, [0]],
      ['positions that nobody has', { positions: '月嫂' }, []],
      ['signs of patterns', { positions: '.*' }, []],
      ['no positions but spaces', { positions: '  ' }, [0, 1, 2]],
      ['a tag', { basic_protection: ['社保'] }, [0, 1]],
      ['all of several tags', { basic_protection: ['社保', '公积金'] }, [0]],
      ['tags of several lists', { basic_protection: ['公积金'], salary_benefits: ['节日福利'] }, [0, 2]],
      ['a tag that another list holds', { salary_benefits: ['社保'] }, [2]],
      ['a part of a tag', { basic_protection: ['社'] }, []],
      ['an empty list of tags', { basic_protection: [], attendance_leave: '' }, [0, 1, 2]],
      ['positions and tags', { positions: '厨师', basic_protection: ['社保', '公积金'] }, [0]],
      ['positions and tags of nobody', { positions: '厨师', attendance_leave: ['单休'] }, []],
      ['salaries that overlap', { salary_min: 9000, salary_max: 20_000 }, [0, 2]],
      ['salaries that touch above', { salary_min: 12_000, salary_max: 13_000 }, [0, 2]],
      ['salaries that touch below', { salary_max: 4000 }, [2]],
      ['salaries below all', { salary_max: 3999 }, []],
      ['salaries without an upper end', { salary_min: 12_001, salary_max: -1 }, [2]],
      ['a least salary alone', { salary_min: 8001 }, [0, 2]],
      ['a slider not moved', { salary_min: 0, salary_max: 0 }, [0, 1, 2]],
      ['an area', { second_area_id: 2 }, [1, 2]],
      ['areas within areas', { second_area_id: 2, third_area_id: 22, four_area_id: 221 }, [2]],
      ['no area', { second_area_id: 0, third_area_id: '' }, [0, 1, 2]],
      ['an area elsewhere', { four_area_id: 9 }, []],
      [
        'all of it together',
        { positions: '厨', salary_min: 8000, basic_protection: ['社保'], second_area_id: 1 },
        [0],
      ],
      ['another kind', { biz_type: 2 }, []],
    ])('%s', async (_what, filter, expected) => {
      expect(await found(filter)).toEqual(expected);
    });

    it('a kind, in the filter or beside it', async () => {
      const id = await post(await app.asMember(), { ...here, biz_type: 2, positions: '求职厨师' });
      expect(await idsOf(list(guest, { ...here, biz_type: 2 }))).toEqual([id]);
      expect(await idsOf(list(guest, here, { biz_type: 2 }))).toEqual([id]);
      expect(await idsOf(list(guest, here))).not.toContain(id);
    });

    it('a keyword longer than what is looked up by equality', async () => {
      const positions = '诚聘住家育儿嫂有三年以上经验者优先录用待遇从优';
      const id = await post(await app.asMember(), { ...here, positions });
      const ask = (keyword: string, query_type = 1) =>
        idsOf(list(guest, { ...here, ...SHANGHAI, positions: keyword }, { query_type }));
      for (const query_type of [1, 2, 3]) expect(await ask(positions.slice(2, 20), query_type)).toEqual([id]);
      expect(await ask(`${positions.slice(0, 14)}别的`)).toEqual([]);
      await storedJobs(app).updateOne({ _id: id }, { $set: { status: 3 } });
    });
  });

  describe('requests that are wrong', () => {
    it.each<[string, Record<string, unknown>]>([
      ['query_type', { query_type: 4 }],
      ['query_type', { query_type: 'recommended' }],
      ['page_size', { page_size: 101 }],
      ['page_num', { page_num: 101, page_size: 100 }],
      ['page_num', { page_num: 0 }],
      ['request_id', { request_id: 'x'.repeat(129) }],
      ['filter', { filter: 'all' }],
      ['filter.positions', { filter: { positions: '岗'.repeat(65) } }],
      ['filter.salary_max', { filter: { salary_min: 2, salary_max: 1 } }],
      ['filter.salary_min', { filter: { salary_min: -1 } }],
      ['filter.basic_protection', { filter: { basic_protection: '社保' } }],
      ['filter.basic_protection', { filter: { basic_protection: Array(11).fill('社保') } }],
      ['filter.first_area_id', { filter: { first_area_id: 'here' } }],
      ['filter.biz_type', { filter: { biz_type: 0 } }],
      ['biz_type', { biz_type: 9 }],
    ])('name %s: %j', async (field, body) => {
      const answer = await guest.post('/jobs/list', { request_id: newLook(), ...body });
      expect(answer).toMatchObject(refused(400, new RegExp(`^${field.replace('.', '\\.')}: `)));
    });

    it('are not those that leave out what can be left out', async () => {
      for (const body of [{}, { filter: null }, { filter: {} }, { request_id: 1234567, page_num: '1' }])
        expect((await guest.post('/jobs/list', body)).status).toBe(200);
    });
  });
});
