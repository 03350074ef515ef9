'use strict';

/** How often the lists are read again, in ms. */
const REFRESH_MS = 2000;
const CALLS_SHOWN = 50;
const MESSAGES_SHOWN = 50;
const ORDERS_SHOWN = 30;

const byId = (id) => document.getElementById(id);

/** An element with its attributes and children; text is never read as markup. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const timeOf = (iso) => new Date(iso).toLocaleTimeString('zh-CN', { hour12: false });

async function record(name) {
  const response = await fetch(`/_control/${name}`);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response.json();
}

async function order(name, body = {}) {
  const response = await fetch(`/_control/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

/** Runs an order with its button out of use, and writes below it what came of it. */
async function carryOut(button, output, work) {
  button.disabled = true;
  try {
    output.textContent = await work();
    output.className = 'result good';
  } catch (error) {
    output.textContent = `失败：${error.message}`;
    output.className = 'result bad';
  } finally {
    button.disabled = false;
    await refresh();
  }
}

/** What the service answered to a push; anything but 200 is a failure. */
function described({ status, body, attempts, error }) {
  const text = `共推送 ${attempts} 次；${status ? `HTTP ${status}，回复：${body || '（空）'}` : `无回复（${error}）`}`;
  if (status !== 200) throw new Error(text);
  return `已送达。${text}`;
}

const shown = {};

/** Draws a list anew only where it has changed, so that a focus or a selection in it is not lost. */
function draw(id, entries, drawEntry, empty) {
  const text = JSON.stringify(entries);
  if (shown[id] === text) return;
  shown[id] = text;
  const list = byId(id);
  const drawn = entries.map(drawEntry);
  if (drawn.length === 0 && empty) drawn.push(element('li', { class: 'empty' }, empty));
  list.replaceChildren(...drawn);
}

const CHANNELS = { subscribe: '小程序订阅消息', template: '公众号模板消息' };

function drawMessage({ channel, touser, templateId, data, at, page, url }) {
  const values = Object.entries(data).flatMap(([key, entry]) => [
    element('dt', {}, key),
    element('dd', {}, String(entry.value)),
  ]);
  const target = page ?? url;
  return element(
    'li',
    {},
    element('strong', {}, touser),
    element('div', { class: 'meta' }, `${timeOf(at)} · ${CHANNELS[channel]} · ${templateId}`),
    element('dl', {}, ...values),
    ...(target ? [element('div', { class: 'meta' }, `点击打开：${target}`)] : []),
  );
}

function drawCall({ at, platform, method, route, status, errcode, fault }) {
  const result =
    status === null ? '未回复' : status === 200 || status === 204 ? (errcode ?? '文件') : `HTTP ${status}`;
  const isGood = (status === 200 || status === 204) && (errcode === 0 || errcode === null);
  return element(
    'tr',
    {},
    element('td', {}, timeOf(at)),
    element('td', {}, platform),
    element('td', {}, `${method} ${route}`),
    element('td', { class: isGood ? 'good' : 'bad' }, `${result}${fault ? `（故障：${fault}）` : ''}`),
  );
}

function drawQrCode({ ticket, scene, expiresAt }) {
  const scanButton = element('button', { type: 'button' }, '扫码');
  scanButton.addEventListener('click', () => scan(scanButton, scene));
  return element(
    'li',
    { class: 'qrcode' },
    element('img', { alt: '', src: `/wechat-mp/cgi-bin/showqrcode?ticket=${encodeURIComponent(ticket)}` }),
    element(
      'div',
      {},
      element('code', {}, scene),
      element('div', { class: 'meta' }, expiresAt ? `有效至 ${timeOf(expiresAt)}` : '永久有效'),
      scanButton,
    ),
  );
}

const drawFollower = ({ openid, unionid }) =>
  element('li', {}, `${openid} `, element('code', {}, unionid || '无 unionid'));

const yuan = (fen) => `¥${(fen / 100).toFixed(2)}`;
const TRADE_STATES = {
  NOTPAY: '待支付',
  USERPAYING: '支付中',
  PAYERROR: '支付失败',
  SUCCESS: '已支付',
  CLOSED: '已关闭',
  REVOKED: '已撤销',
  REFUND: '有退款',
};
const REFUND_STATES = { PROCESSING: '处理中', SUCCESS: '已退款', ABNORMAL: '异常', CLOSED: '已关闭' };
const PAYABLE = ['NOTPAY', 'USERPAYING', 'PAYERROR'];

function drawTrade({ out_trade_no, description, total, openid, state, createdAt }) {
  const payButton = element('button', { type: 'button' }, '支付');
  payButton.addEventListener('click', () => settle(payButton, 'pay', { out_trade_no }));
  return element(
    'li',
    {},
    element('strong', {}, `${yuan(total)} ${description}`),
    element('div', { class: 'meta' }, `${timeOf(createdAt)} · ${openid} · ${TRADE_STATES[state]}`),
    element('code', {}, out_trade_no),
    ...(PAYABLE.includes(state) ? [element('div', { class: 'buttons' }, payButton)] : []),
  );
}

function drawRefund({ out_refund_no, refund, reason, status, createdAt }) {
  const results = { PROCESSING: ['SUCCESS', 'ABNORMAL', 'CLOSED'], ABNORMAL: ['SUCCESS'] }[status] ?? [];
  const labels = { SUCCESS: '退款成功', ABNORMAL: '退款异常', CLOSED: '退款关闭' };
  const buttons = results.map((result) => {
    const button = element(
      'button',
      { type: 'button', class: result === 'SUCCESS' ? '' : 'quiet' },
      labels[result],
    );
    button.addEventListener('click', () =>
      settle(button, 'refund-result', { out_refund_no, status: result }),
    );
    return button;
  });
  return element(
    'li',
    {},
    element('strong', {}, `${yuan(refund)} ${reason}`),
    element('div', { class: 'meta' }, `${timeOf(createdAt)} · ${REFUND_STATES[status]}`),
    element('code', {}, out_refund_no),
    ...(buttons.length ? [element('div', { class: 'buttons' }, ...buttons)] : []),
  );
}

/** What somebody decides about money, and what the service has answered to being told. */
async function settle(button, name, what) {
  const times = Number(byId('pay-options').elements.notice.value);
  await carryOut(button, byId('pay-result'), async () => {
    const { delivered, answers } = await order(name, { ...what, times });
    if (answers.length === 0) return '已完成，通知丢失：服务要自己查询才会知道。';
    const text = answers.map((status) => (status ? `HTTP ${status}` : '无回复')).join('、');
    if (!delivered) throw new Error(`通知没有被接收：${text}`);
    return `已完成，通知已送达：${text}`;
  });
}

async function refreshPayments(isThere) {
  byId('pay').hidden = !isThere;
  if (!isThere) return;
  const [trades, refunds] = await Promise.all(['trades', 'refunds'].map(record));
  draw(
    'trades',
    trades.slice(-ORDERS_SHOWN).reverse(),
    drawTrade,
    '还没有订单。在小程序中下单后出现在这里。',
  );
  draw('refunds', refunds.slice(-ORDERS_SHOWN).reverse(), drawRefund, '还没有退款。');
}

async function refreshLists() {
  const [messages, calls, qrcodes, followers, configuration] = await Promise.all(
    ['messages', 'calls', 'qrcodes', 'followers', 'configuration'].map(record),
  );
  await refreshPayments(configuration.wechatPay !== null);
  draw('messages', messages.slice(-MESSAGES_SHOWN).reverse(), drawMessage, '还没有消息。');
  draw('calls', calls.slice(-CALLS_SHOWN).reverse(), drawCall);
  draw('qrcodes', qrcodes, drawQrCode, '没有未过期的二维码。在管理端打开“绑定微信”即会生成。');
  draw('followers', followers, drawFollower, '还没有人关注。');
  showTarget(configuration.officialAccount.eventUrl);
}

function showTarget(eventUrl) {
  const field = byId('target').elements.eventUrl;
  if (eventUrl !== null && document.activeElement !== field && field.value === field.defaultValue) {
    field.value = eventUrl;
    field.defaultValue = eventUrl;
  }
}

async function refresh() {
  const state = byId('connection');
  try {
    await refreshLists();
    state.textContent = `已连接，每 ${REFRESH_MS / 1000} 秒自动刷新`;
    state.className = 'state good';
  } catch (error) {
    state.textContent = `沙箱没有响应：${error.message}`;
    state.className = 'state bad';
  }
}

/** A code that nobody has used: `<owner>.<nonce>`. */
function freshCode(owner) {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return `${owner}.${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function showCode(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const code = freshCode(form.elements.owner.value);
  const copy = element('button', { type: 'button', class: 'quiet' }, '复制');
  copy.addEventListener('click', async () => {
    await navigator.clipboard.writeText(code);
    copy.textContent = '已复制';
  });
  form.querySelector('output').replaceChildren(element('code', {}, code), copy);
}

const person = () => {
  const { name, aes } = byId('person').elements;
  return { fromUserName: `g_${name.value}`, aes: aes.value === 'aes' };
};

/** Who follows already gets SCAN; who does not, follows by scanning. */
async function scan(button, scene) {
  await carryOut(button, byId('person-result'), async () => {
    const { fromUserName, aes } = person();
    const follows = (await record('followers')).some(({ openid }) => openid === fromUserName);
    const happened = follows
      ? { event: 'SCAN', eventKey: scene }
      : { event: 'subscribe', eventKey: scene && `qrscene_${scene}` };
    return described(await order('push', { fromUserName, aes, ...happened }));
  });
}

async function act(event) {
  event.preventDefault();
  const button = event.submitter;
  if (button.value === 'scan') return scan(button, byId('person').elements.scene.value);
  return carryOut(button, byId('person-result'), async () =>
    described(await order('push', { ...person(), event: button.value })),
  );
}

async function pushEvent(event) {
  event.preventDefault();
  const { fromUserName, event: kind, eventKey, times, aes } = event.currentTarget.elements;
  await carryOut(event.submitter, byId('event-result'), async () =>
    described(
      await order('push', {
        fromUserName: fromUserName.value,
        event: kind.value,
        eventKey: eventKey.value,
        times: Number(times.value),
        aes: aes.checked,
      }),
    ),
  );
}

async function saveTarget(event) {
  event.preventDefault();
  const field = byId('target').elements.eventUrl;
  await carryOut(event.submitter, byId('event-result'), async () => {
    await order('configure', { officialAccount: { eventUrl: field.value } });
    field.defaultValue = field.value;
    return '已保存。';
  });
}

async function verifyTarget({ currentTarget }) {
  await carryOut(currentTarget, byId('event-result'), async () => {
    const { echoed, ...answer } = await order('verify');
    const text = described(answer);
    if (!echoed) throw new Error(`没有原样返回 echostr。${text}`);
    return '验证通过：echostr 已原样返回。';
  });
}

byId('login-code').addEventListener('submit', showCode);
byId('phone-code').addEventListener('submit', showCode);
byId('person').addEventListener('submit', act);
byId('event').addEventListener('submit', pushEvent);
byId('target').addEventListener('submit', saveTarget);
byId('verify').addEventListener('click', verifyTarget);
byId('reset').addEventListener('click', () => order('reset').then(refresh));
setInterval(refresh, REFRESH_MS);
refresh();
