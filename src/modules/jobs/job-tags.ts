import { escapedForPattern } from '../../common/search/patterns';

/** The three lists of tags. */
export interface Tags {
  basicProtection: string[];
  salaryBenefits: string[];
  attendanceLeave: string[];
}

const LETTERS = { basicProtection: 'b', salaryBenefits: 's', attendanceLeave: 'a' } as const;
const BETWEEN = '|';

/** A tag as it is kept: no sign that separates tags, which people would not type and not miss. */
export function cleanTag(tag: string): string {
  return tag.normalize('NFKC').replaceAll(BETWEEN, '').trim();
}

/** Each tag with the letter of its list: what a job can be looked up by. */
export function tagTerms(tags: Tags): string[] {
  return (Object.keys(LETTERS) as (keyof Tags)[]).flatMap((list) =>
    tags[list].map((tag) => `${LETTERS[list]}${tag}`),
  );
}

/** `|b社保|s节日福利|`: what a filter's patterns are compared with. */
export function tagLine(tags: Tags): string {
  return `${BETWEEN}${tagTerms(tags)
    .map((term) => `${term}${BETWEEN}`)
    .join('')}`;
}

/** What the line of a job that has the tag matches. */
export function tagPattern(term: string): RegExp {
  return new RegExp(escapedForPattern(`${BETWEEN}${term}${BETWEEN}`));
}
