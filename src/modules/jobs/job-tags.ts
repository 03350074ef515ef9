import { escapedForPattern } from '../../common/search/patterns';

/** The three lists of tags, in one line each entry of which says which list it is of. */
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

function entriesOf(tags: Tags): string[] {
  return (Object.keys(LETTERS) as (keyof Tags)[]).flatMap((list) =>
    tags[list].map((tag) => `${LETTERS[list]}${tag}`),
  );
}

/** `|b社保|s节日福利|`: what a filter's patterns are compared with. */
export function tagLine(tags: Tags): string {
  return `${BETWEEN}${entriesOf(tags)
    .map((entry) => `${entry}${BETWEEN}`)
    .join('')}`;
}

/** One pattern for each tag, all of which a job's line must match. */
export function tagPatterns(tags: Tags): RegExp[] {
  return entriesOf(tags).map((entry) => new RegExp(escapedForPattern(`${BETWEEN}${entry}${BETWEEN}`)));
}
