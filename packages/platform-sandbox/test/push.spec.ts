import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { decrypt } from '@wecom/crypto';
import { assert, asyncProperty, string } from 'fast-check';
import { XMLParser } from 'fast-xml-parser';
import { SANDBOX_CREDENTIALS } from '../src';
import { Platforms, type Json } from './support/platforms';
import { Receiver, type Received } from './support/receiver';

const { token, encodingAesKey, appId } = SANDBOX_CREDENTIALS.officialAccount;
const parser = new XMLParser({ parseTagValue: false, trimValues: false });
const parse = (xml: string): Json => (parser.parse(xml) as { xml: Json }).xml;
const sha1 = (...parts: string[]): string => createHash('sha1').update(parts.sort().join('')).digest('hex');

describe('a pushed event', () => {
  let platforms: Platforms;
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await Receiver.start();
    platforms = await Platforms.start({
      officialAccount: { ...SANDBOX_CREDENTIALS.officialAccount, eventUrl: receiver.url },
    });
  });
  beforeEach(async () => {
    receiver.reset();
    await platforms.order('reset');
    await platforms.order('configure', { officialAccount: { eventUrl: receiver.url } });
  });
  afterAll(async () => {
    await platforms.stop();
    await receiver.stop();
  });

  const push = (changes: Json = {}): Promise<Json> =>
    platforms.order('push', { fromUserName: 'g_xiaoli', event: 'SCAN', eventKey: 'bind_1', ...changes });
  const only = (): Received => {
    expect(receiver.received).toHaveLength(1);
    return receiver.received[0] as Received;
  };
  function expectSigned({ query }: Received): void {
    const [timestamp, nonce] = [query.get('timestamp') ?? '', query.get('nonce') ?? ''];
    expect(query.get('signature')).toBe(sha1(token, timestamp, nonce));
    expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(5);
    expect(query.get('openid')).toBe('g_xiaoli');
    expect(query.get('kept')).toBe('yes');
  }

  it('comes as signed XML, and its answer is told', async () => {
    expect(await push()).toMatchObject({ status: 200, body: 'success', attempts: 1 });
    const event = only();
    expect(event).toMatchObject({ method: 'POST', contentType: 'text/xml' });
    expectSigned(event);
    expect(event.query.get('encrypt_type')).toBeNull();
    expect(parse(event.body)).toEqual({
      ToUserName: 'gh_5a4db0c00002',
      FromUserName: 'g_xiaoli',
      CreateTime: expect.stringMatching(/^\d{10}$/),
      MsgType: 'event',
      Event: 'SCAN',
      EventKey: 'bind_1',
    });
  });

  it('comes encrypted, as another implementation reads it', async () => {
    await push({ aes: true });
    const event = only();
    expectSigned(event);
    expect(event.query.get('encrypt_type')).toBe('aes');
    const envelope = parse(event.body);
    expect(Object.keys(envelope)).toEqual(['ToUserName', 'Encrypt']);
    const encrypted = envelope['Encrypt'] as string;
    const { query } = event;
    expect(query.get('msg_signature')).toBe(
      sha1(token, query.get('timestamp') ?? '', query.get('nonce') ?? '', encrypted),
    );
    const { message, id } = decrypt(encodingAesKey, encrypted);
    expect(id).toBe(appId);
    expect(parse(message)).toMatchObject({ FromUserName: 'g_xiaoli', Event: 'SCAN', EventKey: 'bind_1' });
  });

  it('carries the ticket of the code that was scanned', async () => {
    const code = await platforms.call('wechat-mp', '/cgi-bin/qrcode/create', {
      action_name: 'QR_STR_SCENE',
      action_info: { scene: { scene_str: 'bind_7' } },
    });
    await push({ event: 'subscribe', eventKey: 'qrscene_bind_7' });
    expect(parse(only().body)).toMatchObject({ EventKey: 'qrscene_bind_7', Ticket: code['ticket'] });
  });

  it('any text comes through the XML as it was', async () => {
    const keys = string({ unit: 'grapheme-ascii', maxLength: 40 });
    await assert(
      asyncProperty(keys, async (key) => {
        receiver.reset();
        const eventKey = `]]>${key}&<a>`;
        await push({ eventKey });
        expect(parse(only().body)['EventKey']).toBe(eventKey);
      }),
      { numRuns: 25 },
    );
  });

  it('comes as often as ordered, the same event each time, signed anew', async () => {
    const answer = await push({ times: 3 });
    expect(answer['answers']).toHaveLength(3);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(receiver.received.map(({ query }) => query.get('nonce'))).size).toBe(3);
  });

  it('is told from another of the same second by its time', async () => {
    await Promise.all([push(), push(), push()]);
    const times = receiver.received.map(({ body }) => parse(body)['CreateTime']);
    expect(new Set(times).size).toBe(3);
  });

  it('comes late when it is ordered so, after one that was ordered later', async () => {
    const late = push({ eventKey: 'late', delayMs: 300 });
    await sleep(50);
    await push({ eventKey: 'early' });
    await late;
    expect(receiver.received.map(({ body }) => parse(body)['EventKey'])).toEqual(['early', 'late']);
  });

  it('is posted three times in all where it is not answered with 200', async () => {
    receiver.answerWith((_received, response) => {
      response.statusCode = 503;
      response.end('busy');
    });
    expect(await push()).toMatchObject({ status: 503, body: 'busy', attempts: 3 });
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(receiver.received).toHaveLength(3);
  });

  it('is posted again until it is answered', async () => {
    receiver.answerWith((_received, response) =>
      receiver.received.length < 2 ? response.destroy() : response.end('success'),
    );
    expect(await push()).toMatchObject({ status: 200, body: 'success', attempts: 2 });
  });

  it('is given up on where nobody answers in time', async () => {
    await platforms.order('configure', { officialAccount: { answerWithinMs: 50 } });
    receiver.answerWith(() => undefined);
    expect(await push()).toMatchObject({
      status: 0,
      body: '',
      attempts: 3,
      error: expect.stringContaining('timeout'),
    });
    expect(receiver.received).toHaveLength(3);
  });

  it('follows no redirection', async () => {
    receiver.answerWith((_received, response) => response.writeHead(302, { location: receiver.url }).end());
    expect(await push()).toMatchObject({ status: 302, attempts: 3 });
  });

  it('is told that nobody listens', async () => {
    const gone = await Receiver.start();
    const eventUrl = gone.url;
    await gone.stop();
    await platforms.order('configure', { officialAccount: { eventUrl } });
    expect(await push()).toMatchObject({ status: 0, error: expect.stringContaining('ECONNREFUSED') });
  });

  it('the address is verified by an echo', async () => {
    receiver.answerWith(({ query }, response) => response.end(query.get('echostr')));
    expect(await platforms.order('verify')).toMatchObject({ status: 200, echoed: true });
    const { query, method } = only();
    expect(method).toBe('GET');
    expect(query.get('signature')).toBe(sha1(token, query.get('timestamp') ?? '', query.get('nonce') ?? ''));
    receiver.answerWith((_received, response) => response.end('hello'));
    expect(await platforms.order('verify')).toMatchObject({ status: 200, echoed: false });
  });

  it.each([
    ['without a sender', { fromUserName: '' }],
    ['of no kind', { event: undefined }],
    ['with a misspelt field', { eventkey: 'x' }],
    ['more often than is sensible', { times: 21 }],
    ['with words for a flag', { aes: 'yes' }],
  ])('is not sent %s', async (_what, changes) => {
    const { status, json } = await platforms.orderReply('push', {
      fromUserName: 'g_xiaoli',
      event: 'SCAN',
      ...changes,
    });
    expect(status).toBe(400);
    expect(json['error']).toEqual(expect.any(String));
    expect(receiver.received).toEqual([]);
  });
});

it('a push has somewhere to go, or is refused', async () => {
  const platforms = await Platforms.start();
  const push = await platforms.orderReply('push', { fromUserName: 'g_xiaoli', event: 'SCAN' });
  expect(push.status).toBe(409);
  expect((await platforms.orderReply('verify')).status).toBe(409);
  expect(await platforms.records('followers')).toEqual([]);
  await platforms.stop();
});
