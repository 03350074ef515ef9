import type { Browser, Page } from 'playwright-core';
import { encode } from 'uqr';
import { ALLOWING, inBrowser, openBrowser } from '../support/browser';
import { eventually } from '../support/eventually';
import { PASSWORD, userInput } from '../support/factories';
import { createRoom, INTERVIEW } from '../support/interview';
import { DESKTOP, flaws, InterviewPages, joinAs, layoutFlaws, SMALL_PHONE } from '../support/interview-pages';
import { BOSS } from '../support/service-process';

const EVENTS = '**/api/interview/room/*/events';

/** Which modules of the code are dark, as `column,row`, without the margin around it. */
const MODULES = `[...document.querySelector('svg[role=img] path').getAttribute('d').matchAll(/M(\\d+) (\\d+)/g)]
  .map(([, x, y]) => (x - 4) + ',' + (y - 4)).sort()`;

function modulesOf(text: string): string[] {
  const { data } = encode(text, { ecc: 'M', border: 0 });
  return data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? `${x},${y}` : []))).sort();
}

const focused = (page: Page) =>
  page.evaluate<string>(`{
    const element = document.activeElement;
    element === document.body ? 'nothing' : element.id || element.innerText;
  }`);

inBrowser('the host page, and guests beside it', () => {
  let pages: InterviewPages;
  let browser: Browser;
  beforeAll(async () => {
    [pages, browser] = await Promise.all([InterviewPages.start(), openBrowser(ALLOWING)]);
  });
  afterEach(() => pages.closePages());
  afterAll(async () => {
    await browser.close();
    await pages.stop();
  });

  async function logIn(page: Page, username = BOSS.ADMIN_USERNAME, password = BOSS.ADMIN_PASSWORD) {
    await page.getByLabel('用户名').fill(username);
    await page.getByLabel('密码').fill(password);
    await page.getByRole('button', { name: '登录' }).click();
  }

  /** A member of staff of their own, at their desk. */
  async function atTheDesk(options = DESKTOP): Promise<Page> {
    const { username } = userInput();
    await pages.boss.post('/api/users', { ...userInput({ username, name: '李静' }) });
    const page = await pages.open(browser, '/h5/host', options);
    await logIn(page, username, PASSWORD);
    await page.getByRole('heading', { name: '面试间管理' }).waitFor();
    return page;
  }

  async function newRoom(page: Page, name = '王阿姨 月嫂面试'): Promise<string> {
    await page.getByLabel('面试间名称').fill(name);
    await page.getByRole('button', { name: '新建' }).click();
    await page.getByRole('heading', { name, level: 2 }).waitFor();
    return page.getByLabel('邀请链接').inputValue();
  }

  /** The link as it is, at the address under which the tests have the service. */
  const here = (link: string) => pages.url + new URL(link).pathname + new URL(link).search;

  it('logs staff in, in words when it will not, and out again', async () => {
    const page = await pages.open(browser, '/h5/host', SMALL_PHONE);
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByText('请填写用户名').waitFor();
    expect(await flaws(page)).toEqual([]);
    expect(await layoutFlaws(page)).toEqual([]);
    await logIn(page, BOSS.ADMIN_USERNAME, 'not-the-password');
    await page.getByText('用户名或密码错误').waitFor();
    expect(await focused(page)).toBe('password');
    await logIn(page);
    await page.getByRole('heading', { name: '面试间管理' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: '面试间管理' }).waitFor();
    const token = await page.evaluate<string>(`JSON.parse(sessionStorage.getItem('h5.staff')).token`);
    await page.getByRole('button', { name: '退出登录' }).click();
    await page.getByRole('heading', { name: '员工登录' }).waitFor();
    await eventually(async () =>
      expect((await pages.boss.withToken(token).get('/api/auth/me')).status).toBe(401),
    );
    // the page has told the access log that it was opened, and nothing of who it was
    await eventually(async () => {
      const { body, text } = await pages.boss.get('/api/miniprogram-access-log', { pageSize: 100 });
      const entries: { pathname: string; event: string }[] = body.data.list;
      expect(entries).toContainEqual(expect.objectContaining({ pathname: '/h5/host', event: 'page_view' }));
      expect(text).not.toContain(BOSS.ADMIN_USERNAME);
    });
  });

  it('asks for the log-in again when the token is no longer good', async () => {
    const page = await atTheDesk();
    await page.evaluate(`(() => {
      const session = JSON.parse(sessionStorage.getItem('h5.staff'));
      sessionStorage.setItem('h5.staff', JSON.stringify({ ...session, token: session.token + 'x' }));
    })()`);
    await page.reload();
    await page.getByText('登录已过期，请重新登录').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('员工登录');
  });

  it.each([
    ['a desktop', DESKTOP],
    ['a small phone', SMALL_PHONE],
  ])('makes a room on %s, shows its code and link, and copies the link', async (_, options) => {
    const page = await atTheDesk(options);
    await page.getByText('没有进行中的面试间').waitFor();
    expect(await flaws(page)).toEqual([]);
    const link = await newRoom(page);
    expect(link).toMatch(/\/h5\/interview\?roomId=[\w-]{24}$/);
    await page.getByRole('img', { name: '“王阿姨 月嫂面试”的二维码' }).waitFor();
    expect(await page.evaluate(MODULES)).toEqual(modulesOf(link));
    expect(await flaws(page)).toEqual([]);
    expect(await layoutFlaws(page)).toEqual([]);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: pages.url });
    await page.getByRole('button', { name: '复制链接' }).click();
    await page.getByRole('status').filter({ hasText: '链接已复制' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(link);
  });

  it('finds the newest of one’s own rooms again, and shows nobody else’s', async () => {
    await createRoom(pages.boss, { roomName: '别人的面试间' });
    const page = await atTheDesk();
    await newRoom(page, '第一间');
    const link = await newRoom(page, '第二间');
    await page.reload();
    await page.getByRole('heading', { name: '第二间', level: 2 }).waitFor();
    expect(await page.getByLabel('邀请链接').inputValue()).toBe(link);
    expect(await page.getByRole('button', { name: '第一间' }).count()).toBe(1);
    expect(await page.getByText('别人的面试间').count()).toBe(0);
  });

  it('shows more rooms than a page of them, and leads on to the first that has come', async () => {
    const page = await atTheDesk();
    const token = await page.evaluate<string>(`JSON.parse(sessionStorage.getItem('h5.staff')).token`);
    const host = pages.boss.withToken(token);
    for (let i = 0; i < 21; i++) await createRoom(host, { roomName: `第${i}间` });
    await page.reload();
    const rooms = page.getByRole('button', { name: '创建' });
    await eventually(async () => expect(await rooms.count()).toBe(20));
    await page.getByRole('button', { name: '显示更多' }).press('Enter');
    await eventually(async () => expect(await focused(page)).toContain('第0间'));
    expect(await rooms.count()).toBe(21);
    expect(await page.getByRole('button', { name: '显示更多' }).count()).toBe(0);
  });

  it('asks again for a room whose record could not be had', async () => {
    const page = await atTheDesk();
    const link = await newRoom(page, '第一间');
    await newRoom(page, '第二间');
    const record = '**/api/interview/room/*';
    await page.route(record, (route) =>
      route.request().headers()['authorization'] ? route.abort() : route.continue(),
    );
    await page.getByRole('button', { name: '第一间' }).click();
    await page.getByRole('alert').filter({ hasText: '网络不通' }).waitFor();
    await page.unroute(record);
    await page.getByRole('button', { name: '重试' }).click();
    await eventually(async () => expect(await page.getByLabel('邀请链接').inputValue()).toBe(link));
  });

  it('has a host and two guests in one room, each of whom sees the others come and go', async () => {
    const host = await atTheDesk();
    const link = here(await newRoom(host));
    const [li, wang] = await Promise.all([pages.open(browser, link), pages.open(browser, link, SMALL_PHONE)]);
    await joinAs(li, '李明');
    await host.getByText('现在在面试间（2 人）').waitFor();
    await host.getByRole('button', { name: '进入视频' }).click();
    await joinAs(wang, '王芳');
    for (const page of [host, li])
      await page.getByRole('status').filter({ hasText: '王芳 加入了面试' }).waitFor();
    for (const page of [host, li, wang]) {
      const names = page.getByRole('list', { name: '视频画面' });
      for (const name of ['李静', '李明', '王芳']) await names.getByText(name).waitFor();
    }
    expect(await flaws(host)).toEqual([]);
    expect(await flaws(wang)).toEqual([]);
    expect(await layoutFlaws(wang)).toEqual([]);

    await wang.getByRole('button', { name: '离开面试间' }).click();
    for (const page of [host, li])
      await page.getByRole('status').filter({ hasText: '王芳 离开了面试间' }).waitFor();
    await host.getByRole('button', { name: '离开面试间' }).click();
    await li.getByRole('status').filter({ hasText: '李静 离开了面试间' }).waitFor();
    await host.getByText('现在在面试间（1 人）').waitFor();
    await host.getByRole('button', { name: '进入视频' }).click();
    await li.getByRole('status').filter({ hasText: '李静 加入了面试' }).waitFor();
    await host.close({ runBeforeUnload: true });
    await li.getByRole('status').filter({ hasText: '李静 离开了面试间' }).waitFor();
  });

  it('puts everybody out by ending the room, after asking', async () => {
    const host = await atTheDesk();
    const link = here(await newRoom(host));
    const guests = await Promise.all([pages.open(browser, link), pages.open(browser, link)]);
    await Promise.all(guests.map((page, i) => joinAs(page, `客人${i}`)));
    await host.getByRole('button', { name: '进入视频' }).click();
    await host.getByRole('button', { name: '结束面试' }).click();
    const question = host.getByRole('dialog', { name: '结束这场面试？' });
    await question.waitFor();
    expect(await flaws(host)).toEqual([]);
    await host.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    expect(await focused(host)).toBe('结束');
    await host.getByRole('button', { name: '结束面试' }).click();
    await question.getByRole('button', { name: '结束面试' }).click();
    await Promise.all(guests.map((page) => page.getByRole('heading', { name: '面试已结束' }).waitFor()));
    await host.getByText('这场面试已结束').waitFor();
    await host.getByText('没有进行中的面试间').waitFor();
    await eventually(async () => expect(await focused(host)).toBe('room-title'));
    expect(await guests[0]?.evaluate('document.querySelectorAll("video").length')).toBe(0);
  });

  it('tells of a broken network, and has the same guest in the room when it is back', async () => {
    const roomId = await createRoom(pages.boss);
    const page = await pages.guestPage(browser, roomId);
    await joinAs(page, '李明');
    const people = async () => (await pages.guest.get(`${INTERVIEW}/room/${roomId}`)).body.data.participants;
    const before = await people();
    await page.context().setOffline(true);
    await page.getByText('网络已断开，正在重新连接').waitFor();
    expect(await flaws(page)).toEqual([]);
    // what the service does itself to a page that is silent for long
    const guestId = await page.evaluate<string>(
      `JSON.parse(sessionStorage.getItem('h5.guest.${roomId}')).guestId`,
    );
    await pages.guest.post(`${INTERVIEW}/guest/leave`, { roomId, guestId });
    expect(await people()).toHaveLength(1);
    await page.context().setOffline(false);
    await page.getByText('网络已断开，正在重新连接').waitFor({ state: 'detached' });
    await eventually(async () => expect(await people()).toEqual(before));
    await page.getByText('李明（我）').waitFor();
  });

  it('waits for a service that cannot be reached, and opens the room when it can', async () => {
    const page = await pages.open(browser, '/h5/interview?roomId=room_that_is_none');
    const roomId = await createRoom(pages.boss);
    await page.route('**/api/**', (route) => route.abort());
    await page.goto(`${pages.url}/h5/interview?roomId=${roomId}`);
    await page.getByRole('heading', { name: '暂时连不上服务器' }).waitFor();
    expect(await flaws(page)).toEqual([]);
    await page.unroute('**/api/**');
    await page.getByRole('heading', { name: '李静的面试房间' }).waitFor();
  });

  it('asks again and again where the stream of events cannot be had', async () => {
    const host = await atTheDesk();
    await host.route(EVENTS, (route) => route.abort());
    const link = here(await newRoom(host));
    const guest = await pages.open(browser, link);
    await guest.context().route(EVENTS, (route) => route.abort());
    const asked: number[] = [];
    guest.on('request', (request) => /\/room\/[\w-]+$/.test(request.url()) && asked.push(Date.now()));
    await guest.reload();
    await joinAs(guest, '李明');
    await host.getByText('现在在面试间（2 人）').waitFor();
    // every second and a half, and not only when the stream is tried once more, later and later
    await eventually(async () => expect(asked.length).toBeGreaterThan(4), { within: 20_000, every: 100 });
    expect(Number(asked[4]) - Number(asked[0])).toBeLessThan(12_000);
    await host.getByRole('button', { name: '结束面试' }).click();
    await host.getByRole('dialog').getByRole('button', { name: '结束面试' }).click();
    await guest.getByRole('heading', { name: '面试已结束' }).waitFor();
  });

  it('asks nothing of any other server, and does nothing that its policy forbids', () => {
    expect(pages.strangers).toEqual([]);
    expect(pages.problems).toEqual([]);
  });
});
