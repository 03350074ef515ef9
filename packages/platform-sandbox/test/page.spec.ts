import type { Browser, Page } from 'playwright-core';
import { inBrowser, openBrowser } from '../../../test/support/browser';
import { eventually } from '../../../test/support/eventually';
import { Merchant } from './support/merchant';
import { Platforms } from './support/platforms';
import { Receiver } from './support/receiver';

const PHONE = { width: 390, height: 844 };

it('the page is closed to other hosts and brings its own policy', async () => {
  const platforms = await Platforms.start();
  const { headers, status } = await fetch(`${platforms.url}/`);
  expect(status).toBe(200);
  expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  expect(
    (await fetch(`${platforms.url}/page.css`, { headers: { origin: 'http://other.example' } })).status,
  ).toBe(403);
  await platforms.stop();
});

inBrowser('the page', () => {
  let platforms: Platforms;
  let receiver: Receiver;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    platforms = await Platforms.start({ wechatPay: true });
    receiver = await Receiver.start();
    await platforms.order('configure', {
      officialAccount: { eventUrl: receiver.url },
      wechatPay: { deliverTo: new URL(receiver.url).origin },
    });
    browser = await openBrowser();
    const context = await browser.newContext({ viewport: PHONE });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: platforms.url });
    page = await context.newPage();
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
  });
  beforeEach(async () => {
    receiver.reset();
    await platforms.order('reset');
    await page.goto(platforms.url);
    await page.getByText('已连接').waitFor();
  });
  afterAll(async () => {
    await browser.close();
    await platforms.stop();
    await receiver.stop();
  });

  const pushes = (count: number): Promise<void> =>
    eventually(async () => expect(receiver.received).toHaveLength(count));
  const createCode = (scene_str: string): Promise<unknown> =>
    platforms.call('wechat-mp', '/cgi-bin/qrcode/create', {
      action_name: 'QR_STR_SCENE',
      expire_seconds: 600,
      action_info: { scene: { scene_str } },
    });

  it('hands out login and phone codes that work, each another one', async () => {
    await page.getByRole('button', { name: '生成登录码' }).click();
    const first = await page.locator('#login-code code').innerText();
    await page.getByRole('button', { name: '生成登录码' }).click();
    const second = await page.locator('#login-code code').innerText();
    expect(first).toMatch(/^xiaoli\.[0-9a-f]{12}$/);
    expect(second).not.toBe(first);
    expect(await platforms.login({ js_code: first })).toMatchObject({ openid: 'o_xiaoli' });
    await page.getByRole('button', { name: '生成手机号码' }).click();
    await page.locator('#phone-code').getByRole('button', { name: '复制' }).click();
    await page.getByText('已复制').waitFor();
    const code = await page.evaluate('navigator.clipboard.readText()');
    const route = '/wxa/business/getuserphonenumber';
    expect(await platforms.call('wechat', route, { code })).toMatchObject({ errcode: 0 });
  });

  it('scans a code: who does not follow, follows by it, and later only scans', async () => {
    await createCode('bind_abc');
    const scan = page.locator('#qrcodes').getByRole('button', { name: '扫码' });
    await scan.click();
    await page.getByText('已送达').waitFor();
    expect(receiver.received[0]?.body).toContain('<Event><![CDATA[subscribe]]></Event>');
    expect(receiver.received[0]?.body).toContain('<EventKey><![CDATA[qrscene_bind_abc]]></EventKey>');
    await page.locator('#followers').getByText('g_xiaoli').waitFor();
    await page.getByLabel('加密方式').selectOption('aes');
    await scan.click();
    await pushes(2);
    expect(receiver.received[1]?.query.get('encrypt_type')).toBe('aes');
    await page.getByLabel('加密方式').selectOption('');
    await page.locator('#person').getByLabel('场景值').fill('bind_abc');
    await page.locator('#person').getByRole('button', { name: '扫码' }).click();
    await pushes(3);
    expect(receiver.received[2]?.body).toContain('<Event><![CDATA[SCAN]]></Event>');
    expect(receiver.received[2]?.body).toContain('<EventKey><![CDATA[bind_abc]]></EventKey>');
  });

  it('follows and leaves', async () => {
    await page.getByRole('button', { name: '关注', exact: true }).click();
    await page.locator('#followers').getByText('u_xiaoli').waitFor();
    await page.getByRole('button', { name: '取消关注' }).click();
    await page.getByText('还没有人关注').waitFor();
    expect(receiver.received.map(({ body }) => /<Event>.*?\[(\w+)\]\]/.exec(body)?.[1])).toEqual([
      'subscribe',
      'unsubscribe',
    ]);
  });

  it('pushes any event, as often as wanted, and says when it was refused', async () => {
    await page.getByText('接收地址与其他事件').click();
    const form = page.locator('#event');
    await form.getByLabel('openid').fill('g_xiaohua');
    await form.getByLabel('EventKey').fill('menu_1');
    await form.getByLabel('次数').fill('2');
    await form.getByLabel('加密').check();
    await form.getByRole('button', { name: '推送' }).click();
    await page.locator('#event-result').getByText('已送达').waitFor();
    expect(receiver.received.map(({ query }) => query.get('openid'))).toEqual(['g_xiaohua', 'g_xiaohua']);
    receiver.answerWith((_received, response) => response.writeHead(403).end('signature'));
    await form.getByRole('button', { name: '推送' }).click();
    await page.locator('#event-result').getByText('失败：共推送 3 次；HTTP 403，回复：signature').waitFor();
  });

  it('keeps an address and verifies it', async () => {
    await page.getByText('接收地址与其他事件').click();
    const field = page.getByLabel('接收地址', { exact: true });
    expect(await field.inputValue()).toBe(receiver.url);
    await field.fill(`${receiver.url}&changed=1`);
    await page.getByRole('button', { name: '保存' }).click();
    await page.getByText('已保存').waitFor();
    receiver.answerWith(({ query }, response) => response.end(query.get('echostr')));
    await page.getByRole('button', { name: '验证地址' }).click();
    await page.getByText('验证通过').waitFor();
    expect(receiver.received[0]?.query.get('changed')).toBe('1');
    receiver.answerWith((_received, response) => response.end('success'));
    await page.getByRole('button', { name: '验证地址' }).click();
    await page.getByText('没有原样返回 echostr').waitFor();
  });

  it('shows what is sent and called by itself, and markup only as text', async () => {
    const value = '<img src=x onerror=1>';
    await platforms.call('wechat', '/cgi-bin/message/subscribe/send', {
      touser: 'o_xiaoli',
      template_id: 'tmpl_lead',
      page: 'pages/lead/detail?id=7',
      data: {
        thing1: { value: '新客户查看了您的简历' },
        character_string2: { value: value.replaceAll(' ', '_') },
        thing3: { value: value.slice(0, 20) },
      },
    });
    await platforms.login({ js_code: 'bad' });
    const messages = page.locator('#messages');
    await messages.getByText('新客户查看了您的简历').waitFor();
    const text = await messages.innerText();
    for (const part of [
      'o_xiaoli',
      '小程序订阅消息',
      'tmpl_lead',
      'pages/lead/detail?id=7',
      '<img_src=x_onerror=1>',
    ])
      expect(text).toContain(part);
    expect(await messages.locator('img').count()).toBe(0);
    const calls = await page.locator('#calls').innerText();
    expect(calls).toContain('/sns/jscode2session');
    expect(calls).toContain('40029');
    await page.getByRole('button', { name: '清空全部记录' }).click();
    await page.getByText('还没有消息').waitFor();
  });

  it('pays an order and decides a refund, and says what the service has answered', async () => {
    const merchant = new Merchant(platforms);
    const out_trade_no = await merchant.prepared();
    const section = page.locator('#pay');
    await section.getByText('¥3.99 联系券 1 张').waitFor();
    await section.getByRole('button', { name: '支付' }).click();
    await section.getByText('通知已送达：HTTP 200').waitFor();
    await section.getByText('已支付').waitFor();
    expect(merchant.opened(receiver.received[0]!)).toMatchObject({ out_trade_no, trade_state: 'SUCCESS' });
    await merchant.refund(out_trade_no);
    receiver.answerWith((_received, response) => response.writeHead(500).end());
    await section.getByRole('button', { name: '退款异常' }).click();
    await section.getByText('失败：通知没有被接收：HTTP 500').waitFor();
    await section.getByLabel('通知').selectOption('丢失');
    await section.getByRole('button', { name: '退款成功' }).click();
    await section.getByText('通知丢失').waitFor();
    await section.getByText('已退款').waitFor();
  });

  it('fits a phone, and works within its policy', async () => {
    await createCode(`bind_${'x'.repeat(59)}`);
    await new Merchant(platforms).prepared({ description: '联系券'.repeat(40) });
    await page.locator('#trades code').waitFor();
    await page.locator('#qrcodes img').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    expect(await page.evaluate("document.querySelector('#qrcodes img').naturalWidth")).toBe(430);
    expect(problems).toEqual([]);
  });
});
