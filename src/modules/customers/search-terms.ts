import { pinyin } from 'pinyin-pro';

/** No term is longer; a longer keyword is looked up by its beginning and then compared whole. */
export const LONGEST_TERM = 12;
const SHORTEST_PHONE_PART = 2;

/**
 * Everything by which a customer can be found: each part of the name, of its initials and of the phone, and the
 * name's pinyin from each syllable on. A keyword then is one equality on a multikey index, whatever part it is.
 */
export function searchTerms(name: string, phone?: string): string[] {
  const written = characters(name);
  const syllables = pinyin(written.join(''), {
    toneType: 'none',
    type: 'array',
    surname: 'head',
    v: true,
  }).map(normalise);
  const initials = syllables.map((syllable) => syllable.slice(0, 1));
  return [
    ...new Set([
      ...parts(written, 1),
      ...parts(initials, 1),
      ...syllables.flatMap((_, start) => beginnings(syllables.slice(start).join(''))),
      ...(phone ? parts([...phone], SHORTEST_PHONE_PART) : []),
    ]),
  ];
}

/** A keyword as its terms are kept: one width, one case, no spaces. */
export function normaliseKeyword(keyword: string): string {
  return characters(keyword).join('');
}

/** The term to look a normalised keyword up by. */
export function termOf(keyword: string): string {
  return [...keyword].slice(0, LONGEST_TERM).join('');
}

function characters(text: string): string[] {
  return [...normalise(text)];
}

function normalise(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s·]+/g, '');
}

function parts(symbols: string[], shortest: number): string[] {
  return symbols.flatMap((_, start) =>
    beginnings(symbols.slice(start, start + LONGEST_TERM)).filter((part) => part.length >= shortest),
  );
}

function beginnings(symbols: string | string[]): string[] {
  const list = [...symbols].slice(0, LONGEST_TERM);
  return list.map((_, last) => list.slice(0, last + 1).join(''));
}
