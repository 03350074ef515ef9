import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { ARTICLES, articleInput, created } from '../support/content';
import { NOBODY } from '../support/customers';
import { harmIn } from '../support/html';
import { HTML_VECTORS } from '../support/html-vectors';
import { refusal } from '../support/refusal';

describe('articles, as staff write them', () => {
  let app: TestApp;
  let manager: Actor;
  let admin: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    [manager, admin] = await Promise.all([app.asManager(), app.asAdmin()]);
  });
  afterAll(() => app.stop());
  const create = (overrides: Record<string, unknown> = {}) =>
    created(manager, ARTICLES, articleInput(overrides));
  const stored = async (id: string) => (await manager.get(`${ARTICLES}/${id}`)).body.data;

  it('are made as drafts, with what was given', async () => {
    const article = await create({
      tags: [' 月嫂 ', '上户'],
      unknown: 'dropped',
      contentHtml: '<script>',
      viewCount: 9,
    });
    expect(article).toMatchObject({
      title: '月嫂上户前要准备什么',
      author: '',
      source: '',
      coverUrl: '',
      summary: '',
      contentRaw: '<p>上户前一天……</p>',
      contentHtml: '<p>上户前一天……</p>',
      imageUrls: [],
      status: 'draft',
      publishedAt: null,
      viewCount: 0,
      tags: ['月嫂', '上户'],
    });
    expect(article).not.toHaveProperty('unknown');
    expect(await stored(article.id)).toEqual(article);
  });

  it.each(HTML_VECTORS)('hold no harm of what is written into them: %s', async (vector) => {
    const article = await create({ contentRaw: `<p>前</p>${vector}` });
    expect(article.contentRaw).toBe(`<p>前</p>${vector}`);
    expect(article.contentHtml).toContain('<p>前</p>');
    expect(harmIn(article.contentHtml)).toEqual([]);
    const changed = await manager.patch(`${ARTICLES}/${article.id}`, { contentRaw: `${vector}<p>后</p>` });
    expect(harmIn(changed.body.data.contentHtml)).toEqual([]);
  });

  it.each([
    ['title', { title: '' }],
    ['title', { title: '长'.repeat(201) }],
    ['author', { author: '长'.repeat(51) }],
    ['source', { source: 7 }],
    ['summary', { summary: '长'.repeat(501) }],
    ['coverUrl', { coverUrl: 'javascript:alert(1)' }],
    ['contentRaw', { contentRaw: undefined }],
    ['contentRaw', { contentRaw: 'a'.repeat(300_001) }],
    ['contentRaw', { contentRaw: '<b>'.repeat(10_001) }],
    ['imageUrls', { imageUrls: Array.from({ length: 51 }, () => '/files/a.jpg') }],
    ['imageUrls.1', { imageUrls: ['/files/a.jpg', 'data:image/png;base64,AA'] }],
    ['imageUrls', { imageUrls: '/files/a.jpg' }],
    ['status', { status: 'archived' }],
    ['tags', { tags: Array.from({ length: 21 }, (_, n) => `标签${n}`) }],
    ['tags.0', { tags: ['长'.repeat(21)] }],
  ])('are refused for their %s', async (field, overrides) => {
    expect(await manager.post(ARTICLES, articleInput(overrides))).toMatchObject(
      refusal('INVALID_PARAMS', field),
    );
  });

  it('may be as long as they may be, and have fifty pictures', async () => {
    const imageUrls = Array.from({ length: 50 }, (_, n) => `https://cdn.example.cn/${n}.jpg`);
    const article = await create({ contentRaw: '字'.repeat(300_000), imageUrls });
    expect(article.contentHtml).toHaveLength(300_000 + '<p></p>'.length);
    expect(article.imageUrls).toEqual(imageUrls);
  });

  it('are made once for one key', async () => {
    const key = { 'idempotency-key': 'article-once' };
    const first = await manager.post(ARTICLES, articleInput(), key);
    const again = await manager.post(ARTICLES, articleInput(), key);
    expect(again.body.data).toEqual(first.body.data);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await manager.post(ARTICLES, articleInput({ title: '另一篇' }), key)).toMatchObject(
      refusal('IDEMPOTENCY_KEY_REUSED'),
    );
  });

  it('keep the day on which they were first published', async () => {
    const { id } = await create();
    const path = `${ARTICLES}/${id}`;
    const published = (await manager.patch(path, { status: 'published' })).body.data;
    expect(Date.parse(published.publishedAt)).toBeGreaterThan(Date.now() - 10_000);
    const withdrawn = (await manager.patch(path, { status: 'draft' })).body.data;
    const again = (await manager.patch(path, { status: 'published', title: '第二版' })).body.data;
    expect([withdrawn.publishedAt, again.publishedAt]).toEqual([
      published.publishedAt,
      published.publishedAt,
    ]);
  });

  it('change where they are told to, and leave a record of it', async () => {
    const { id } = await create({ author: '李静', tags: ['月嫂'] });
    const { body } = await manager.patch(`${ARTICLES}/${id}`, {
      contentRaw: '<p>新的</p><script>1</script>',
    });
    expect(body.data).toMatchObject({ author: '李静', tags: ['月嫂'], contentHtml: '<p>新的</p>' });
    const audit = (await admin.get('/api/audit-logs', { entity: 'article', entityId: id })).body.data.list;
    expect(audit[0]).toMatchObject({
      action: 'update',
      actorId: manager.id,
      before: { contentRaw: '<p>上户前一天……</p>' },
      after: { contentRaw: '<p>新的</p><script>1</script>' },
    });
    expect(await manager.patch(`${ARTICLES}/${id}`, { coverUrl: 'x' })).toMatchObject(
      refusal('INVALID_PARAMS', 'coverUrl'),
    );
  });

  it('keep both of two changes at once', async () => {
    const { id } = await create();
    const answers = await Promise.all([
      manager.patch(`${ARTICLES}/${id}`, { contentRaw: '甲写的' }),
      admin.patch(`${ARTICLES}/${id}`, { title: '乙的标题', status: 'published' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await stored(id)).toMatchObject({
      title: '乙的标题',
      contentRaw: '甲写的',
      contentHtml: '<p>甲写的</p>',
      status: 'published',
    });
  });

  it('are listed newest first, by status, without their content', async () => {
    const published = await create({ status: 'published', title: '已发布的' });
    const draft = await create({ title: '草稿' });
    const all = (await manager.get(ARTICLES, { pageSize: 2 })).body.data;
    expect(all.list.map(({ id }: { id: string }) => id)).toEqual([draft.id, published.id]);
    for (const hidden of ['contentRaw', 'contentHtml', 'imageUrls'])
      expect(all.list[0]).not.toHaveProperty(hidden);
    const drafts = (await manager.get(ARTICLES, { status: 'draft', pageSize: 100 })).body.data;
    expect(new Set(drafts.list.map(({ status }: { status: string }) => status))).toEqual(new Set(['draft']));
    expect(drafts.total).toBeLessThan(all.total);
    expect(await manager.get(ARTICLES, { status: 'x' })).toMatchObject(refusal('INVALID_PARAMS', 'status'));
    expect(await manager.get(ARTICLES, { page: 101, pageSize: 100 })).toMatchObject(
      refusal('INVALID_PARAMS', 'page'),
    );
  });

  it('are gone once removed', async () => {
    const { id } = await create({ status: 'published' });
    expect(await manager.delete(`${ARTICLES}/${id}`)).toMatchObject({ status: 200, body: { data: null } });
    expect(await manager.delete(`${ARTICLES}/${id}`)).toMatchObject(refusal('NOT_FOUND'));
    expect(await app.asGuest().get(`${ARTICLES}/miniprogram/${id}`)).toMatchObject(refusal('NOT_FOUND'));
  });

  it('that are not there are NOT_FOUND, and what is no id is INVALID_PARAMS', async () => {
    for (const id of [NOBODY, 'x']) {
      const refused = id === 'x' ? refusal('INVALID_PARAMS', 'id') : refusal('NOT_FOUND');
      expect(await manager.get(`${ARTICLES}/${id}`)).toMatchObject(refused);
      expect(await manager.patch(`${ARTICLES}/${id}`, { title: '新' })).toMatchObject(refused);
      expect(await manager.delete(`${ARTICLES}/${id}`)).toMatchObject(refused);
    }
  });

  it('are nothing to an employee, an interviewer or a stranger', async () => {
    const article = await create();
    const [employee, hr] = await Promise.all([app.asEmployee(), app.asHr()]);
    for (const caller of [employee, hr, app.asGuest()]) {
      const refused = refusal(caller.identity ? 'FORBIDDEN' : 'UNAUTHORIZED');
      expect(await caller.get(ARTICLES)).toMatchObject(refused);
      expect(await caller.get(`${ARTICLES}/${article.id}`)).toMatchObject(refused);
      expect(await caller.post(ARTICLES, articleInput())).toMatchObject(refused);
      expect(await caller.patch(`${ARTICLES}/${article.id}`, { title: '新' })).toMatchObject(refused);
      expect(await caller.delete(`${ARTICLES}/${article.id}`)).toMatchObject(refused);
    }
    expect(await stored(article.id)).toEqual(article);
  });
});
