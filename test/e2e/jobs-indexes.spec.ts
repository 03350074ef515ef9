import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { onRealMongo } from '../support/database';
import { eventually } from '../support/eventually';
import { EXPLAINED_RECORDS, type Command, explain, readsOf, walkOf } from '../support/explain';
import { loadJobs } from '../support/job-load';
import { newLook, SHANGHAI } from '../support/jobs';

const LOADING_MS = 900_000;
const FEW = 1000;
const MANY = EXPLAINED_RECORDS;

const BEIJING = { longitude: 116.397128, latitude: 39.916527 };

interface Request {
  name: string;
  path: string;
  body: Record<string, unknown>;
}
const request = (path: string, body: Record<string, unknown>): Request => {
  return { name: `${path} ${JSON.stringify(body)}`, path, body };
};

const FILTERS: Record<string, unknown>[] = [
  {},
  { positions: '厨师' },
  { basic_protection: ['社保', '公积金'], attendance_leave: ['带薪年假'] },
  { positions: '月嫂', salary_min: 9000, salary_benefits: ['包吃'], second_area_id: 3103 },
  { attendance_leave: ['没有'] },
  { positions: '没有' },
  { salary_min: 8000, salary_max: 20_000, second_area_id: 3102, third_area_id: 310_102 },
  { biz_type: 2, positions: '保', basic_protection: ['社保'] },
];
const listed = (query_type: number, filter: object, more: object = {}) =>
  request('/jobs/list', { query_type, filter: { ...filter, ...SHANGHAI }, ...more });
const REQUESTS: Request[] = [
  ...FILTERS.map((filter) => listed(1, filter)),
  ...FILTERS.slice(0, 4).map((filter) => listed(2, filter)),
  ...FILTERS.slice(0, 4).map((filter) => listed(3, filter)),
  listed(1, {}, { page_num: 100, page_size: 100 }),
  listed(3, { positions: '员' }, { page_num: 3, page_size: 100 }),
  listed(2, {}, { page_num: 9, page_size: 100 }),
  request('/jobs/list', { query_type: 2, filter: { ...BEIJING, positions: '厨师' } }),
  request('/jobs/info', { job_id: 1 }),
  request('/jobs/my', {}),
  request('/jobs/my', { biz_type: 1, page_num: 2 }),
  request('/collect/my', { page_num: 2 }),
  request('/collect/my', { biz_type: 1 }),
  request('/contact_history/out', {}),
  request('/contact_history/out', { biz_type: 1, page_num: 3 }),
  request('/contact_history/in', {}),
];

/**
 * Lists of which a page is walked and nothing else: of jobs those without a filter and in an order of their own, not by
 * distance; whatever belongs to one member.
 */
const isWhole = (name: string): boolean =>
  !name.startsWith('/jobs/list') || /"query_type":[13],"filter":\{"longitude"/.test(name);

/** Not what only counts, and so walks all that it counts. */
const isPage = ({ find, pipeline }: Command): boolean =>
  find !== undefined || JSON.stringify(pipeline).includes('"$limit"');

/** By which index and by what a count selects; undefined for what is no count. */
function kindOfCount({ pipeline, hint }: Command): string | undefined {
  const text = JSON.stringify(pipeline ?? []);
  if (!text.includes('"$count"')) return undefined;
  return `${String(hint)} ${[...text.matchAll(/"(\$?\w+)":/g)].map(([, name]) => name).join()}`;
}

onRealMongo('the reads of the marketplace', () => {
  let app: TestApp;
  let member: Actor;
  /** counts that were explained at a size: those of one kind are walked once */
  const counted = new Set<string>();
  /** by the name of a request: what the service sends to the database for it */
  const sent = new Map<string, Command[]>();
  const COLLECTIONS = ['marketplace_jobs', 'job_', 'contact', 'member'];
  const send = async ({ path, body }: Request): Promise<Command[]> => {
    const commands: Command[] = [];
    const note = ({ commandName, command }: { commandName: string; command: Command }) => {
      const collection = String(command[commandName]);
      const read = ['find', 'aggregate', 'count'].includes(commandName);
      if (read && COLLECTIONS.some((name) => collection.startsWith(name))) commands.push(command);
    };
    app.connection.getClient().on('commandStarted', note);
    const answer = await member.post(path, { request_id: newLook(), ...body });
    app.connection.getClient().off('commandStarted', note);
    expect(answer.status).toBe(200);
    return commands;
  };

  beforeAll(async () => {
    app = await TestApp.start();
    member = await app.asMember();
    await loadJobs(app, { from: 0, to: FEW });
    for (const one of REQUESTS) sent.set(one.name, await send(one));
  }, LOADING_MS);
  afterAll(() => app.stop(), LOADING_MS);

  describe.each([FEW, MANY])('at %d jobs', (size) => {
    beforeAll(async () => {
      if (size > FEW) await loadJobs(app, { from: FEW, to: size });
      expect(await app.connection.collection('marketplace_jobs').countDocuments()).toBe(size);
    }, LOADING_MS);

    it.each(REQUESTS.map(({ name }) => name))('%s', async (name) => {
      const commands = sent.get(name) ?? [];
      expect(commands.length).toBeGreaterThan(0);
      for (const command of commands) {
        const kind = kindOfCount(command);
        if (kind && counted.has(`${size} ${kind}`)) continue;
        if (kind) counted.add(`${size} ${kind}`);
        const explained = await explain(app, command);
        const { stages, documentsExamined, keysExamined, returned, skipped, collection } = explained;
        expect(stages).not.toContain('COLLSCAN');
        // versions are read from the indexes alone, whatever is filtered and however deep the page
        const bound = collection === 'job_listings' ? 0 : 3 * Math.max(returned, 1) + skipped;
        expect([collection, documentsExamined <= bound]).toEqual([collection, true]);
        if (isWhole(name) && isPage(command))
          expect([collection, keysExamined <= walkOf(explained)]).toEqual([collection, true]);
      }
    });
  });

  it(
    'look at a part of the map for the nearest of all',
    async () => {
      const page_size = 20;
      const near = request('/jobs/list', { query_type: 2, filter: SHANGHAI, page_size });
      const look = async () => {
        const pages = await readsOf(app, 'job_listings', () => send(near));
        const withinSquares = pages.filter((command) => JSON.stringify(command).includes('"fine":{"$in"'));
        expect(withinSquares).toHaveLength(1);
        const { keysExamined } = await explain(app, withinSquares[0]!);
        expect(keysExamined).toBeLessThan(Math.max(25 * page_size, MANY / 20));
      };
      // what was known of the first thousand serves until the map has been looked at anew
      await eventually(look, { within: LOADING_MS / 2 });
    },
    LOADING_MS,
  );
});
