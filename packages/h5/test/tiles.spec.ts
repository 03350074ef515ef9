import { stageLayout, tilesOf } from '../src/call/tiles';
import type { RemotePicture } from '../src/media/media-layer';
import { keyOf } from '../src/room/room';
import { guest, HOST, roomOf } from './support';

const [li, wang] = [guest('李明', 1), guest('王芳', 2)];
const ROOM = roomOf([HOST, li, wang]);
const stream = (name: string) => name as unknown as MediaStream;
const OWN = { stream: stream('own'), camera: true, microphone: false };
const NOTHING = { stream: undefined, camera: false, microphone: false };

function picture(streamId: string, owner: string | undefined, ownerName?: string): RemotePicture {
  return { streamId, owner, ownerName, stream: stream(streamId), camera: true, microphone: true };
}

describe('the tiles of a call', () => {
  const namesOf = (pictures: RemotePicture[], self = keyOf(li)) =>
    tilesOf(ROOM, self, OWN, pictures).map(({ name, stream: shown }) => [name, shown]);

  it('are everybody in the room, oneself last, each with their own picture', () => {
    const tiles = tilesOf(ROOM, keyOf(li), OWN, [picture('s1', keyOf(wang))]);
    expect(tiles).toMatchObject([
      { name: '张经理', role: 'host', isSelf: false, ...NOTHING },
      { name: '王芳', identity: '求职者', isSelf: false, stream: 's1', camera: true, microphone: true },
      { name: '李明', isSelf: true, stream: 'own', camera: true, microphone: false },
    ]);
  });

  it('give a stream without a key to the one of its name who has none, and never to oneself', () => {
    expect(namesOf([picture('s1', undefined, '王芳')])).toEqual([
      ['张经理', undefined],
      ['王芳', 's1'],
      ['李明', 'own'],
    ]);
    expect(namesOf([picture('s1', keyOf(wang)), picture('s2', undefined, '王芳')])).toContainEqual([
      '王芳',
      's2',
    ]);
    expect(namesOf([picture('s1', undefined, '李明')])).toContainEqual(['李明', 's1']);
  });

  it('show whoever sends without being in the list: nobody looks in unnoticed', () => {
    expect(namesOf([picture('s1', 'manager:1')])).toEqual([
      ['张经理', undefined],
      ['王芳', undefined],
      ['工作人员', 's1'],
      ['李明', 'own'],
    ]);
  });

  it('have no own one for who is not in the list', () => {
    expect(namesOf([], 'manager:1').map(([name]) => name)).toEqual(['张经理', '李明', '王芳']);
  });

  it('divide the stage by their number', () => {
    expect([0, 1, 2, 3, 4, 5, 20].map(stageLayout)).toEqual([
      'one',
      'one',
      'two',
      'three',
      'four',
      'many',
      'many',
    ]);
  });
});
