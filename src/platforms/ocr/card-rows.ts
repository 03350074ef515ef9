import type { PictureText, Point, TextLine } from './text-line';

/** A piece of text on a card that has been laid straight; the unit is a pixel. */
export interface Part {
  /** without spaces: where a card has them is chance */
  text: string;
  score: number;
  left: number;
  right: number;
  /** of the line's middle */
  y: number;
  height: number;
}

/** What stands beside each other on a card, from left to right. */
export interface Row {
  parts: Part[];
  text: string;
}

/** Less sure than this, it is a pattern and no text. */
const LEAST_SCORE = 0.5;
/** Of a line's height: how far apart the middles of two pieces of one row may lie. */
const SAME_ROW = 0.55;

/** The text of a picture as rows from top to bottom, however the card was tilted. */
export function cardRows({ lines }: PictureText): Row[] {
  const legible = lines.filter(({ text, score }) => score >= LEAST_SCORE && squeeze(text) !== '');
  const tilt = tiltOf(legible);
  const parts = legible.map((line) => partOf(line, tilt)).sort((a, b) => a.y - b.y);
  const rows: Part[][] = [];
  for (const part of parts) {
    const row = rows.at(-1);
    if (row && belongs(part, row)) row.push(part);
    else rows.push([part]);
  }
  return rows.map((row) => {
    const ordered = row.sort((a, b) => a.left - b.left);
    return { parts: ordered, text: ordered.map(({ text }) => text).join('') };
  });
}

function belongs(part: Part, row: Part[]): boolean {
  const middle = row.reduce((sum, { y }) => sum + y, 0) / row.length;
  const height = Math.min(part.height, ...row.map((other) => other.height));
  return Math.abs(part.y - middle) < SAME_ROW * height;
}

/** Radians that the text slopes downwards: the median over the upper edges, long ones counting more. */
export function tiltOf(lines: TextLine[]): number {
  const slopes = lines
    .map(({ box: [from, to] }) => ({
      angle: Math.atan2(to[1] - from[1], to[0] - from[0]),
      weight: distance(from, to),
    }))
    .sort((a, b) => a.angle - b.angle);
  let half = slopes.reduce((sum, { weight }) => sum + weight, 0) / 2;
  for (const { angle, weight } of slopes) {
    half -= weight;
    if (half <= 0) return angle;
  }
  return 0;
}

function partOf({ text, score, box }: TextLine, tilt: number): Part {
  const [cos, sin] = [Math.cos(-tilt), Math.sin(-tilt)];
  const straight = box.map(([x, y]): Point => [x * cos - y * sin, x * sin + y * cos]);
  const xs = straight.map(([x]) => x);
  const [a, b, c, d] = box;
  return {
    text: squeeze(text),
    score,
    left: Math.min(...xs),
    right: Math.max(...xs),
    y: straight.reduce((sum, [, y]) => sum + y, 0) / straight.length,
    height: (distance(a, d) + distance(b, c)) / 2,
  };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(b[0] - a[0], b[1] - a[1]);
}

function squeeze(text: string): string {
  return text.normalize('NFKC').replace(/\s+/gu, '');
}
