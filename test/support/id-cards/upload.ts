import type { Actor, Answer } from '../actor';

/** For tests, on machines that have other things to do: reading gives way to nobody, and has time. */
export const AT_EASE = { OCR_NICENESS: '0', OCR_TIMEOUT_MS: '50000' };

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
