import { createCipheriv, type KeyObject, randomBytes, randomInt } from 'node:crypto';

const VERSION = '04';
const NONCE_BYTES = 12;
/** What stands at the end of a token that was encrypted with AES-GCM; those of AES-CBC end with the ciphertext. */
const GCM_MARK = 1;
const INT32 = 0x8000_0000;

/** What somebody may do in a room, in ZEGO's numbers. */
const PRIVILEGE = { logIn: 1, publish: 2 } as const;

export interface TokenRequest {
  appId: number;
  /** at most 64 bytes */
  userId: string;
  /** the one room that the token is good for */
  roomId: string;
  lifetimeSeconds: number;
}

/**
 * A token04 with which its holder may log in to one room and publish there, until it expires. Layout, before base64:
 * int64 expiry | uint16 length | nonce | uint16 length | AES-256-GCM ciphertext and tag | uint8 1, all big-endian.
 * @param key the app's server secret, whose 32 characters are the key
 */
export function token04(request: TokenRequest, key: KeyObject, now = Date.now()): string {
  const createdAt = Math.floor(now / 1000);
  const expiresAt = createdAt + request.lifetimeSeconds;
  const nonce = randomBytes(NONCE_BYTES);
  const sealed = seal(JSON.stringify(claimsOf(request, createdAt, expiresAt)), key, nonce);
  const parts = [int64(expiresAt), uint16(nonce.length), nonce, uint16(sealed.length), sealed];
  return VERSION + Buffer.concat([...parts, Buffer.from([GCM_MARK])]).toString('base64');
}

function claimsOf({ appId, userId, roomId }: TokenRequest, createdAt: number, expiresAt: number) {
  return {
    app_id: appId,
    user_id: userId,
    nonce: randomInt(-INT32, INT32),
    ctime: createdAt,
    expire: expiresAt,
    payload: JSON.stringify({
      room_id: roomId,
      privilege: { [PRIVILEGE.logIn]: 1, [PRIVILEGE.publish]: 1 },
      stream_id_list: null,
    }),
  };
}

function seal(plain: string, key: KeyObject, nonce: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  return Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
