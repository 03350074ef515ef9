import { dayOf } from './card-dates';
import type { Row } from './card-rows';
import { type CardBack, FOR_GOOD } from './id-card';

/** The words that are printed on the emblem's side, with what recognition makes of them at times. */
const LABELS = {
  country: /中华人民|人民共和/u,
  title: /居民身份证|民身份证/u,
  authority: /签发机关|[签鉴答]发机|发机关/u,
  validity: /有效期限|[有冇]效期|效期限/u,
} as const;

const DATE = '(\\d{4})\\D?(\\d{2})\\D?(\\d{2})';
/** A hyphen, a dash of any length, or what is left of one. */
const PERIOD = new RegExp(`${DATE}\\D{0,3}?(?:${DATE}|(长期|长.?$|.期$))`, 'u');
const NOT_OF_AN_AUTHORITY = /[^\p{Script=Han}()]/gu;

/** Whether rows are those of the emblem's side: of its four printed texts, two. */
export function isCardBack(rows: Row[]): boolean {
  const found = Object.values(LABELS).filter((label) => rows.some(({ text }) => label.test(text)));
  return found.length >= 2;
}

/** Reads the emblem's side; a field that cannot be made out is null. */
export function readCardBack(rows: Row[]): CardBack {
  const authority = rows.findIndex(({ text }) => LABELS.authority.test(text));
  const validity = validityIn(rows);
  return {
    side: 'back',
    authority:
      authority < 0
        ? null
        : authorityIn(rows.slice(authority, validity > authority ? validity : authority + 1)),
    ...readPeriod(
      rows
        .slice(Math.max(validity, 0))
        .map(({ text }) => text)
        .join(''),
    ),
  };
}

/** The label decides; a number of the other side, in the same picture, could pass for a period. */
function validityIn(rows: Row[]): number {
  const labelled = rows.findIndex(({ text }) => LABELS.validity.test(text));
  return labelled >= 0 ? labelled : rows.findIndex(({ text }) => PERIOD.test(text) && !/\d{15}/.test(text));
}

/** One row or, with a long name, two. */
function authorityIn(rows: Row[]): string | null {
  const written = rows
    .map(({ text }) => text.split(LABELS.authority).at(-1) ?? '')
    .join('')
    // what is left of a label of which a character was misread
    .replace(/^[关天]/u, '')
    .replace(NOT_OF_AN_AUTHORITY, '');
  return written === '' ? null : written;
}

/** The period in a text: a card is valid between two days, or from one day for good. */
export function readPeriod(text: string): Pick<CardBack, 'validFrom' | 'validTo'> {
  const found = PERIOD.exec(text);
  if (!found) return { validFrom: onlyDateIn(text), validTo: null };
  const [, y1 = '', m1 = '', d1 = '', y2, m2 = '', d2 = ''] = found;
  return { validFrom: dayOf(y1, m1, d1), validTo: y2 ? dayOf(y2, m2, d2) : FOR_GOOD };
}

function onlyDateIn(text: string): string | null {
  const [, year, month, day] = new RegExp(DATE, 'u').exec(text) ?? [];
  return year && month && day ? dayOf(year, month, day) : null;
}
