import { Types } from 'mongoose';
import { maskName } from '../../common/logging/masking';
import { withoutPhones as withoutWrittenPhones } from '../../common/logging/written-phones';

interface Named {
  name: string;
}

/** The record with name and phone masked wherever they stand: people write them into texts and names of files too. */
export function withoutIdentity<T extends Named>(resume: T): T {
  const mask = (text: string) =>
    withoutWrittenPhones(text.replaceAll(resume.name, maskName(resume.name)).replace(ID_NUMBER, '******'));
  return maskTexts(resume, mask) as T;
}

/** The record with phones masked wherever they stand. */
export function withoutPhones<T extends object>(resume: T): T {
  return maskTexts(resume, withoutWrittenPhones) as T;
}

/** Name and phone of a published resume are public; an identity number in a text about oneself is not. */
export function withoutIdNumbers<T extends object>(resume: T): T {
  // hardly any has one, and looking costs a tenth of copying
  if (!holdsIdNumber(resume)) return resume;
  return maskTexts(resume, (text) => text.replace(ID_NUMBER, '******')) as T;
}

function holdsIdNumber(value: unknown): boolean {
  if (typeof value === 'string') return value.length >= ID_NUMBER_LENGTH && value.search(ID_NUMBER) >= 0;
  if (Array.isArray(value)) return value.some(holdsIdNumber);
  if (!isPlain(value)) return false;
  return Object.keys(value).some((name) => !ADDRESSES.has(name) && holdsIdNumber(value[name]));
}

/** As a keyboard writes it, and as a Chinese input method does. */
const DIGIT = '[\\d０-９]';
/** What some people write into a text about themselves, with spaces or hyphens in it. */
const ID_NUMBER_LENGTH = 18;
const ID_NUMBER = new RegExp(
  `(?<!${DIGIT})${DIGIT}(?:[\\s-]?${DIGIT}){16}[\\s-]?[\\d０-９XxＸｘ](?![\\d０-９XxＸｘ])`,
  'g',
);
/** Where a file is found, and its key, are no text of anybody's. */
const ADDRESSES = new Set(['id', 'key', 'thumbnailKey', 'photos']);

function maskTexts(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map((item) => maskTexts(item, mask));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, ADDRESSES.has(name) ? item : maskTexts(item, mask)]),
  );
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return (
    value !== null &&
    typeof value === 'object' &&
    !(value instanceof Date) &&
    !(value instanceof Types.ObjectId)
  );
}
