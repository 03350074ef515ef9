import type { PictureText, Point, TextLine } from '../../../src/platforms/ocr/text-line';

/** Text at a place of the card, in pixels. */
export interface Placed {
  text: string;
  left: number;
  /** of its middle */
  y: number;
}

const HEIGHT = 30;
const CHARACTER = 28;

/** Lines as recognition gives them for texts on a card that lies tilted by `degrees`. */
export function picturedLines(placed: readonly Placed[], degrees = 0): PictureText {
  return { lines: placed.map((item) => lineOf(item, degrees)), width: 1000, height: 700 };
}

function lineOf({ text, left, y }: Placed, degrees: number): TextLine {
  const right = left + text.length * CHARACTER;
  const [top, bottom] = [y - HEIGHT / 2, y + HEIGHT / 2];
  const turn = turned(degrees);
  return {
    text,
    score: 0.97,
    box: [turn(left, top), turn(right, top), turn(right, bottom), turn(left, bottom)],
  };
}

function turned(degrees: number): (x: number, y: number) => Point {
  const [sin, cos] = [Math.sin((degrees * Math.PI) / 180), Math.cos((degrees * Math.PI) / 180)];
  return (x, y) => [x * cos - y * sin + 100, x * sin + y * cos + 100];
}
