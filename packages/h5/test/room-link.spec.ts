import fc from 'fast-check';
import { roomIdFrom } from '../src/room/room-link';

const roomId = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);

describe('the room that an address asks for', () => {
  it.each([
    ['?roomId=room_1', 'room_1'],
    ['?from=timeline&roomId=room_1&isappinstalled=0', 'room_1'],
    ['?roomId=%20room_1%20', 'room_1'],
    ['?scene=roomId%3Droom_1', 'room_1'],
    ['?scene=roomId%253Droom_1', 'room_1'],
    ['?scene=roomId=room_1', 'room_1'],
    ['?scene=a%3D1%26roomId%3Droom_1', 'room_1'],
    ['?roomId=&scene=roomId%3Droom_1', 'room_1'],
    ['?roomId=not%20one&roomId=room_1', 'room_1'],
  ])('%s', (search, expected) => {
    expect(roomIdFrom(search)).toBe(expected);
  });

  it.each([
    '',
    '?',
    '?roomId=',
    '?roomid=room_1',
    '?roomId=../../api',
    '?roomId=<script>',
    `?roomId=${'a'.repeat(65)}`,
    '?scene=',
    '?scene=room_1',
    '?scene=%25',
    '?scene=%E0%A4%A',
    '?roomId=%00',
  ])('none in %j', (search) => {
    expect(roomIdFrom(search)).toBeUndefined();
  });

  it('is found whatever it is, by link and by code, encoded as often as it may be', () => {
    fc.assert(
      fc.property(roomId, fc.integer({ min: 0, max: 3 }), (id, encodings) => {
        let scene = `roomId=${id}`;
        for (let round = 0; round < encodings; round++) scene = encodeURIComponent(scene);
        expect(roomIdFrom(`?roomId=${id}`)).toBe(id);
        expect(roomIdFrom(`?scene=${scene}`)).toBe(id);
      }),
    );
  });

  it('is never anything that could not be one, and nothing makes it fail', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('?roomId=', '?scene=roomId%3D', '?scene=', '?'),
        (text, before) => {
          const found = roomIdFrom(before + text);
          if (found !== undefined) expect(found).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
        },
      ),
    );
  });
});
