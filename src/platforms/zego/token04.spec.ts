import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { cbcToken, openZegoToken } from '../../../test/support/zego-token';
import { token04, type TokenRequest } from './token04';

const SECRET = 'f3a91c07be5d42688d10c2b7e94f6a35';
const keyOf = (secret: string) => createSecretKey(Buffer.from(secret));
const REQUEST: TokenRequest = {
  appId: 1_234_567_890,
  userId: 'guest_5b1e0c9a',
  roomId: 'room_1',
  lifetimeSeconds: 7200,
};
const NOW = Date.UTC(2026, 0, 20, 10);

const request = fc.record<TokenRequest>({
  appId: fc.integer({ min: 1, max: 4_294_967_295 }),
  userId: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }),
  roomId: fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/),
  lifetimeSeconds: fc.integer({ min: 60, max: 86_400 }),
});
const secret = fc.stringMatching(/^[A-Za-z0-9]{32}$/);

describe('a token04', () => {
  it('opens with the secret to who, where, until when and with which rights', () => {
    const { layout, expire, claims, room } = openZegoToken(token04(REQUEST, keyOf(SECRET), NOW), SECRET);
    expect(layout).toBe('gcm');
    expect(claims).toMatchObject({
      app_id: 1_234_567_890,
      user_id: 'guest_5b1e0c9a',
      ctime: NOW / 1000,
      expire: NOW / 1000 + 7200,
    });
    expect(expire).toBe(claims.expire);
    expect(room).toEqual({ room_id: 'room_1', privilege: { 1: 1, 2: 1 }, stream_id_list: null });
  });

  it('says the same to whoever opens it, whatever is put into it', () => {
    fc.assert(
      fc.property(request, secret, fc.integer({ min: 0, max: 4_000_000_000 }), (asked, key, seconds) => {
        const { expire, claims, room, layout } = openZegoToken(
          token04(asked, keyOf(key), seconds * 1000 + 999),
          key,
        );
        expect(layout).toBe('gcm');
        expect(claims).toMatchObject({
          app_id: asked.appId,
          user_id: asked.userId,
          ctime: seconds,
          expire: seconds + asked.lifetimeSeconds,
        });
        expect(expire).toBe(claims.expire);
        expect(room.room_id).toBe(asked.roomId);
        expect(Number.isInteger(claims.nonce) && Math.abs(claims.nonce) <= 2 ** 31).toBe(true);
      }),
    );
  });

  it('is another one each time', () => {
    const tokens = Array.from({ length: 100 }, () => token04(REQUEST, keyOf(SECRET), NOW));
    expect(new Set(tokens).size).toBe(100);
  });

  it('opens with no other secret, and not after a byte of it was changed or lost', () => {
    fc.assert(
      fc.property(
        request,
        secret,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (asked, key, place, change) => {
          const token = token04(asked, keyOf(key), NOW);
          expect(() => openZegoToken(token, randomBytes(16).toString('hex'))).toThrow();
          const bytes = Buffer.from(token.slice(2), 'base64');
          // the expiry stands before the cipher too, in the clear: within it is what counts
          const at = 8 + (place % (bytes.length - 8));
          bytes[at] = bytes[at]! ^ change;
          expect(() => openZegoToken(`04${bytes.toString('base64')}`, key)).toThrow();
          const cut = Buffer.from(token.slice(2), 'base64').subarray(0, -1 - (place % 20));
          expect(() => openZegoToken(`04${cut.toString('base64')}`, key)).toThrow();
        },
      ),
    );
  });

  it('is told from one of the older layout by a reader of both', () => {
    fc.assert(
      fc.property(request, secret, (asked, key) => {
        const ours = openZegoToken(token04(asked, keyOf(key), NOW), key);
        const older = openZegoToken(cbcToken(ours.claims, key), key);
        expect([ours.layout, older.layout]).toEqual(['gcm', 'cbc']);
        expect(older.claims).toEqual(ours.claims);
        expect(older.expire).toBe(ours.expire);
      }),
    );
  });
});
