import { normaliseKeyword } from '../../common/search/search-terms';

/**
 * Longer keywords are looked up by their beginning and then compared whole: a line of 64 characters would otherwise
 * have two thousand parts, where these are some seven hundred at most and a handful as a rule.
 */
const LONGEST_PART = 12;
/** Some written characters unfold to many when their width is unified; 64 ordinary ones do not. */
const LONGEST_TEXT = 80;

/** Positions as keywords are compared with them. */
export function positionText(positions: string): string {
  return symbolsOf(positions).join('');
}

/** So that no part of a text is taken for a tag. */
const OF_POSITIONS = 'p';

/** Every part of a job's positions by which it is found. */
export function positionTerms(positions: string): string[] {
  const symbols = symbolsOf(positions);
  const parts = symbols.flatMap((_, start) => {
    const rest = symbols.slice(start, start + LONGEST_PART);
    return rest.map((_symbol, last) => OF_POSITIONS + rest.slice(0, last + 1).join(''));
  });
  return [...new Set(parts)];
}

interface PositionKeyword {
  /** an equality with one of the terms */
  term: string;
  /** the keyword itself, where it is longer than any part */
  whole: string | undefined;
}

/** How a keyword is looked up; undefined for one of nothing but spaces. */
export function positionKeyword(keyword: string): PositionKeyword | undefined {
  const symbols = symbolsOf(keyword);
  if (symbols.length === 0) return undefined;
  const whole = symbols.length > LONGEST_PART ? symbols.join('') : undefined;
  return { term: OF_POSITIONS + symbols.slice(0, LONGEST_PART).join(''), whole };
}

function symbolsOf(text: string): string[] {
  return [...normaliseKeyword(text)].slice(0, LONGEST_TEXT);
}
