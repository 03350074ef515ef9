import { formatShanghaiDay } from '../../src/common/time/shanghai';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { ACCESS_LOG, ARTICLES, BANNERS } from '../support/content';
import { loadContent } from '../support/content-load';
import { onRealMongo } from '../support/database';
import { type Command, expectAllBounded, readsOf } from '../support/explain';

const LOADING_MS = 600_000;
const FEW = 1000;
const MANY = 20_000;
const yesterday = formatShanghaiDay(new Date(Date.now() - 86_400_000));
const days = { from: yesterday, to: formatShanghaiDay(new Date()) };
const deep = { page: 3, pageSize: 100 };

type Query = Record<string, string | number>;

/** The collection that is asked, the path, and every way of asking. */
const READS: [collection: string, path: string, queries: Query[]][] = [
  ['banners', `${BANNERS}/miniprogram/active`, [{}]],
  ['banners', BANNERS, [{}, deep, { status: 'inactive' }, { status: 'active', ...deep }]],
  ['articles', `${ARTICLES}/miniprogram/list`, [{}, deep, { tag: '标签3' }, { tag: '没有' }]],
  ['articles', ARTICLES, [{}, deep, { status: 'draft' }, { status: 'published', ...deep }]],
  [
    'access_logs',
    ACCESS_LOG,
    [
      {},
      deep,
      days,
      { event: 'rare' },
      { event: 'none' },
      { event: 'page_view', ...days },
      { pathname: '/page/3' },
      { pathname: '/page/3', event: 'rare' },
      { pathname: '/page/3', event: 'page_view', ...days },
    ],
  ],
  ['access_logs', `${ACCESS_LOG}/stats`, [{}, days]],
];
const REQUESTS = READS.flatMap(([collection, path, queries]) =>
  queries.map((query) => ({ name: `${path} ${JSON.stringify(query)}`, collection, path, query })),
);

onRealMongo('the reads of banners, articles and access logs', () => {
  let app: TestApp;
  let manager: Actor;
  const sent = new Map<string, Command[]>();
  beforeAll(async () => {
    app = await TestApp.start();
    manager = await app.asManager();
    for (const { name, collection, path, query } of REQUESTS) {
      const commands = await readsOf(app, collection, async () => {
        expect((await manager.get(path, query)).status).toBe(200);
      });
      sent.set(name, commands);
    }
  }, LOADING_MS);
  afterAll(() => app.stop(), LOADING_MS);

  describe.each([FEW, MANY])('at %d records', (size) => {
    beforeAll(() => loadContent(app, size === FEW ? 0 : FEW, size), LOADING_MS);

    it.each(REQUESTS)('$name', async ({ name }) => {
      await expectAllBounded(app, sent.get(name) ?? []);
    });
  });
});
