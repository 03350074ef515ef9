import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export interface ZegoClaims {
  app_id: number;
  user_id: string;
  nonce: number;
  ctime: number;
  expire: number;
  payload: string;
}

export interface OpenedToken {
  layout: 'gcm' | 'cbc';
  /** as it stands outside of the cipher */
  expire: number;
  claims: ZegoClaims;
  /** the payload, read */
  room: { room_id: string; privilege: Record<string, number>; stream_id_list: null };
}

const TAG_BYTES = 16;

/**
 * Opens a token04 as ZEGO does, of either layout: both begin with the expiry and the length of what follows, the nonce of
 * AES-GCM (12 bytes) or the IV of AES-CBC (16), and only the former ends with a byte that says so.
 */
export function openZegoToken(token: string, secret: string): OpenedToken {
  if (!token.startsWith('04')) throw new Error('not a token04');
  const bytes = new Reader(Buffer.from(token.slice(2), 'base64'));
  const expire = Number(bytes.int64());
  const start = bytes.counted();
  const sealed = bytes.counted();
  const key = Buffer.from(secret);
  const layout = layoutOf(start.length, bytes.rest());
  const plain = layout === 'gcm' ? openGcm(key, start, sealed) : openCbc(key, start, sealed);
  const claims = JSON.parse(plain) as ZegoClaims;
  return { layout, expire, claims, room: JSON.parse(claims.payload) as OpenedToken['room'] };
}

function layoutOf(startBytes: number, end: Buffer): 'gcm' | 'cbc' {
  if (startBytes === 12 && end.equals(Buffer.from([1]))) return 'gcm';
  if (startBytes === 16 && end.length === 0) return 'cbc';
  throw new Error(`no layout begins with ${startBytes} bytes and ends with ${end.toString('hex')}`);
}

function openGcm(key: Buffer, nonce: Buffer, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return decipher.update(sealed.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
}

function openCbc(key: Buffer, iv: Buffer, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-cbc', key, iv);
  return decipher.update(sealed, undefined, 'utf8') + decipher.final('utf8');
}

/** A token of the older layout, as ZEGO's own tools for Node.js still make it. */
export function cbcToken(claims: ZegoClaims, secret: string): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', Buffer.from(secret), iv);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(claims)), cipher.final()]);
  const head = Buffer.alloc(10);
  head.writeBigInt64BE(BigInt(claims.expire), 0);
  head.writeUInt16BE(iv.length, 8);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(sealed.length);
  return `04${Buffer.concat([head, iv, length, sealed]).toString('base64')}`;
}

class Reader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  int64(): bigint {
    return this.take(8).readBigInt64BE();
  }

  /** What a uint16 before it tells the length of. */
  counted(): Buffer {
    return this.take(this.take(2).readUInt16BE());
  }

  rest(): Buffer {
    return this.take(this.bytes.length - this.at);
  }

  private take(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw new Error('the token is cut off');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}
