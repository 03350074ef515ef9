/** A side of a mainland identity card: the one with the portrait, or the one with the emblem. */
export type CardSide = 'front' | 'back';

/** What stands on the portrait's side, as it is printed; null where it could not be read. */
export interface CardFront {
  side: 'front';
  name: string | null;
  gender: '男' | '女' | null;
  ethnicity: string | null;
  /** YYYY-MM-DD */
  birthDate: string | null;
  address: string | null;
  /** as read, right or wrong; the check is an upper-case X */
  idNumber: string | null;
}

/** What stands on the emblem's side. */
export interface CardBack {
  side: 'back';
  authority: string | null;
  /** YYYY-MM-DD */
  validFrom: string | null;
  /** YYYY-MM-DD, or 长期 */
  validTo: string | null;
}

export type CardText = CardFront | CardBack;

export const FOR_GOOD = '长期';

export type OcrProvider = 'local' | 'tencent';

/** A card as a provider has read it. */
export interface CardReading {
  provider: OcrProvider;
  card: CardText;
  /** 0–1; how sure the provider is of what it has read, null when it does not say */
  confidence: number | null;
  /** what the provider itself noticed, in Chinese, for the person at the screen */
  warnings: string[];
}

/** A picture as it was uploaded: jpeg, png or webp. */
export type Picture = Buffer;

/** A way of reading cards: on this machine, or at a cloud. */
export interface IdCardReader {
  readonly provider: OcrProvider;
  /**
   * Reads one side of a card; without `side`, the side that is there.
   * @throws {AppError} INVALID_PARAMS when the picture shows no card, several, or not the side that was asked for;
   * SERVICE_UNAVAILABLE, UPSTREAM_ERROR or UPSTREAM_TIMEOUT when it cannot be read now
   */
  read(picture: Picture, side?: CardSide): Promise<CardReading>;
  /** @throws {AppError} when cards cannot be read now; its message says why */
  check(): Promise<string>;
  close(): Promise<void>;
}
