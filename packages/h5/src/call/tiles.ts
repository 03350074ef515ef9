import type { RemotePicture } from '../media/media-layer';
import { keyOf, type RoomView } from '../room/room';
import { texts } from '../texts';

/** One person as the call shows them. */
export interface Tile {
  key: string;
  name: string;
  role: 'host' | 'guest';
  identity: string;
  isSelf: boolean;
  /** what is seen and heard of them; absent where nothing is sent */
  stream: MediaStream | undefined;
  camera: boolean;
  microphone: boolean;
}

export interface OwnMedia {
  stream: MediaStream;
  camera: boolean;
  microphone: boolean;
}

/**
 * Everybody in the room, oneself last, each with their picture. A stream says itself whose it is; the mini-program's do
 * not, and go to the one person of their name who has none.
 */
export function tilesOf(room: RoomView, self: string, own: OwnMedia, pictures: RemotePicture[]): Tile[] {
  const tiles = room.participants.map((participant) => {
    const key = keyOf(participant);
    const picture = key === self ? own : pictures.find(({ owner }) => owner === key);
    return { ...described(participant, key, self), ...seen(picture) };
  });
  const known = new Set(tiles.map(({ key }) => key));
  for (const picture of pictures) {
    if (picture.owner !== undefined && known.has(picture.owner)) continue;
    const tile = tiles.find(({ name, stream, isSelf }) => name === picture.ownerName && !stream && !isSelf);
    if (tile) Object.assign(tile, seen(picture));
    else tiles.push({ ...unlisted(picture), ...seen(picture) });
  }
  return tiles.sort((a, b) => Number(a.isSelf) - Number(b.isSelf));
}

/** Somebody who is seen without being in the list, as a manager who looks in: nobody listens unnoticed. */
function unlisted({ streamId, ownerName }: RemotePicture) {
  const name = ownerName || texts.call.unlisted;
  return { key: `stream:${streamId}`, name, role: 'guest' as const, identity: '', isSelf: false };
}

function described(
  { userName, role, identity }: RoomView['participants'][number],
  key: string,
  self: string,
) {
  return { key, name: userName, role, identity, isSelf: key === self };
}

function seen(media: OwnMedia | undefined): Pick<Tile, 'stream' | 'camera' | 'microphone'> {
  return { stream: media?.stream, camera: media?.camera ?? false, microphone: media?.microphone ?? false };
}

/** How the stage divides itself among so many. */
export function stageLayout(count: number): 'one' | 'two' | 'three' | 'four' | 'many' {
  return (['one', 'one', 'two', 'three', 'four'] as const)[count] ?? 'many';
}
