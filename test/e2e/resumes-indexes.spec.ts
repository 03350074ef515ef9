import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { onRealMongo } from '../support/database';
import { EXPLAINED_RECORDS, type Command, expectBounded, explain, readsOf, walkOf } from '../support/explain';
import { loadResumes } from '../support/resume-load';
import { birthDayOfAge, idNumberOf, PUBLIC, RESUMES } from '../support/resumes';

const LOADING_MS = 900_000;
const FEW = 1000;
const MANY = EXPLAINED_RECORDS;

type Query = Record<string, string | number>;

/** What both lists are asked for. */
const LISTED: Query[] = [
  {},
  { jobType: 'yuexin' },
  { jobType: 'yuexin', orderStatus: 'accepting', maxAge: 45 },
  { orderStatus: 'on-service' },
  { maxAge: 30 },
  { nativePlace: '浙江省' },
  { ethnicity: '畲族' },
  { nativePlace: '河南', ethnicity: '汉', maxAge: 50, orderStatus: 'accepting', jobType: 'baojie' },
  { nativePlace: '没有这里' },
  ...['张', '张娜', 'z', 'zhangn', 'lq', '13', '1510', '没有人'].map((keyword) => ({ keyword })),
  { keyword: '13', jobType: 'yuexin', maxAge: 40 },
  { keyword: '张', nativePlace: '浙江', ethnicity: '汉族' },
  { page: 100, pageSize: 100 },
  { page: 100, pageSize: 100, jobType: 'yuexin' },
  { page: 20, pageSize: 100, keyword: '张' },
];
const SEARCHED: Query[] = [
  { name: '张娜' },
  { name: 'zhangna', limit: 50 },
  { name: '没有' },
  { phone: '1510' },
  { phone: '13800138000' },
  { name: '张娜', phone: '1510' },
  { name: 'zhang', phone: '0017', limit: 50 },
];

interface Request {
  name: string;
  who: 'staff' | 'guest';
  path: string;
  query: Query;
}
const request = (who: Request['who'], path: string, query: Query = {}): Request => {
  return { name: `${who} ${path} ${JSON.stringify(query)}`, who, path, query };
};
const REQUESTS: Request[] = [
  ...LISTED.map((query) => request('guest', `${PUBLIC}/list`, query)),
  ...LISTED.map((query) => request('staff', `${RESUMES}/list`, query)),
  ...LISTED.slice(0, 8).map((query) => request('staff', `${RESUMES}/list`, { ...query, status: 'draft' })),
  ...SEARCHED.map((query) => request('guest', '/api/resumes/search-workers', query)),
  request('staff', '/api/resumes/search-workers', { name: '张', phone: '13' }),
  request('staff', `${RESUMES}/stats`),
  request('staff', `${RESUMES}/:id`),
  request('staff', '/api/resumes/:id/shares'),
  request('guest', `${PUBLIC}/:id`),
];

/** Lists without a filter, of which the page is walked and nothing else; a filter is compared key by key. */
const WHOLE = new Set(
  REQUESTS.filter(
    ({ path, query }) =>
      path.endsWith('/list') && Object.keys(query).every((name) => name.startsWith('page')),
  ).map(({ name }) => name),
);

onRealMongo('the reads of resumes', () => {
  let app: TestApp;
  /** by the name of a request: what the service sends to the database for it */
  const sent = new Map<string, Command[]>();
  beforeAll(async () => {
    app = await TestApp.start();
    await loadResumes(app, { from: 0, to: FEW });
    const actors: Record<Request['who'], Actor> = { staff: await app.asEmployee(), guest: app.asGuest() };
    const { id } = (await actors.guest.get(`${PUBLIC}/list`)).body.data.list[0];
    for (let i = 0; i < 3; i++) await actors.staff.post(`/api/resumes/${id}/share`);
    for (const { name, who, path, query } of REQUESTS) {
      const commands = await readsOf(app, 'resume', async () => {
        expect((await actors[who].get(path.replace(':id', id), query)).status).toBe(200);
      });
      sent.set(name, commands);
    }
    const validated = await readsOf(app, 'resume', async () => {
      const input = { phone: '13800138000', idNumber: idNumberOf(birthDayOfAge(40)) };
      expect((await actors.staff.post(`${RESUMES}/validate`, input)).status).toBe(200);
    });
    sent.set('validate', validated);
  }, LOADING_MS);
  afterAll(() => app.stop(), LOADING_MS);

  describe.each([FEW, MANY])('at %d resumes', (size) => {
    beforeAll(async () => {
      if (size > FEW) await loadResumes(app, { from: FEW, to: size });
      expect(await app.connection.collection('resumes').countDocuments()).toBe(size);
    }, LOADING_MS);

    it.each([...REQUESTS.map(({ name }) => name), 'validate'])('%s', async (name) => {
      const commands = sent.get(name) ?? [];
      expect(commands.length).toBeGreaterThan(0);
      for (const command of commands) {
        const explained = await explain(app, command);
        expectBounded(explained);
        if (WHOLE.has(name) && explained.command === 'find')
          expect(explained.keysExamined).toBeLessThanOrEqual(walkOf(explained));
      }
    });
  });

  it('count a large total once for all who ask within five seconds', async () => {
    const guest = app.asGuest();
    const { total } = (await guest.get(`${PUBLIC}/list`, { orderStatus: 'accepting' })).body.data;
    expect(total).toBeGreaterThan(1000);
    const again = await readsOf(app, 'resume', () =>
      guest.get(`${PUBLIC}/list`, { orderStatus: 'accepting' }),
    );
    expect(again.map((command) => Object.keys(command)[0])).toEqual(['find']);
  });
});
