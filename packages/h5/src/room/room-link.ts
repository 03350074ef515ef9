/** Room ids as the service makes and takes them. */
const ROOM_ID = /^[A-Za-z0-9_-]{1,64}$/;
/** A scene is encoded once or twice, by the mini-program and by whoever opens the page from it. */
const MOST_ENCODINGS = 3;

/**
 * The room that an address asks for: `?roomId=…` of an invitation, or the `scene=roomId%3D…` of a mini-program code.
 * Undefined where it names none, or none that could be.
 */
export function roomIdFrom(search: string): string | undefined {
  const params = new URLSearchParams(search);
  const candidates = [...params.getAll('roomId'), ...params.getAll('scene').map(roomIdOfScene)];
  return candidates.map((candidate) => candidate?.trim()).find((id) => id !== undefined && ROOM_ID.test(id));
}

function roomIdOfScene(scene: string): string | undefined {
  let text = scene;
  for (let round = 0; round < MOST_ENCODINGS && !text.includes('='); round++) text = decoded(text);
  return new URLSearchParams(text).get('roomId') ?? undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // a percent sign that encodes nothing
    return text;
  }
}
