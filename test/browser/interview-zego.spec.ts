import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { PAGES_DIR } from '../../src/modules/h5/serve-pages';
import { ALLOWING, inBrowser, openBrowser } from '../support/browser';
import { eventually } from '../support/eventually';
import { createRoom, INTERVIEW } from '../support/interview';
import { flaws, InterviewPages, joinAs } from '../support/interview-pages';

/** The address of a part of the build that pages load when they need it. */
function chunk(name: string): string {
  const file = readdirSync(join(PAGES_DIR, 'assets')).find(
    (each) => each.startsWith(name) && each.endsWith('.js'),
  );
  if (!file) throw new Error(`no ${name} in the build`);
  return `/h5/assets/${file}`;
}

/**
 * In a page: our layer on the real engine, which is let in and published without a network; what becomes of the tracks
 * that it is given, the engine's copies first, after each step.
 */
const TRACKS_STEP_BY_STEP = `(async () => {
  const [{ openZegoEngine }, { ZegoMedia }] = await Promise.all([import('ENGINE'), import('MEDIA')]);
  const real = openZegoEngine(1234567890, 'wss://webliveroom1234567890-api.zego.im/ws');
  let sent;
  const instead = { loginRoom: async () => true, startPublishingStream: (id, stream) => { sent = stream; return true; } };
  const engine = new Proxy(real, {
    get: (target, name) => instead[name] ?? (typeof target[name] === 'function' ? target[name].bind(target) : target[name]),
  });
  const told = { pictures() {}, connection() {}, passWanted() {} };
  const media = new ZegoMedia(engine, 'guest:1', told);
  const pass = { token: 'x', appId: 1234567890, userId: 'guest_1', roomId: 'room_1', expireTime: 7200 };
  const devices = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  const [voice] = devices.getAudioTracks();
  const seen = {};
  const step = async (name, tracks, camera, microphone) => {
    await media.send({ stream: new MediaStream(tracks), camera, microphone });
    const text = (list) => list.map((t) => [t.kind, t.enabled ? 'on' : 'off', t.readyState].join(' ')).sort();
    seen[name] = [text(sent.getTracks()), text(tracks)];
  };
  await media.enter(pass);
  await step('both', devices.getTracks(), true, true);
  devices.getVideoTracks()[0].stop();
  await step('camera off', [voice], false, true);
  const [picture] = (await navigator.mediaDevices.getUserMedia({ video: true })).getVideoTracks();
  await step('camera on', [voice, picture], true, true);
  await step('muted', [voice, picture], true, false);
  await media.enter(pass);
  await step('connected anew', [voice, picture], true, true);
  await media.leave();
  seen['left'] = [picture.readyState, voice.readyState];
  return seen;
})()`;

inBrowser('the pages where ZEGO is configured', () => {
  let pages: InterviewPages;
  let browser: Browser;
  beforeAll(async () => {
    const zego = {
      ZEGO_APP_ID: '1234567890',
      ZEGO_SERVER_SECRET: 'aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY',
      ZEGO_API_BASE_URL: 'https://127.0.0.1:9',
    };
    [pages, browser] = await Promise.all([InterviewPages.start(zego), openBrowser(ALLOWING)]);
  });
  afterEach(() => pages.closePages());
  afterAll(async () => {
    await browser.close();
    await pages.stop();
  });

  /** A page whose sockets lead nowhere; the names of the hosts that it wanted to reach. */
  async function cutOff(): Promise<{ page: Page; roomId: string; sockets: string[] }> {
    const roomId = await createRoom(pages.boss);
    const page = await pages.guestPage(browser, roomId);
    const sockets: string[] = [];
    await page.context().routeWebSocket(/.*/, (socket) => void sockets.push(new URL(socket.url()).hostname));
    return { page, roomId, sockets };
  }

  it('fetch the SDK when somebody joins, let it reach ZEGO and nobody else, and work on where it cannot', async () => {
    const { page, roomId, sockets } = await cutOff();
    const scripts: string[] = [];
    const steps: string[] = [];
    page.on('request', (request) => {
      if (request.resourceType() === 'script') scripts.push(request.url());
      steps.push(...(/guest\/join|guest-token|zego-engine/.exec(request.url()) ?? []));
    });
    await page.getByLabel('您的姓名').waitFor();
    expect(scripts.join()).not.toContain('zego');
    await joinAs(page, '李明');
    await page.getByText('正在连接视频').waitFor();
    expect(await flaws(page)).toEqual([]);
    await eventually(async () => expect(sockets.join()).toContain('accesshub'));
    expect(steps.slice(0, 3)).toEqual(['guest/join', 'guest-token', 'zego-engine']);
    expect(await page.getByText('沙箱模式').count()).toBe(0);
    // people come and go as ever
    await pages.guest.post(`${INTERVIEW}/guest/join`, { roomId, userName: '王芳', identity: '客户' });
    await page.getByRole('status').filter({ hasText: '王芳 加入了面试' }).waitFor();
    await page.getByRole('button', { name: '离开面试间' }).click();
    await page.getByText('您已离开面试间').waitFor();

    expect(
      sockets.filter((host) => !/\.(zego\.im|zegocloud\.com|cool[bcdfgz]cloud\.com)$/.test(host)),
    ).toEqual([]);
    expect(pages.strangers.filter((address) => !address.startsWith('wss:'))).toEqual([]);
    // what the SDK tries and does without: WebAssembly for large numbers, `Function` to find the global object, the look of
    // a dialogue of its own, and code for its statistics that it keeps, or fetches, as text
    const forbidden = pages.problems.filter((problem) => problem.includes(' forbids '));
    expect([...new Set(forbidden)].sort()).toEqual([
      'script-src forbids eval',
      'script-src forbids wasm-eval',
      'script-src-elem forbids inline',
      'style-src-elem forbids inline',
    ]);
  });

  it('give the SDK copies of their tracks, which end with what they are for, and keep their own', async () => {
    const { page } = await cutOff();
    await page.getByLabel('您的姓名').waitFor();
    const work = TRACKS_STEP_BY_STEP.replace('ENGINE', chunk('zego-engine')).replace(
      'MEDIA',
      chunk('zego-media'),
    );
    const both = ['audio on live', 'video on live'];
    expect(await page.evaluate(work)).toEqual({
      both: [both, both],
      'camera off': [['audio on live', 'video off ended'], ['audio on live']],
      'camera on': [both, both],
      muted: [['audio off live', 'video on live'], both],
      'connected anew': [both, both],
      left: ['live', 'live'],
    });
  });
});
