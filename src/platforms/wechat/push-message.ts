import { timingSafeEqual } from 'node:crypto';
import { decrypt, getSignature } from '@wecom/crypto';
import { XMLParser } from 'fast-xml-parser';

/** What the official account's server configuration agrees with WeChat upon. */
export interface PushSecrets {
  appId: string;
  token: string;
  encodingAesKey: string;
  /**
   * Whether WeChat encrypts everything (兼容模式, 安全模式). A plain push's signature does not cover its text, so who
   * has once seen a signed address could otherwise post what they like to it, for as long as it is not too old.
   */
  encryptedOnly: boolean;
}

/** The query that WeChat adds to each push. */
export interface PushQuery {
  signature?: string;
  timestamp?: string;
  nonce?: string;
  encrypt_type?: string;
  msg_signature?: string;
}

/** A pushed message, of the fields that the service reads; times in seconds, ids as text. */
export interface PushMessage {
  fromUserName: string;
  createTime: string;
  msgType: string;
  msgId?: string;
  event?: string;
  eventKey?: string;
}

/** A push that is not WeChat's, or not one that can be read. */
export class RefusedPush extends Error {}

/**
 * No entities are expanded, neither bombs nor external ones; ids stay text, as they exceed a double's precision.
 * A document with a DOCTYPE is not read at all: WeChat sends none.
 */
const xml = new XMLParser({
  processEntities: false,
  parseTagValue: false,
  ignoreAttributes: true,
  trimValues: true,
});

/** How old or how far ahead a push may be dated. WeChat repeats one within seconds, with its first date. */
const WINDOW_S = 10 * 60;

/** Whether WeChat, and nobody else, has signed: `sha1(sort(token, timestamp, nonce))`. */
export function isSigned({ signature, timestamp, nonce }: PushQuery, token: string): boolean {
  if (!signature || !timestamp || !nonce) return false;
  // an empty fourth part changes nothing of what is hashed
  return equal(signature, getSignature(token, timestamp, nonce, ''));
}

/**
 * Reads a push, plain or encrypted.
 * @throws {RefusedPush} when it is not signed by WeChat, too old, for another app, or not such a message
 */
export function readPush(
  body: string,
  query: PushQuery,
  secrets: PushSecrets,
  now = Date.now(),
): PushMessage {
  if (!isSigned(query, secrets.token)) throw new RefusedPush('signature');
  // asked this way round, what is no number is refused too
  const inTime = Math.abs(now / 1000 - Number(query.timestamp)) <= WINDOW_S;
  if (!inTime) throw new RefusedPush('timestamp');
  const encrypted = query.encrypt_type === 'aes';
  if (secrets.encryptedOnly && !encrypted) throw new RefusedPush('unencrypted');
  const outer = parse(body);
  // where encryption was agreed upon in the query, an unencrypted message is nobody's
  return messageOf(encrypted ? parse(opened(outer, query, secrets)) : outer);
}

function opened(outer: Fields, query: PushQuery, { appId, token, encodingAesKey }: PushSecrets): string {
  const { timestamp = '', nonce = '', msg_signature = '' } = query;
  const sealed = field(outer, 'Encrypt');
  if (!sealed || !equal(msg_signature, getSignature(token, timestamp, nonce, sealed))) {
    throw new RefusedPush('msg_signature');
  }
  const { message, id } = decrypted(encodingAesKey, sealed);
  if (id !== appId) throw new RefusedPush('appid');
  return message;
}

function decrypted(encodingAesKey: string, sealed: string): { message: string; id: string } {
  try {
    return decrypt(encodingAesKey, sealed);
  } catch (error) {
    throw new RefusedPush('ciphertext', { cause: error });
  }
}

type Fields = Record<string, unknown>;

function parse(text: string): Fields {
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) throw new RefusedPush('doctype');
  try {
    const document = xml.parse(text, true) as { xml?: unknown };
    if (document.xml && typeof document.xml === 'object') return document.xml as Fields;
  } catch (error) {
    throw new RefusedPush('xml', { cause: error });
  }
  throw new RefusedPush('xml');
}

function messageOf(fields: Fields): PushMessage {
  const fromUserName = field(fields, 'FromUserName');
  const createTime = field(fields, 'CreateTime');
  const msgType = field(fields, 'MsgType');
  if (!fromUserName || !createTime || !msgType) throw new RefusedPush('fields');
  return {
    fromUserName,
    createTime,
    msgType,
    msgId: field(fields, 'MsgId'),
    event: field(fields, 'Event'),
    eventKey: field(fields, 'EventKey'),
  };
}

/** Text of a field within reason; a repeated or nested one is not what WeChat sends. */
function field(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' && value.length > 0 && value.length <= 100_000 ? value : undefined;
}

function equal(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
