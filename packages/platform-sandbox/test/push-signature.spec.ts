import { decrypt } from '@wecom/crypto';
import { assert, property, string, uint8Array } from 'fast-check';
import { SANDBOX_CREDENTIALS } from '../src';
import { encryptMessage, signatureOf } from '../src/official-account/push-signature';

describe('what is pushed is signed as WeChat signs it', () => {
  it.each([
    ['1714036504', '1514711492', 'f464b24fc39322e44b38aa78f5edd27bd1441696'],
    ['1714037059', '486452656', '899cf89e464efb63f54ddac96b0a0a235f53aa78'],
  ])('the published signature of %s, %s', (timestamp, nonce, signature) => {
    expect(signatureOf('AAAAA', timestamp, nonce)).toBe(signature);
    expect(signatureOf(nonce, 'AAAAA', timestamp)).toBe(signature);
  });

  it('the published ciphertext', () => {
    const key = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
    const random = Buffer.from('aaaabbbbccccdddd');
    expect(encryptMessage(key, random, '我是中文abcd123', 'wxb11529c136998cb6')).toBe(
      'jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg==',
    );
  });

  it('another implementation reads every message', () => {
    const { encodingAesKey, appId } = SANDBOX_CREDENTIALS.officialAccount;
    assert(
      property(
        string({ unit: 'grapheme', minLength: 1 }),
        uint8Array({ minLength: 16, maxLength: 16 }),
        (message, random) => {
          const encrypted = encryptMessage(encodingAesKey, Buffer.from(random), message, appId);
          expect(decrypt(encodingAesKey, encrypted)).toMatchObject({ message, id: appId });
        },
      ),
    );
  });

  it('refuses a key of another length', () => {
    expect(() => encryptMessage('short', Buffer.alloc(16), 'x', 'wx')).toThrow('43');
  });
});
