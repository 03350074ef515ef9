import * as fc from 'fast-check';
import type { JobCut } from '../../src/modules/jobs/job-cut.schema';
import type { JobListing } from '../../src/modules/jobs/job-listing.schema';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { idsOf, list, newLook, post, refreshPaid, SHANGHAI, storedJobs, top } from '../support/jobs';

const PAGE = 3;
const ORDERS = [1, 2, 3];
const MINUTE_MS = 60_000;

/** What others do meanwhile, to the n-th of the jobs where it is done to one. */
interface Deed {
  what: 'post' | 'refresh' | 'top' | 'end-top' | 'close' | 'move' | 'look';
  which: number;
  /** by which of the two instances */
  at: 0 | 1;
}

const deed: fc.Arbitrary<Deed> = fc.record({
  what: fc.constantFrom('post', 'refresh', 'top', 'end-top', 'close', 'move', 'look'),
  which: fc.nat(11),
  at: fc.constantFrom(0, 1),
});
const deeds = fc.array(deed, { maxLength: 4 });

interface ShownJob {
  id: number;
  positions: string;
  is_top: number;
  last_refresh_time: string;
  create_at: string;
  distance: number;
}

/** What the jobs of a list in that order go down by. */
const DOWN_BY: Record<number, (job: ShownJob) => string | number> = {
  1: ({ is_top, last_refresh_time }) => `${is_top} ${last_refresh_time}`,
  2: ({ distance }) => -distance,
  3: ({ create_at }) => create_at,
};

describe('the pages of one request_id', () => {
  let apps: [TestApp, TestApp];
  let area = 7000;
  beforeAll(async () => {
    const first = await TestApp.start();
    apps = [first, await TestApp.start({ database: first.database })];
  });
  afterAll(async () => {
    await apps[1].app.close();
    await apps[0].stop();
  });

  const guestAt = (at: number) => apps[0].asGuest().at(apps[at % 2]!.url);
  const listings = () => apps[0].connection.collection<JobListing>('job_listings');
  const cuts = () => apps[0].connection.collection<JobCut>('job_cuts');
  const somewhere = (n: number) => ({
    longitude: SHANGHAI.longitude + ((n * 37) % 11) * 0.01,
    latitude: SHANGHAI.latitude + ((n * 53) % 7) * 0.01,
  });

  async function pageOf(request_id: string, query_type: number, page_num: number, here: object) {
    const filter = { ...here, ...SHANGHAI };
    const more = { request_id, query_type, page_num, page_size: PAGE };
    const { body } = await list(guestAt(page_num + query_type), filter, more);
    return body.data as { jobs: ShownJob[]; total: number };
  }

  /** A world of nine jobs in an area of its own, some of them topped, and what can be done to them. */
  async function world() {
    const here = { first_area_id: ++area };
    const ids: number[] = [];
    const ownerOf = new Map<number, Actor>();
    for (let n = 0; n < 9; n++) {
      const owner = await apps[0].asMember();
      const id = await post(owner, { ...here, ...somewhere(n), positions: '原有' });
      ids.push(id);
      ownerOf.set(id, owner);
      if (n % 4 === 0) await top(apps[0], id, 1 + n);
    }
    const closed = new Set<number>();
    const act = async ({ what, which, at }: Deed, phase: string): Promise<void> => {
      const id = ids[which % ids.length]!;
      const owner = ownerOf.get(id)!.at(apps[at].url);
      switch (what) {
        case 'post': {
          const input = { ...here, ...somewhere(which), positions: phase };
          const newcomer = (await apps[0].asMember()).at(apps[at].url);
          await post(newcomer, input);
          return;
        }
        case 'refresh':
          return void (await refreshPaid(apps[at], id));
        case 'top':
          return void (await top(apps[at], id, 1 + which));
        case 'end-top': {
          const past = { $set: { topEndsAt: new Date(Date.now() - 1) } };
          await storedJobs(apps[0]).updateOne({ _id: id }, past);
          await listings().updateMany({ jobId: id, topped: true }, past);
          return;
        }
        case 'close':
          closed.add(id);
          return void (await owner.post('/job/close', { job_id: id }));
        case 'move': {
          // of one that is closed by now it is refused, as it should be
          const change = { id, ...somewhere(which + 3), salary_max: 9000 + which };
          return void (await owner.post('/jobs/update', change));
        }
        case 'look':
          return void (await list(guestAt(at), here));
      }
    };
    return { here, ids, closed, act };
  }

  it('show each job of one instant once, whatever others do meanwhile, at two instances', async () => {
    await fc.assert(
      fc.asyncProperty(deeds, fc.array(deeds, { minLength: 4, maxLength: 4 }), async (atFirst, later) => {
        const { here, ids, closed, act } = await world();
        const looks = ORDERS.map((order) => ({ order, request_id: newLook() }));
        const read = (page: number) =>
          Promise.all(looks.map(({ order, request_id }) => pageOf(request_id, order, page, here)));
        // what is under way while the cut is taken may be in it or not; a job that it closes too
        const doing = Promise.all(atFirst.map((one) => act(one, '同时')));
        const pages = [await read(1)];
        await doing;
        const uncertain = new Set(closed);
        for (const [i, others] of later.entries()) {
          const [page] = await Promise.all([read(i + 2), ...others.map((one) => act(one, '之后'))]);
          pages.push(page);
        }
        for (const [n, { order }] of looks.entries()) {
          const shown = pages.flatMap((page) => page[n]!.jobs);
          const found = shown.map(({ id }) => id);
          expect(new Set(found).size).toBe(found.length);
          expect(found.length).toBe(pages[0]![n]!.total);
          for (const id of ids) if (!uncertain.has(id)) expect(found).toContain(id);
          expect(shown.filter(({ positions }) => positions === '之后')).toEqual([]);
          for (const page of pages) expect(page[n]!.total).toBe(found.length);
          const keys = shown.map(DOWN_BY[order]!);
          expect(keys).toEqual(keys.toSorted((a, b) => (a > b ? -1 : a < b ? 1 : 0)));
        }
        const again = await Promise.all([1, 2, 3, 4, 5].map((page) => read(page)));
        const numbers = (all: { jobs: ShownJob[] }[][]) =>
          all.map((page) => page.map(({ jobs }) => jobs.map(({ id }) => id)));
        expect(numbers(again)).toEqual(numbers(pages));
      }),
      { numRuns: 8, endOnFailure: true },
    );
  }, 300_000);

  describe('are cut', () => {
    let here: Record<string, unknown>;
    let ids: number[];
    beforeEach(async () => {
      here = { first_area_id: ++area };
      ids = [];
      for (let n = 0; n < 3; n++) ids.push(await post(await apps[0].asMember(), here));
    });
    const look = (request_id: string, page_num = 1, more: object = {}, actor = guestAt(0)) =>
      idsOf(list(actor, here, { request_id, page_num, page_size: 2, ...more }));
    const newest = () => [...ids].reverse();
    const postOneMore = async () => void ids.push(await post(await apps[0].asMember(), here));
    const age = (ms: number) =>
      cuts().updateMany({}, [{ $set: { takenAt: { $subtract: ['$takenAt', ms] } } }]);

    it('with the first page; the same one again within a minute is the same', async () => {
      const request_id = newLook();
      const first = await look(request_id);
      expect(first).toEqual(newest().slice(0, 2));
      const before = newest();
      await postOneMore();
      expect(await look(request_id)).toEqual(first);
      expect(await look(request_id, 2)).toEqual(before.slice(2));
      expect(await look(newLook())).toEqual(newest().slice(0, 2));
    });

    it('anew by a first page after a minute, and then for the pages behind it', async () => {
      const request_id = newLook();
      await look(request_id);
      await postOneMore();
      await age(59_000);
      expect(await look(request_id)).toEqual(newest().slice(1, 3));
      await age(2_000);
      expect(await look(request_id)).toEqual(newest().slice(0, 2));
      expect(await look(request_id, 2)).toEqual(newest().slice(2));
    });

    it('anew by a later page when the cut is too old or not known', async () => {
      const request_id = newLook();
      await look(request_id);
      await postOneMore();
      await age(24 * MINUTE_MS);
      expect(await look(request_id, 2)).toEqual(newest().slice(3));
      await age(MINUTE_MS);
      expect(await look(request_id, 2)).toEqual(newest().slice(2));
      expect(await look(newLook(), 2)).toEqual(newest().slice(2));
    });

    it('apart for other filters, orders and callers of the same request_id, and anew each time without one', async () => {
      const request_id = newLook();
      const member = await apps[0].asMember();
      await look(request_id);
      await look('');
      await postOneMore();
      const fresh = newest().slice(0, 2);
      expect(await look(request_id, 1, { query_type: 3 })).toEqual(fresh);
      expect(await look(request_id, 1, {}, member)).toEqual(fresh);
      expect(await idsOf(list(guestAt(0), { ...here, salary_min: 1 }, { request_id }))).toEqual(newest());
      expect(await look('')).toEqual(fresh);
      expect(await cuts().countDocuments({ _id: /request|look/ })).toBe(0);
    });

    it('once for a crowd of first pages', async () => {
      const request_id = newLook();
      const looks = await Promise.all([
        ...Array.from({ length: 8 }, (_, i) => look(request_id, 1, {}, guestAt(i))),
        postOneMore(),
      ]);
      const [first, ...others] = looks.slice(0, 8);
      for (const other of others) expect(other).toEqual(first);
    });

    it('from the place that the first page named, when a phone moves by metres', async () => {
      const at = (metres: number) => ({
        ...here,
        ...SHANGHAI,
        longitude: SHANGHAI.longitude + metres / 95_000,
      });
      const request_id = newLook();
      const more = { request_id, query_type: 2, page_size: 2 };
      const first = (await list(guestAt(0), at(100), more)).body.data.jobs;
      const second = (await list(guestAt(0), at(500), { ...more, page_num: 2 })).body.data.jobs;
      expect(second.map(({ id }: ShownJob) => id)).toEqual([ids[0]]);
      expect(second[0].distance).toBe(first[0].distance);
      // a first page from elsewhere is another look
      const moved = (await list(guestAt(0), at(500), more)).body.data.jobs;
      expect(moved[0].distance).toBeGreaterThan(400);
    });
  });

  it('shrink by a job that was taken down, and by no other', async () => {
    const here = { first_area_id: ++area };
    const ids: number[] = [];
    for (let n = 0; n < 5; n++) ids.push(await post(await apps[0].asMember(), here));
    const admin = await apps[0].asAdmin();
    const request_id = newLook();
    const page = (page_num: number) =>
      idsOf(list(guestAt(page_num), here, { request_id, page_num, page_size: 2 }));
    expect(await page(1)).toEqual([ids[4], ids[3]]);
    const down = await admin.post(`/api/admin/jobs/${ids[2]}/take-down`, { reason: '内容不实' });
    expect(down.status).toBe(200);
    expect(await page(2)).toEqual([ids[1]]);
    expect(await page(3)).toEqual([ids[0]]);
  });

  it('leave versions behind that the database removes', async () => {
    const here = { first_area_id: ++area };
    const member = await apps[0].asMember();
    const id = await post(member, here);
    await refreshPaid(apps[0], id);
    const ended = await listings().findOne({ jobId: id, until: { $lt: Number.MAX_SAFE_INTEGER } });
    expect(ended?.endedAt).toBeInstanceOf(Date);
    const indexes = await listings().listIndexes().toArray();
    expect(indexes).toContainEqual(
      expect.objectContaining({ key: { endedAt: 1 }, expireAfterSeconds: 1800 }),
    );
    const current = await listings().findOne({ jobId: id, until: Number.MAX_SAFE_INTEGER });
    expect(current).not.toHaveProperty('endedAt');
  });

  it('can be asked for by many writers at once without one of them being lost', async () => {
    const here = { first_area_id: ++area };
    const crowd = await Promise.all(Array.from({ length: 30 }, () => apps[0].asMember()));
    await Promise.all(
      crowd.map(async (member, i) => {
        const id = await post(member.at(apps[i % 2]!.url), here);
        await refreshPaid(apps[i % 2]!, id);
      }),
    );
    const { body } = await list(guestAt(0), here);
    expect(body.data.total).toBe(30);
    expect(new Set(body.data.jobs.map(({ id }: ShownJob) => id)).size).toBe(30);
    const valid = await listings().countDocuments({ area1: area, until: Number.MAX_SAFE_INTEGER });
    expect([valid, await listings().countDocuments({ area1: area })]).toEqual([30, 60]);
  });
});
