import type { Actor, Answer } from '../actor';

export const READ = '/api/ocr/idcard';

/** Uploads a picture as a mini-program does. */
export function readCard(
  actor: Actor,
  picture: Buffer,
  { side, name = 'card.jpg' }: { side?: string; name?: string } = {},
): Promise<Answer> {
  const form = new FormData();
  if (side !== undefined) form.set('side', side);
  form.set('file', new Blob([new Uint8Array(picture)]), name);
  return actor.post(READ, form);
}
