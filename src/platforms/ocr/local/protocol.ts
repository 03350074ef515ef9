import type { PictureText } from '../text-line';

/** Degrees clockwise by which a picture is turned before it is read. */
export type Turn = 0 | 90 | 180 | 270;

/** To the process that recognises text: read this picture. Without one it only has to answer. */
export interface RecognitionOrder {
  id: number;
  picture?: Uint8Array;
  turn: Turn;
}

/** From it: ready to work, once; then an answer to each order. */
export type RecognitionAnswer =
  | { kind: 'ready' }
  | { kind: 'text'; id: number; text: PictureText }
  | { kind: 'alive'; id: number }
  /** the bytes are no picture, or one of a size that nobody photographs */
  | { kind: 'unreadable'; id: number; reason: string }
  | { kind: 'failed'; id: number; reason: string };
