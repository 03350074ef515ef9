import { invalidField } from '../../common/errors/app-error';
import { cardRows, type Row } from './card-rows';
import type { CardSide, CardText } from './id-card';
import { isCardBack, readCardBack } from './idcard-back';
import { idNumbersIn, isCardFront, readCardFront } from './idcard-front';
import type { PictureText } from './text-line';

export interface TextReading {
  card: CardText;
  /** 0–1 */
  confidence: number;
  warnings: string[];
}

/**
 * Makes a card of the text in a picture; null when there is none in it.
 * @throws {AppError} INVALID_PARAMS when there are several, or only the side that was not asked for
 */
export function readCardText(text: PictureText, wanted?: CardSide): TextReading | null {
  const rows = cardRows(text);
  const sides = { front: isCardFront(rows), back: isCardBack(rows) };
  if (!sides.front && !sides.back) return null;
  if (new Set(idNumbersIn(rows)).size > 1) throw invalidField('file', '图片中有多张身份证，请只拍一张');
  const side = wanted ?? (sides.front ? 'front' : 'back');
  if (!sides[side]) {
    throw invalidField(
      'side',
      `图片是身份证的${nameOf(side === 'front' ? 'back' : 'front')}，请上传${nameOf(side)}`,
    );
  }
  const both = sides.front && sides.back && !wanted;
  return {
    card: side === 'front' ? readCardFront(rows) : readCardBack(rows),
    confidence: confidenceOf(rows),
    warnings: both ? ['图片中有身份证的两面，只识别了人像面'] : [],
  };
}

export function nameOf(side: CardSide): string {
  return side === 'front' ? '人像面' : '国徽面';
}

/** How sure the recognition is of the card's characters, each counting the same. */
function confidenceOf(rows: Row[]): number {
  const parts = rows.flatMap((row) => row.parts);
  const characters = parts.reduce((sum, { text }) => sum + text.length, 0);
  const sum = parts.reduce((total, { text, score }) => total + score * text.length, 0);
  return Math.round((sum / Math.max(characters, 1)) * 1000) / 1000;
}
