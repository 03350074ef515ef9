import { createCipheriv, createHash } from 'node:crypto';

/** SHA-1 over the parts in the order of their characters: what WeChat signs what it pushes with. */
export const signatureOf = (...parts: readonly string[]): string =>
  createHash('sha1')
    .update([...parts].sort().join(''))
    .digest('hex');

const PKCS7_BLOCK = 32;
const IV_BYTES = 16;

/**
 * 安全模式: `random(16) | length | message | appid`, AES-256-CBC, base64.
 * @param random 16 bytes
 * @throws Error when the key is not the 43 characters of 32 bytes
 */
export function encryptMessage(
  encodingAesKey: string,
  random: Buffer,
  message: string,
  appId: string,
): string {
  const key = Buffer.from(`${encodingAesKey}=`, 'base64');
  if (encodingAesKey.length !== 43 || key.length !== 32)
    throw new Error('encodingAesKey: 43 characters expected');
  const content = Buffer.from(message);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const plain = Buffer.concat([random, length, content, Buffer.from(appId)]);
  // blocks of 32, which Node's own padding does not know
  const missing = PKCS7_BLOCK - (plain.length % PKCS7_BLOCK);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, IV_BYTES)).setAutoPadding(false);
  return Buffer.concat([
    cipher.update(Buffer.concat([plain, Buffer.alloc(missing, missing)])),
    cipher.final(),
  ]).toString('base64');
}
