import * as fc from 'fast-check';
import { AnswerSeal } from './answer-seal';

const seal = new AnswerSeal('a secret that is long enough for HS256');

describe('a sealed answer', () => {
  it('opens as it was, for its own claim', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (body, claim) => {
        return seal.open(seal.seal(body, claim), claim) === body;
      }),
    );
  });

  it('tells nothing of what is in it, and is never the same twice', () => {
    const [one, other] = [seal.seal('{"token":"abc"}', 'c'), seal.seal('{"token":"abc"}', 'c')];
    expect(Buffer.from(one, 'base64').toString('latin1')).not.toContain('abc');
    expect(one).not.toBe(other);
  });

  it('opens for no other claim, with no other secret, and with no byte changed', () => {
    const sealed = seal.seal('{"success":true}', 'claim');
    expect(() => seal.open(sealed, 'another')).toThrow();
    expect(() => new AnswerSeal('another secret of the same length').open(sealed, 'claim')).toThrow();
    const bytes = Buffer.from(sealed, 'base64');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      expect(() => seal.open(changed.toString('base64'), 'claim')).toThrow();
    }
  });
});
