import type { Browser, Page } from 'playwright-core';
import { ALLOWING, inBrowser, openBrowser } from '../support/browser';
import { eventually } from '../support/eventually';
import { createRoom, INTERVIEW, joined } from '../support/interview';
import { flaws, InterviewPages, inTheRoom, joinAs } from '../support/interview-pages';

/** What apps' browsers leave out, and what people forbid: devices, storage, beacons, permissions. */
const BARE_BROWSER = `
  Object.defineProperty(Navigator.prototype, 'mediaDevices', { get: () => undefined });
  Object.defineProperty(Navigator.prototype, 'permissions', { get: () => undefined });
  Object.defineProperty(Navigator.prototype, 'sendBeacon', { value: undefined });
  Object.defineProperty(window, 'sessionStorage', { get: () => { throw new DOMException('no', 'SecurityError'); } });
`;
/** One that is switched off at its cable, say. */
const SILENT_MICROPHONE = `
  navigator.mediaDevices.getUserMedia = async () => new AudioContext().createMediaStreamDestination().stream;
`;

inBrowser('the guest page in odd browsers, and in odd moments', () => {
  let pages: InterviewPages;
  let browser: Browser;
  let roomId: string;
  beforeAll(async () => {
    [pages, browser] = await Promise.all([InterviewPages.start(), openBrowser(ALLOWING)]);
  });
  beforeEach(async () => {
    roomId = await createRoom(pages.boss);
  });
  afterEach(() => pages.closePages());
  afterAll(async () => {
    await browser.close();
    await pages.stop();
  });

  const names = async (): Promise<string[]> =>
    (await pages.guest.get(`${INTERVIEW}/room/${roomId}`)).body.data.participants.map(
      ({ userName }: { userName: string }) => userName,
    );
  const areThere = (expected: string[]) =>
    eventually(async () => expect(await names()).toEqual(expected), { within: 10_000, every: 100 });
  const dispatch = (page: Page, type: 'pagehide' | 'pageshow') =>
    page.evaluate(`dispatchEvent(new PageTransitionEvent('${type}', { persisted: true }))`);

  it('knows no devices, keeps nothing and sends no beacons: a guest listens, and leaves all the same', async () => {
    const page = await pages.open(browser, '/h5/interview?roomId=room_that_is_none');
    await page.addInitScript(BARE_BROWSER);
    await page.goto(`${pages.url}/h5/interview?roomId=${roomId}`);
    await page.getByRole('button', { name: '检测摄像头和麦克风' }).click();
    await page.getByText('这个浏览器不支持视频').waitFor();
    await joinAs(page, '张小梅', '只听不说');
    await page.getByRole('button', { name: '开摄像头' }).click();
    await page.getByText('摄像头：这个浏览器不支持视频').waitFor();
    await page.getByRole('button', { name: '开麦' }).click();
    await page.getByText('麦克风：这个浏览器不支持视频').waitFor();
    expect(await flaws(page)).toEqual([]);
    await page.close({ runBeforeUnload: true });
    await areThere(['李静']);
  });

  it('does not say that it hears a microphone that is silent', async () => {
    const page = await pages.open(browser, '/h5/interview?roomId=room_that_is_none');
    await page.addInitScript(SILENT_MICROPHONE);
    await page.goto(`${pages.url}/h5/interview?roomId=${roomId}`);
    await page.getByText('麦克风已打开').waitFor();
    await page.getByLabel('您的姓名').click();
    await page.getByText('请说句话试试').waitFor();
    // as long as some ten looks
    await page.waitForTimeout(1000);
    expect(await page.getByText('能听到您的声音').count()).toBe(0);
    expect(await flaws(page)).toEqual([]);
  });

  it('is tapped twice at once: that is one guest, whose page says that it will report itself', async () => {
    const page = await pages.guestPage(browser, roomId);
    await page.getByText('摄像头和麦克风已打开').waitFor();
    await page.getByLabel('您的姓名').fill('张小梅');
    const asked: unknown[] = [];
    page.on(
      'request',
      (request) => request.url().endsWith('/guest/join') && asked.push(request.postDataJSON()),
    );
    await page.evaluate(`{
      const button = [...document.querySelectorAll('button')].find(({ type }) => type === 'submit');
      button.click();
      button.click();
    }`);
    await inTheRoom(page);
    expect(asked).toMatchObject([{ userName: '张小梅', reportsPresence: true }]);
    expect(await names()).toEqual(['李静', '张小梅']);
  });

  it('never gets the answer to its joining: the next try is the same guest', async () => {
    const page = await pages.guestPage(browser, roomId);
    let lost = 0;
    await page.route('**/guest/join', async (route) => {
      await route.fetch();
      lost++;
      await route.abort();
    });
    await page.getByLabel('您的姓名').fill('张小梅');
    await page.getByRole('button', { name: '只听不说' }).click();
    await page.getByText('网络不通，没能加入').waitFor();
    expect([lost, await names()]).toEqual([3, ['李静', '张小梅']]);
    expect(await flaws(page)).toEqual([]);
    await page.unroute('**/guest/join');
    await page.getByRole('button', { name: '只听不说' }).click();
    await inTheRoom(page);
    expect(await names()).toEqual(['李静', '张小梅']);
  });

  it('shows who hosts in a form that no guest can give themselves', async () => {
    await joined(pages.guest, roomId, { userName: '李静', identity: '主持人' });
    const page = await pages.guestPage(browser, roomId);
    await joinAs(page, '张小梅');
    await page.getByRole('button', { name: '成员 3' }).click();
    const backgrounds = (within: string) =>
      page.evaluate<string[]>(`[...document.querySelectorAll('${within} span')]
        .filter(({ textContent }) => textContent === '主持人')
        .map((label) => getComputedStyle(label).backgroundColor)`);
    for (const list of ['.stage', 'aside']) {
      const [host, guest, ...more] = await backgrounds(list);
      expect(more).toEqual([]);
      expect(guest).toBe('rgba(0, 0, 0, 0)');
      expect(host).not.toBe(guest);
    }
    expect(await flaws(page)).toEqual([]);
  });

  it('lets go of the camera when the room has no place', async () => {
    await Promise.all(Array.from({ length: 19 }, () => joined(pages.guest, roomId)));
    const page = await pages.guestPage(browser, roomId);
    await page.getByText('摄像头和麦克风已打开').waitFor();
    await page.evaluate(`window.tracks = document.querySelector('video').srcObject.getTracks()`);
    const states = () => page.evaluate('tracks.map(({ readyState }) => readyState)');
    expect(await states()).toEqual(['live', 'live']);
    await page.getByLabel('您的姓名').fill('张小梅');
    await page.getByRole('button', { name: '加入面试' }).click();
    await page.getByRole('heading', { name: '面试间人数已满' }).waitFor();
    expect(await states()).toEqual(['ended', 'ended']);
  });

  it('is put aside as it is by a browser that brings it back: out of the room, and in again', async () => {
    const page = await pages.guestPage(browser, roomId);
    await joinAs(page, '张小梅');
    await dispatch(page, 'pagehide');
    await areThere(['李静']);
    // what still reaches the page, its own leaving as others' coming, does not bring it back
    await joined(pages.guest, roomId, { userName: '王小丽' });
    await page.getByText('王小丽').first().waitFor();
    await page.waitForTimeout(1000);
    expect(await names()).toEqual(['李静', '王小丽']);
    await dispatch(page, 'pageshow');
    await areThere(['李静', '张小梅', '王小丽']);
    await page.getByText('张小梅（我）').waitFor();
  });

  it('is open twice as the same guest: the one that is closed does not take the other one out', async () => {
    const page = await pages.guestPage(browser, roomId);
    await joinAs(page, '张小梅');
    const key = `h5.guest.${roomId}`;
    const kept = await page.evaluate<string>(`sessionStorage.getItem('${key}')`);
    const copy = await page.context().newPage();
    await copy.addInitScript(`sessionStorage.setItem('${key}', '${kept}')`);
    await copy.goto(page.url());
    await copy.getByRole('button', { name: '只听不说' }).click();
    await inTheRoom(copy);
    expect(await names()).toEqual(['李静', '张小梅']);
    const again = page.waitForRequest('**/guest/join');
    await copy.close({ runBeforeUnload: true });
    await again;
    await areThere(['李静', '张小梅']);
  });

  it('asks nothing of any other server, and does nothing that its policy forbids', () => {
    expect(pages.strangers).toEqual([]);
    expect(pages.problems).toEqual([]);
  });
});
