import type { CardSide } from '../../../src/platforms/ocr/id-card';
import { backOf, frontOf } from './card';
import { type CardHolder, cardHolder } from './person';
import { conditionsOf, photograph } from './photograph';

export interface CardPicture {
  /** for a report: number and side */
  name: string;
  side: CardSide;
  holder: CardHolder;
  /** JPEG */
  picture: Buffer;
}

/** The n-th picture of the test set; even numbers are fronts, odd ones backs, of other people each. */
export async function cardPicture(n: number): Promise<CardPicture> {
  const side: CardSide = n % 2 === 0 ? 'front' : 'back';
  const holder = cardHolder(n >> 1);
  const card = await (side === 'front' ? frontOf(holder) : backOf(holder));
  return { name: `${n} ${side}`, side, holder, picture: await photograph(card, conditionsOf(n), n) };
}

/** What the fields of that side are to be. */
export function expectedFields({ side, holder }: CardPicture): Record<string, string> {
  const { name, gender, ethnicity, birthDate, address, idNumber, authority, validFrom, validTo } = holder;
  return side === 'front'
    ? { name, gender, ethnicity, birthDate, address, idNumber }
    : { authority, validFrom, validTo };
}
