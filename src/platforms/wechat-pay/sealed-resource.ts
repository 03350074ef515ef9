import { createDecipheriv } from 'node:crypto';
import { z } from 'zod';

const TAG_BYTES = 16;

/** What WeChat Pay encrypts: the contents of notices, and its certificates. */
export const sealedResource = z.object({
  algorithm: z.literal('AEAD_AES_256_GCM'),
  ciphertext: z.string().min(1),
  nonce: z.string().min(1).max(64),
  // may be absent, empty or null
  associated_data: z.string().nullish(),
});

export type SealedResource = z.infer<typeof sealedResource>;

/**
 * Opens it with the APIv3 key, the tag being the ciphertext's last 16 bytes.
 * Source: https://pay.weixin.qq.com/doc/v3/merchant/4012071382
 * @throws {Error} where key, nonce, associated data or text are not those that it was sealed with
 */
export function open(resource: SealedResource, apiV3Key: string): string {
  const bytes = Buffer.from(resource.ciphertext, 'base64');
  if (bytes.length < TAG_BYTES) throw new Error('a ciphertext without a tag');
  const decipher = createDecipheriv('aes-256-gcm', apiV3Key, resource.nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(resource.associated_data ?? ''))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  return decipher.update(bytes.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
}
