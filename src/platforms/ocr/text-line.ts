export type Point = readonly [x: number, y: number];

/** A piece of text in a picture. */
export interface TextLine {
  text: string;
  /** corners in pixels, from the beginning of the upper edge clockwise as the text is read */
  box: readonly [Point, Point, Point, Point];
  /** 0–1: how sure the recognition is, on the average of its characters */
  score: number;
}

/** Everything that was read in a picture. */
export interface PictureText {
  lines: TextLine[];
  /** pixels of the picture that the boxes belong to */
  width: number;
  height: number;
}
