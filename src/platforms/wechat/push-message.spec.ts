import { createHash } from 'node:crypto';
import { encrypt } from '@wecom/crypto';
import * as fc from 'fast-check';
import { isSigned, type PushQuery, readPush, RefusedPush } from './push-message';

const SECRETS = {
  appId: 'wxb11529c136998cb6',
  token: 'AAAAA',
  encodingAesKey: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
  encryptedOnly: false,
};
const NOW_S = 1_714_036_504;
const EVENT =
  '<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[g_lina]]></FromUserName>' +
  '<CreateTime>1714036504</CreateTime><MsgType><![CDATA[event]]></MsgType>' +
  '<Event><![CDATA[SCAN]]></Event><EventKey><![CDATA[bind_1]]></EventKey></xml>';

const sha1 = (...parts: string[]): string => createHash('sha1').update(parts.sort().join('')).digest('hex');

function signed(timestamp = String(NOW_S), nonce = '1514711492'): PushQuery {
  return { timestamp, nonce, signature: sha1(SECRETS.token, timestamp, nonce) };
}

/** An encrypted push, as WeChat would send it for the app of that id. */
function sealed(message: string, appId = SECRETS.appId): { body: string; query: PushQuery } {
  const { timestamp = '', nonce = '', signature } = signed();
  const cipher = encrypt(SECRETS.encodingAesKey, message, appId);
  const msg_signature = sha1(SECRETS.token, timestamp, nonce, cipher);
  return {
    body: `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[${cipher}]]></Encrypt></xml>`,
    query: { timestamp, nonce, signature, encrypt_type: 'aes', msg_signature },
  };
}

const read = (body: string, query: PushQuery = signed()) => readPush(body, query, SECRETS, NOW_S * 1000);

describe('the signature of a push', () => {
  it.each([
    ['1714036504', '1514711492', 'f464b24fc39322e44b38aa78f5edd27bd1441696'],
    ['1714037059', '486452656', '899cf89e464efb63f54ddac96b0a0a235f53aa78'],
  ])("is WeChat's own for %s", (timestamp, nonce, signature) => {
    expect(isSigned({ timestamp, nonce, signature }, 'AAAAA')).toBe(true);
    expect(isSigned({ timestamp, nonce, signature }, 'AAAAB')).toBe(false);
    expect(isSigned({ timestamp, nonce: `${nonce}0`, signature }, 'AAAAA')).toBe(false);
    expect(isSigned({ timestamp: `${timestamp}0`, nonce, signature }, 'AAAAA')).toBe(false);
    expect(isSigned({ timestamp, nonce, signature: signature.slice(1) }, 'AAAAA')).toBe(false);
  });

  it('is needed with each of its parts', () => {
    for (const part of ['signature', 'timestamp', 'nonce'] as const) {
      expect(isSigned({ ...signed(), [part]: undefined }, SECRETS.token)).toBe(false);
      expect(() => read(EVENT, { ...signed(), [part]: '' })).toThrow(RefusedPush);
    }
  });

  it('is not good for ever: ten minutes before and after', () => {
    const at = (offset: number) => () => read(EVENT, signed(String(NOW_S + offset)));
    expect(at(-599)().event).toBe('SCAN');
    expect(at(599)().event).toBe('SCAN');
    for (const offset of [-601, 601]) expect(at(offset)).toThrow('timestamp');
    expect(() => read(EVENT, signed('now'))).toThrow(RefusedPush);
  });
});

describe('a plain push', () => {
  it('is read, ids as text', () => {
    const text = EVENT.replace('<Event>', '<MsgId>12345678901234567890</MsgId><Event>');
    expect(read(text)).toEqual({
      fromUserName: 'g_lina',
      createTime: '1714036504',
      msgType: 'event',
      msgId: '12345678901234567890',
      event: 'SCAN',
      eventKey: 'bind_1',
    });
  });

  it.each([
    ['no XML', 'hello'],
    ['nothing', ''],
    ['JSON', '{"xml":{"FromUserName":"g"}}'],
    ['another document', '<html><body/></html>'],
    ['half a document', EVENT.slice(0, -10)],
    ['no sender', EVENT.replace(/<FromUserName>.*<\/FromUserName>/, '')],
    ['two senders', EVENT.replace('<Event>', '<FromUserName>g_other</FromUserName><Event>')],
    ['a sender with fields inside', EVENT.replace('<![CDATA[g_lina]]>', '<a>g_lina</a>')],
    ['an enormous sender', EVENT.replace('g_lina', 'x'.repeat(200_000))],
    ['deep nesting', `<xml>${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}</xml>`],
  ])('is refused for %s', (_what, body) => {
    expect(() => read(body)).toThrow(RefusedPush);
  });

  const BOMB =
    '<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">' +
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>';
  it.each([
    ['an entity bomb', BOMB + EVENT.replace('<![CDATA[g_lina]]>', '&c;')],
    ['an external entity', `<!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/hostname">]>${EVENT}`],
    ['an external DTD', `<!DOCTYPE xml SYSTEM "http://127.0.0.1:9/x.dtd">${EVENT}`],
    ['a DOCTYPE in small letters', `<!doctype xml>${EVENT}`],
  ])('is refused for %s', (_what, body) => {
    expect(() => read(body)).toThrow('doctype');
  });

  it('is refused where everything is to be encrypted, and an encrypted one is read', () => {
    const strict = { ...SECRETS, encryptedOnly: true };
    const now = NOW_S * 1000;
    const { body, query } = sealed(EVENT);
    expect(() => readPush(EVENT, signed(), strict, now)).toThrow('unencrypted');
    expect(() => readPush(EVENT, { ...query, encrypt_type: 'raw' }, strict, now)).toThrow('unencrypted');
    expect(readPush(body, query, strict, now)).toMatchObject({ fromUserName: 'g_lina' });
  });

  it('expands no entities', () => {
    const body = EVENT.replace('<![CDATA[g_lina]]>', '&lt;&#103;&a;');
    expect(read(body).fromUserName).toBe('&lt;&#103;&a;');
  });

  it('changes nothing but itself', () => {
    const body = EVENT.replace('<Event>', '<__proto__><polluted>1</polluted></__proto__><Event>');
    try {
      read(body);
    } catch (error) {
      expect(error).toBeInstanceOf(RefusedPush);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect('polluted' in {}).toBe(false);
  });
});

describe('an encrypted push', () => {
  it("is sealed as in WeChat's own example", () => {
    const random = Buffer.from('aaaabbbbccccdddd');
    expect(encrypt(SECRETS.encodingAesKey, '我是中文abcd123', SECRETS.appId, random)).toBe(
      'jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg==',
    );
  });

  it('is read whatever stands in it', () => {
    // what a CDATA section may hold, and no space around it, which is not kept
    const content = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
      .map((text) => text.replace(/[\p{Cc}\]<]/gu, '').trim())
      .filter((text) => text.length > 0);
    fc.assert(
      fc.property(content, (text) => {
        const { body, query } = sealed(EVENT.replace('bind_1', () => text));
        expect(read(body, query)).toMatchObject({ fromUserName: 'g_lina', eventKey: text });
      }),
    );
  });

  it('is refused when any part of it has been changed', () => {
    const { body, query } = sealed(EVENT);
    const changes: [string, PushQuery][] = [
      [body.replace(/(?<=Encrypt><!\[CDATA\[)./, (first) => (first === 'A' ? 'B' : 'A')), query],
      [body.replace('Encrypt', 'Sealed').replace('/Encrypt', '/Sealed'), query],
      [body, { ...query, msg_signature: sha1('other') }],
      [body, { ...query, msg_signature: undefined }],
      [body, { ...query, nonce: '1' }],
      [body, { ...query, timestamp: String(NOW_S + 1) }],
      [body, { ...query, signature: sha1('other') }],
    ];
    for (const [text, asked] of changes) expect(() => read(text, asked)).toThrow(RefusedPush);
  });

  it('is refused when it is for another app, or signed but not sealed with our key', () => {
    const other = sealed(EVENT, 'wx0000000000000009');
    expect(() => read(other.body, other.query)).toThrow('appid');
    const { body, query } = sealed(EVENT);
    const secrets = { ...SECRETS, encodingAesKey: 'G'.repeat(43) };
    expect(() => readPush(body, query, secrets, NOW_S * 1000)).toThrow(RefusedPush);
    for (const cipher of ['', 'AAAA', 'not base64!', 'A'.repeat(64)]) {
      const { timestamp = '', nonce = '' } = query;
      const asked = { ...query, msg_signature: sha1(SECRETS.token, timestamp, nonce, cipher) };
      expect(() => read(`<xml><Encrypt>${cipher}</Encrypt></xml>`, asked)).toThrow(RefusedPush);
    }
  });

  it('is refused when a bomb is inside, or when it is not encrypted although it says so', () => {
    const bomb = sealed(`<!DOCTYPE xml [<!ENTITY a "b">]>${EVENT}`);
    expect(() => read(bomb.body, bomb.query)).toThrow('doctype');
    expect(() => read(EVENT, { ...signed(), encrypt_type: 'aes' })).toThrow('msg_signature');
  });
});
