import { invalidField } from '../../../common/errors/app-error';
import type { CardReading, CardSide, IdCardReader, Picture } from '../id-card';
import { readCardText, type TextReading } from '../card-text';
import type { PictureText, TextLine } from '../text-line';
import type { Turn } from './protocol';
import type { Look, RecognitionQueue } from './recognition-queue';

/** Reads cards on this machine: nothing leaves it. */
export class LocalReader implements IdCardReader {
  readonly provider = 'local';

  constructor(private readonly queue: RecognitionQueue) {}

  async read(picture: Picture, side?: CardSide): Promise<CardReading> {
    const reading = await this.queue.run(picture, (look) => lookUntilCard(look, side));
    if (!reading) throw invalidField('file', '图片中没有识别到身份证，请对准证件重新拍摄');
    return { provider: this.provider, ...reading };
  }

  check(): Promise<string> {
    return this.queue.check();
  }

  close(): Promise<void> {
    return this.queue.close();
  }
}

/** Many telephones do not say how they were held, so a card may lie on its side or its head. */
async function lookUntilCard(look: Look, side: CardSide | undefined): Promise<TextReading | null> {
  const upright = await look(0);
  const reading = isSideways(upright) ? null : readCardText(upright, side);
  if (reading) return reading;
  for (const turn of turnsWorthTrying(upright)) {
    const turned = readCardText(await look(turn), side);
    if (turned) return turned;
  }
  return null;
}

/** Lines that are surely read, from left to right: what is there is another document. */
const LEGIBLE_LINES = 4;

function turnsWorthTrying(text: PictureText): Turn[] {
  const { lines, width, height } = text;
  if (isSideways(text)) return [270, 90];
  if (lines.filter(({ score }) => score > 0.9).length >= LEGIBLE_LINES) return [];
  return height > width ? [90, 270, 180] : [180, 90, 270];
}

function isSideways({ lines }: PictureText): boolean {
  const tall = lines.filter(isTall).length;
  return tall > 0 && tall * 2 >= lines.length;
}

/** By the box around it, since corners of a line that stands upright come in no sure order. */
function isTall({ box, text }: TextLine): boolean {
  const span = (axis: 0 | 1) => {
    const values = box.map((point) => point[axis]);
    return Math.max(...values) - Math.min(...values);
  };
  return text.length > 1 && span(1) > span(0);
}
