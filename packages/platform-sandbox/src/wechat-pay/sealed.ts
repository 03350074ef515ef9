import { createCipheriv, randomBytes } from 'node:crypto';

/** Text as WeChat Pay encrypts it for a merchant: AES-256-GCM, the tag behind the ciphertext. */
export function sealed(text: string, apiV3Key: string, associatedData: string) {
  // printable, as WeChat Pay's own
  const nonce = randomBytes(6).toString('hex');
  const cipher = createCipheriv('aes-256-gcm', apiV3Key, nonce).setAAD(Buffer.from(associatedData));
  const bytes = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return {
    algorithm: 'AEAD_AES_256_GCM',
    nonce,
    associated_data: associatedData,
    ciphertext: bytes.toString('base64'),
  };
}
