import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { ARTICLES, articleInput, created } from '../support/content';
import { NOBODY } from '../support/customers';
import { refusal } from '../support/refusal';

const LIST = `${ARTICLES}/miniprogram/list`;
const one = (id: string) => `${ARTICLES}/miniprogram/${id}`;

describe('articles, as the mini-program shows them', () => {
  let app: TestApp;
  let manager: Actor;
  let guest: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    manager = await app.asManager();
    guest = app.asGuest();
  });
  afterAll(() => app.stop());
  beforeEach(() => app.connection.collection('articles').deleteMany({}));
  const create = (overrides: Record<string, unknown> = {}) =>
    created(manager, ARTICLES, articleInput({ status: 'published', ...overrides }));
  const titles = async (query: Record<string, string | number> = {}) =>
    ((await guest.get(LIST, query)).body.data.list as { title: string }[]).map(({ title }) => title);

  it('are the published ones, newest first', async () => {
    const draft = await create({ title: '先写后发', status: 'draft' });
    await create({ title: '第一篇' });
    await create({ title: '一直是草稿', status: 'draft' });
    await create({ title: '第二篇' });
    expect(await titles()).toEqual(['第二篇', '第一篇']);
    await manager.patch(`${ARTICLES}/${draft.id}`, { status: 'published' });
    expect(await titles()).toEqual(['先写后发', '第二篇', '第一篇']);
  });

  it('have no content in the list, and never their original', async () => {
    const { id } = await create({ contentRaw: '<p>秘密的正文<script>1</script></p>' });
    const list = await guest.get(LIST);
    expect(Object.keys(list.body.data.list[0]).toSorted()).toEqual(
      [
        'id',
        'title',
        'author',
        'source',
        'coverUrl',
        'summary',
        'tags',
        'viewCount',
        'publishedAt',
      ].toSorted(),
    );
    expect(list.text).not.toContain('秘密的正文');
    const detail = (await guest.get(one(id))).body.data;
    expect(detail.contentHtml).toBe('<p>秘密的正文</p>');
    for (const hidden of ['contentRaw', 'status', 'createdAt']) expect(detail).not.toHaveProperty(hidden);
  });

  it('are found by a tag, in pages', async () => {
    await create({ title: '甲', tags: ['月嫂', '上户'] });
    await create({ title: '乙', tags: ['保洁'] });
    await create({ title: '丙', tags: ['月嫂'] });
    await create({ title: '丁', tags: ['月嫂'], status: 'draft' });
    expect(await titles({ tag: '月嫂' })).toEqual(['丙', '甲']);
    expect(await titles({ tag: '没有' })).toEqual([]);
    const page = await guest.get(LIST, { page: 2, pageSize: 2 });
    expect(page.body.data).toMatchObject({
      total: 3,
      totalPages: 2,
      hasMore: false,
      list: [{ title: '甲' }],
    });
  });

  it.each([
    ['tag', { tag: '' }],
    ['tag', { tag: '长'.repeat(21) }],
    ['pageSize', { pageSize: 101 }],
    ['page', { page: 1001 }],
  ])('are not listed for a wrong %s', async (field, query) => {
    expect(await guest.get(LIST, query as Record<string, string | number>)).toMatchObject(
      refusal('INVALID_PARAMS', field),
    );
  });

  it('that are not published, or not there, are NOT_FOUND and count nothing', async () => {
    const draft = await create({ status: 'draft' });
    const withdrawn = await create();
    await manager.patch(`${ARTICLES}/${withdrawn.id}`, { status: 'draft' });
    for (const id of [draft.id, withdrawn.id, NOBODY] as string[])
      expect(await guest.get(one(id))).toMatchObject(refusal('NOT_FOUND'));
    expect((await manager.get(`${ARTICLES}/${draft.id}`)).body.data.viewCount).toBe(0);
    expect(await guest.get(one('1'))).toMatchObject(refusal('INVALID_PARAMS', 'id'));
  });

  it('count each of fifty readers at once, beside a change', async () => {
    const { id } = await create();
    const answers = await Promise.all([
      ...Array.from({ length: 50 }, () => guest.get(one(id))),
      manager.patch(`${ARTICLES}/${id}`, { title: '改了' }),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const counts = answers.slice(0, 50).map(({ body }) => body.data.viewCount as number);
    expect(new Set(counts).size).toBe(50);
    expect((await manager.get(`${ARTICLES}/${id}`)).body.data).toMatchObject({
      title: '改了',
      viewCount: 50,
    });
  });

  it('cost the database the same calls, however many there are', async () => {
    const [article] = await Promise.all(Array.from({ length: 12 }, () => create({ tags: ['月嫂'] })));
    const lists = ['aggregate articles', 'find articles'];
    const calls = async (path: string, query = {}) =>
      (await app.databaseCalls(() => guest.get(path, query))).toSorted();
    expect(await calls(LIST)).toEqual(lists);
    expect(await calls(LIST, { tag: '月嫂' })).toEqual(lists);
    expect(await calls(one(article.id))).toEqual(['findAndModify articles']);
  });
});
