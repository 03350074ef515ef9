import { pinyin } from 'pinyin-pro';

/** A keyword is no longer than this, and neither is a term: so what is looked up is always the whole keyword. */
export const LONGEST_KEYWORD = 50;
/** Some written characters unfold to many when their width is unified; a name of 20 ordinary ones does not. */
const LONGEST_NAME = 40;
const SHORTEST_PHONE_PART = 2;

/**
 * Everything by which a person can be found: each part of the name, of its initials and of the phone, and the
 * name's pinyin from each syllable on. A keyword then is one equality on a multikey index, whatever part it is.
 */
export function searchTerms(name: string, phone?: string): string[] {
  const written = [...normaliseKeyword(name)].slice(0, LONGEST_NAME);
  const syllables = pinyin(written.join(''), {
    toneType: 'none',
    type: 'array',
    surname: 'head',
    v: true,
  }).map(normaliseKeyword);
  const initials = syllables.flatMap((syllable) => [...syllable].slice(0, 1));
  return [
    ...new Set([
      ...parts(written, 1),
      ...parts(initials, 1),
      ...syllables.flatMap((_, start) => beginnings([...syllables.slice(start).join('')])),
      ...(phone ? parts([...phone], SHORTEST_PHONE_PART) : []),
    ]),
  ];
}

/** A keyword as the terms are kept: one width, one case, ü as it is typed, neither spaces nor the dots of a name. */
export function normaliseKeyword(keyword: string): string {
  return keyword
    .normalize('NFKC')
    .toLowerCase()
    .replace(/ü/g, 'v')
    .replace(/[\s·•・‧]+/g, '')
    .normalize('NFKC');
}

function parts(symbols: string[], shortest: number): string[] {
  return symbols.flatMap((_, start) =>
    beginnings(symbols.slice(start)).filter((part) => part.length >= shortest),
  );
}

function beginnings(symbols: string[]): string[] {
  const list = symbols.slice(0, LONGEST_KEYWORD);
  return list.map((_, last) => list.slice(0, last + 1).join(''));
}
