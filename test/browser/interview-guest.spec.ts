import type { Browser, Page } from 'playwright-core';
import { ALLOWING, FAKE_DEVICES, inBrowser, openBrowser } from '../support/browser';
import { eventually } from '../support/eventually';
import { createRoom, INTERVIEW, joined } from '../support/interview';
import { WebProxy } from '../support/web-proxy';
import {
  flaws,
  InterviewPages,
  inTheRoom,
  joinAs,
  layoutFlaws,
  PHONE,
  SMALL_PHONE,
} from '../support/interview-pages';

const title = (page: Page) => page.getByRole('heading', { level: 1 }).innerText();
const people = async (
  pages: InterviewPages,
  roomId: string,
): Promise<{ userName: string; identity: string }[]> =>
  (await pages.guest.get(`${INTERVIEW}/room/${roomId}`)).body.data.participants;

const FOCUSED_AND_IN_SIGHT = `[
  document.activeElement.innerText,
  [...document.querySelectorAll('button')].at(-1).getBoundingClientRect().bottom < innerHeight + 1,
]`;
const TOASTS_BELOW_HEADER = `document.querySelector('.toasts').getBoundingClientRect().top >=
  document.querySelector('header').getBoundingClientRect().bottom`;

inBrowser('the guest page', () => {
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

  it('shows the room at its door, and lets a guest in who says who they are', async () => {
    const roomId = await createRoom(pages.boss, { roomName: '王阿姨 月嫂面试', hostName: '李静' });
    const page = await pages.guestPage(browser, roomId, SMALL_PHONE);
    await page.getByText('主持人：李静').waitFor();
    await page.getByText('现在有 1 人在面试间').waitFor();
    expect(await title(page)).toBe('王阿姨 月嫂面试');
    expect(await page.title()).toBe('王阿姨 月嫂面试');
    expect(await flaws(page)).toEqual([]);
    expect(await layoutFlaws(page)).toEqual([]);

    await page.getByRole('button', { name: '加入面试' }).click();
    await page.getByText('请填写您的姓名').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('name');
    expect(await flaws(page)).toEqual([]);

    await page.getByRole('radio', { name: '其他' }).check();
    await page.getByLabel('请说明身份').fill('陪同家属');
    await joinAs(page, '  张小梅 ');
    expect(await people(pages, roomId)).toMatchObject([
      { userName: '李静' },
      { userName: '张小梅', identity: '陪同家属' },
    ]);
    await page.getByText('沙箱模式').waitFor();
    await page.getByText('张小梅（我）').waitFor();
    expect(await flaws(page)).toEqual([]);
    expect(await layoutFlaws(page)).toEqual([]);
  });

  it('can be used with the keyboard alone, and leads those who see nothing along', async () => {
    const roomId = await createRoom(pages.boss);
    const page = await pages.guestPage(browser, roomId);
    const focused = () =>
      page.evaluate<string>('document.activeElement.innerText || document.activeElement.id');
    await page.getByLabel('您的姓名').waitFor();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('name');
    await page.keyboard.type('张小梅');
    await page.keyboard.press('Enter');
    await inTheRoom(page);
    expect(await focused()).toBe('李静的面试房间');
    await page.getByRole('status').filter({ hasText: '您已加入面试间' }).waitFor();
    for (let steps = 0; (await focused()) !== '成员 2'; steps++) {
      if (steps === 8) throw new Error('the members cannot be reached');
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '面试间成员（2 人）' }).waitFor();
    expect(await flaws(page)).toEqual([]);
    await page.keyboard.press('Escape');
    expect(await focused()).toBe('成员 2');
  });

  it('shows one’s own picture, and turns picture and voice off and on', async () => {
    const roomId = await createRoom(pages.boss);
    const page = await pages.guestPage(browser, roomId);
    // without being asked for, since the browser would not ask
    await page.getByText('摄像头和麦克风已打开').waitFor();
    // the browser's microphone beeps
    await page.getByText('能听到您的声音').waitFor();
    expect(await flaws(page)).toEqual([]);
    await joinAs(page, '张小梅');
    const tracks = () =>
      page.evaluate<string[]>(`[...document.querySelectorAll('video')].flatMap((video) =>
        video.srcObject.getTracks().map(({ kind, enabled }) => kind + ' ' + enabled)).sort()`);
    const playing = `[...document.querySelectorAll('video')].some((video) => video.videoWidth > 0 && !video.paused)`;
    await eventually(async () => expect(await page.evaluate(playing)).toBe(true));
    expect(await tracks()).toEqual(['audio true', 'video true']);

    await page.getByRole('button', { name: '静音' }).click();
    expect(await tracks()).toEqual(['audio false', 'video true']);
    await page.getByText('麦克风已关闭').waitFor();
    await page.getByRole('button', { name: '关摄像头' }).click();
    await page.getByRole('button', { name: '开摄像头' }).waitFor();
    // its light is out
    expect(await tracks()).toEqual(['audio false']);
    await page.getByRole('button', { name: '开摄像头' }).click();
    await page.getByRole('button', { name: '关摄像头' }).waitFor();
    await page.getByRole('button', { name: '开麦' }).click();
    expect(await tracks()).toEqual(['audio true', 'video true']);
  });

  it('changes from one camera to the other', async () => {
    const two = await openBrowser(['--use-fake-ui-for-media-stream', `${FAKE_DEVICES[0]}=device-count=2`]);
    try {
      const page = await pages.guestPage(two, await createRoom(pages.boss));
      await joinAs(page, '张小梅');
      const camera = () =>
        page.evaluate<string | undefined>(
          `document.querySelector('video')?.srcObject?.getVideoTracks()[0]?.getSettings().deviceId`,
        );
      const first = await camera();
      expect(first).toBeTruthy();
      await page.getByRole('button', { name: '切换摄像头' }).click();
      // there is none for a moment
      await eventually(async () => expect([undefined, first]).not.toContain(await camera()));
      await page.getByRole('button', { name: '切换摄像头' }).click();
      await eventually(async () => expect(await camera()).toBe(first));
    } finally {
      await pages.closePages();
      await two.close();
    }
  });

  it('lets go of a camera that is allowed after the guest has chosen to listen only', async () => {
    const page = await pages.open(browser, '/h5/interview?roomId=room_that_is_none');
    await page.addInitScript(`{
      const { mediaDevices } = navigator;
      const ask = mediaDevices.getUserMedia.bind(mediaDevices);
      window.given = [];
      mediaDevices.getUserMedia = async (wanted) => {
        await new Promise((done) => { window.allow = done; });
        const stream = await ask(wanted);
        given.push(...stream.getTracks());
        return stream;
      };
    }`);
    await page.goto(`${pages.url}/h5/interview?roomId=${await createRoom(pages.boss)}`);
    await page.getByLabel('您的姓名').fill('张小梅');
    await page.getByRole('button', { name: '加入面试' }).click();
    await page.getByText('请在弹出的提示中选择“允许”').waitFor();
    // some apps' browsers never ask, nor answer: this way stays open
    await joinAs(page, '张小梅', '只听不说');
    await page.evaluate('allow()');
    await eventually(async () =>
      expect(await page.evaluate('given.map(({ readyState }) => readyState)')).toEqual(['ended', 'ended']),
    );
    await page.getByRole('button', { name: '开摄像头' }).waitFor();
    expect(await page.locator('video').count()).toBe(1);
    expect(await page.evaluate('document.querySelector("video").srcObject.getTracks().length')).toBe(0);
  });

  it('reports every 30 seconds that it is open, and asks whether its picture of the room is still right', async () => {
    const roomId = await createRoom(pages.boss);
    const page = await pages.open(browser, '/h5/interview?roomId=room_that_is_none');
    await page.clock.install();
    await page.goto(`${pages.url}/h5/interview?roomId=${roomId}`);
    await Promise.all([page.waitForResponse('**/guest/presence'), joinAs(page, '张小梅')]);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url().slice(pages.url.length)));
    await page.clock.runFor(31_000);
    await eventually(async () => {
      expect(asked).toContain(`${INTERVIEW}/guest/presence`);
      expect(asked).toContain(`${INTERVIEW}/room/${roomId}`);
    });
    // right: the stream stays as it is, and there is nothing else to ask for
    expect(asked.filter((path) => path.includes('/room/'))).toEqual([`${INTERVIEW}/room/${roomId}`]);
  });

  it('works below a prefix, as PUBLIC_BASE_URL may have one, and beside a proxy that holds streams back', async () => {
    const proxy = await WebProxy.start(pages.url, { prefix: '/crm', holds: /\/events$/ });
    pages.known.push(proxy.url);
    const roomId = await createRoom(pages.boss);
    const page = await pages.open(browser, `${proxy.url}/h5/interview?roomId=${roomId}`);
    await joinAs(page, '张小梅');
    await joined(pages.guest, roomId, { userName: '王芳' });
    await page.getByRole('status').filter({ hasText: '王芳 加入了面试' }).waitFor();
    await pages.closePages();
    await proxy.stop();
  });

  it('leaves, can come back as the same guest, and knows them after a reload', async () => {
    const roomId = await createRoom(pages.boss);
    const page = await pages.guestPage(browser, roomId);
    await joinAs(page, '张小梅');
    const [, first] = await people(pages, roomId);
    await page.getByRole('button', { name: '离开面试间' }).click();
    await page.getByText('您已离开面试间').waitFor();
    // that they have joined is no longer true
    expect(await page.locator('.toast').count()).toBe(0);
    expect(await flaws(page)).toEqual([]);
    await eventually(async () => expect(await people(pages, roomId)).toHaveLength(1));

    await page.getByRole('button', { name: '重新加入' }).click();
    await joinAs(page, '张小梅');
    expect((await people(pages, roomId))[1]).toEqual(first);

    await page.reload();
    await eventually(async () => expect(await people(pages, roomId)).toHaveLength(1));
    expect(await page.getByLabel('您的姓名').inputValue()).toBe('张小梅');
    await joinAs(page, '张小梅');
    expect((await people(pages, roomId))[1]).toEqual(first);
  });

  it('leaves the room when it is closed', async () => {
    const roomId = await createRoom(pages.boss);
    const page = await pages.guestPage(browser, roomId);
    await joinAs(page, '张小梅');
    expect(await people(pages, roomId)).toHaveLength(2);
    await page.close({ runBeforeUnload: true });
    await eventually(async () => expect(await people(pages, roomId)).toHaveLength(1));
  });

  it('opens from a mini-program code, and says what is wrong with a link that names no room', async () => {
    const roomId = await createRoom(pages.boss);
    const userAgent = 'Mozilla/5.0 (Linux; Android 12) MicroMessenger/8.0.50 miniProgram/wx0000000000000001';
    const page = await pages.open(browser, `/h5/interview?scene=roomId%3D${roomId}`, { ...PHONE, userAgent });
    await page.getByText('李静的面试房间').waitFor();
    await eventually(async () => {
      const { body } = await pages.boss.get('/api/miniprogram-access-log', { pageSize: 100 });
      const entry = { queryParams: { roomId }, event: 'page_view', isWechat: true, isMiniProgram: true };
      expect(body.data.list).toContainEqual(expect.objectContaining(entry));
    });
    await page.goto(`${pages.url}/h5/interview?roomId=%3Cscript%3E`);
    await page.getByRole('heading', { name: '链接不完整' }).waitFor();
    expect(await flaws(page)).toEqual([]);
  });

  it('says that a room does not exist, or has ended', async () => {
    const page = await pages.guestPage(browser, 'room_that_is_none', SMALL_PHONE);
    await page.getByRole('heading', { name: '没有找到这个面试间' }).waitFor();
    expect(await flaws(page)).toEqual([]);
    expect(await layoutFlaws(page)).toEqual([]);
    const roomId = await createRoom(pages.boss);
    await pages.boss.post(`${INTERVIEW}/room/${roomId}/end`);
    await page.goto(`${pages.url}/h5/interview?roomId=${roomId}`);
    await page.getByRole('heading', { name: '面试已结束' }).waitFor();
    expect(await flaws(page)).toEqual([]);
  });

  it('says that a room is full, and lets the guest in when somebody has gone', async () => {
    const roomId = await createRoom(pages.boss);
    const others = await Promise.all(
      Array.from({ length: 19 }, (_, i) => joined(pages.guest, roomId, { userName: `客人${i}` })),
    );
    const page = await pages.guestPage(browser, roomId, SMALL_PHONE);
    await page.getByLabel('您的姓名').fill('张小梅');
    await page.getByRole('button', { name: '加入面试' }).click();
    await page.getByRole('heading', { name: '面试间人数已满' }).waitFor();
    await page.getByText('最多 20 人').waitFor();
    expect(await flaws(page)).toEqual([]);
    await pages.guest.post(`${INTERVIEW}/guest/leave`, { roomId, guestId: others[0] });
    await page.getByRole('button', { name: '重试' }).click();
    await joinAs(page, '张小梅');
    expect(await flaws(page)).toEqual([]);
    await page.getByRole('button', { name: '成员 20' }).click();
    expect(await flaws(page)).toEqual([]);
    expect(await page.getByRole('listitem').filter({ hasText: '客人18' }).count()).toBeGreaterThan(0);
    expect(await layoutFlaws(page)).toEqual([]);
  });

  it('tells the access log that it was opened, joined and left, and nothing of who it was', async () => {
    const roomId = await createRoom(pages.boss);
    const page = await pages.guestPage(browser, roomId);
    await joinAs(page, '张小梅');
    await page.getByRole('button', { name: '离开面试间' }).click();
    await page.getByText('您已离开面试间').waitFor();
    const entries = await eventually(async () => {
      const { body, text } = await pages.boss.get('/api/miniprogram-access-log', { pageSize: 100 });
      const found = body.data.list.filter(({ url }: { url: string }) => url.includes(roomId));
      expect(found.map(({ event }: { event: string }) => event)).toEqual(['leave', 'join', 'page_view']);
      expect(text).not.toMatch(/张小梅|guest_/);
      return found;
    });
    expect(entries[0]).toMatchObject({
      pathname: '/h5/interview',
      queryParams: { roomId },
      isWechat: false,
      isMiniProgram: false,
    });
    expect(entries[0].stayDuration).toBeGreaterThan(0);
    expect(entries[2].stayDuration).toBeNull();
  });

  it('shows nobody the id that speaks for a guest', async () => {
    const roomId = await createRoom(pages.boss);
    const page = await pages.guestPage(browser, roomId);
    const addresses: string[] = [];
    page.on('request', (request) => addresses.push(request.url()));
    await joinAs(page, '张小梅');
    await page.getByRole('button', { name: '成员' }).click();
    expect(await page.content()).not.toContain('guest_');
    expect(addresses.join()).not.toContain('guest_');
  });

  it('asks nothing of any other server, and does nothing that its policy forbids', () => {
    expect(pages.strangers).toEqual([]);
    expect(pages.problems).toEqual([]);
  });

  describe('of somebody without a camera', () => {
    let other: Browser;
    afterEach(async () => {
      await pages.closePages();
      await other.close();
    });

    it('who has refused it: says so, and lets them in to listen', async () => {
      other = await openBrowser(FAKE_DEVICES);
      const roomId = await createRoom(pages.boss);
      const page = await pages.guestPage(other, roomId, SMALL_PHONE);
      await page.getByLabel('您的姓名').fill('张小梅');
      await page.getByRole('button', { name: '加入面试' }).click();
      await page.getByText('没有得到使用权限').waitFor();
      // the reason does not move the ways out off the screen, nor the focus off its button
      await eventually(async () =>
        expect(await page.evaluate(FOCUSED_AND_IN_SIGHT)).toEqual(['加入面试', true]),
      );
      expect(await flaws(page)).toEqual([]);
      expect(await layoutFlaws(page)).toEqual([]);
      expect(await people(pages, roomId)).toHaveLength(1);
      await page.getByRole('button', { name: '只用语音' }).click();
      await page.getByText('麦克风：没有得到使用权限').waitFor();
      await joinAs(page, '张小梅', '只听不说');
      expect(await people(pages, roomId)).toHaveLength(2);
      await page.getByRole('button', { name: '开摄像头' }).click();
      await page.getByText('摄像头：没有得到使用权限').waitFor();
      // where no toast covers it
      await eventually(async () => expect(await page.evaluate(TOASTS_BELOW_HEADER)).toBe(true));
      expect(await flaws(page)).toEqual([]);
    });

    it('who has none: says so', async () => {
      other = await openBrowser(['--use-fake-ui-for-media-stream']);
      const page = await pages.guestPage(other, await createRoom(pages.boss));
      // asked for by the page itself, since it may
      await page.getByText('没有找到设备').waitFor();
    });

    it('because the page did not come over https: says so', async () => {
      other = await openBrowser([...ALLOWING, '--host-resolver-rules=MAP interview.test 127.0.0.1']);
      const roomId = await createRoom(pages.boss);
      const address = new URL(
        `/h5/interview?roomId=${roomId}`,
        pages.url.replace('127.0.0.1', 'interview.test'),
      );
      const page = await pages.open(other, address.href, PHONE);
      await page.getByRole('button', { name: '检测摄像头和麦克风' }).click();
      await page.getByText('当前页面不能使用摄像头和麦克风').waitFor();
      await joinAs(page, '张小梅', '只听不说');
      expect(await people(pages, roomId)).toHaveLength(2);
    });
  });
});
