import { dayOf } from './card-dates';
import type { Row } from './card-rows';
import type { CardFront } from './id-card';

/** The labels that are printed on the portrait's side, with what recognition makes of them at times. */
const LABELS = {
  name: /姓名|^[姓性妊]名/u,
  gender: /性别|性[刖则别]/u,
  ethnicity: /民族|民[旋施]/u,
  birth: /出生|[出山]生/u,
  address: /住址|住[扯址]|[往佳]址/u,
  number: /公民身|民身份|身份号码|份号码/u,
} as const;

const NUMBER = /(?<!\d)\d{17}[\dX](?![\dX])/giu;
/** At least as many as the number of a card of which a finger hides a part. */
const LONG_DIGITS = /\d{12,}/u;
/** The dot between the parts of a name, in the forms that fonts and recognition have for it. */
const DOTS = /[·•.．・∙‧˙・⋅]/gu;
const NOT_OF_A_NAME = /[^\p{Script=Han}·]/gu;
const NOT_OF_AN_ADDRESS = /[^\p{Script=Han}\p{Script=Latin}\d()#\-—·、,号]/gu;

/** Whether rows are those of the portrait's side: its own label or a number, and other labels around it. */
export function isCardFront(rows: Row[]): boolean {
  const { number, ...others } = LABELS;
  const has = (label: RegExp) => rows.some(({ text }) => label.test(text));
  const labels = Object.values(others).filter(has).length;
  return has(number) ? labels >= 2 : labels >= 4 && has(LONG_DIGITS);
}

/** The complete numbers that stand in a picture. */
export function idNumbersIn(rows: Row[]): string[] {
  return rows.flatMap(({ text }) => text.match(NUMBER) ?? []).map((number) => number.toUpperCase());
}

/** Reads the portrait's side; a field that cannot be made out is null. */
export function readCardFront(rows: Row[]): CardFront {
  const at = {
    name: indexOf(rows, LABELS.name),
    gender: indexOf(rows, LABELS.gender, LABELS.ethnicity),
    birth: indexOf(rows, LABELS.birth, BIRTH),
    number: indexOf(rows, LABELS.number, NUMBER, LONG_DIGITS),
  };
  const body = at.number < 0 ? rows : rows.slice(0, at.number);
  return {
    side: 'front',
    name: nameIn(rows.slice(Math.max(at.name - 1, 0), at.gender < 0 ? at.name + 1 : at.gender)),
    gender: genderIn(body),
    ethnicity: ethnicityIn(body),
    birthDate: birthIn(body),
    address: at.birth < 0 ? null : addressIn(body.slice(at.birth + 1), rightmostText(rows)),
    idNumber: numberIn(rows.slice(Math.max(at.number, 0))),
  };
}

/** The first row that one of the patterns is found in, the patterns in order of trust; -1 for none. */
function indexOf(rows: Row[], ...patterns: RegExp[]): number {
  for (const pattern of patterns) {
    const found = rows.findIndex(({ text }) => text.search(pattern) >= 0);
    if (found >= 0) return found;
  }
  return -1;
}

/** Beside the label; where the card was tilted, the label may have come out as a row of its own. */
function nameIn(rows: Row[]): string | null {
  const labelled = rows.findIndex(({ text }) => LABELS.name.test(text));
  const beside = rows[labelled]?.text.split(LABELS.name).at(-1) ?? '';
  const candidates = [beside, rows[labelled + 1]?.text ?? '', rows[labelled - 1]?.text ?? ''];
  const names = candidates.map((text) => text.replace(DOTS, '·').replace(NOT_OF_A_NAME, ''));
  return names.find((name) => name.replaceAll('·', '').length >= 2) ?? null;
}

function genderIn(rows: Row[]): '男' | '女' | null {
  const row = rows.find(({ text }) => LABELS.gender.test(text) || LABELS.ethnicity.test(text));
  const [before = ''] = row?.text.split(LABELS.ethnicity) ?? [];
  const found = /[男女]/u.exec(before)?.[0];
  return found === '男' || found === '女' ? found : null;
}

function ethnicityIn(rows: Row[]): string | null {
  const row = rows.find(({ text }) => LABELS.ethnicity.test(text));
  const written = row?.text.split(LABELS.ethnicity).at(-1)?.replace(NOT_OF_A_NAME, '') ?? '';
  return written === '' ? null : written;
}

const BIRTH = /((?:19|20)\d{2})年?\D?(\d{1,2})\D(\d{1,2})(?!\d)/u;

function birthIn(rows: Row[]): string | null {
  for (const { text } of rows) {
    const [, year, month, day] = BIRTH.exec(text) ?? [];
    if (year && month && day) return dayOf(year, month, day);
  }
  return null;
}

/** One to three rows; what is read in the portrait, to the right of them, is none of it. */
function addressIn(rows: Row[], edge: number): string | null {
  const written = rows
    .map(({ parts }) =>
      parts
        .filter(({ left }) => left < edge)
        .map(({ text }) => text)
        .join(''),
    )
    .join('')
    .replace(LABELS.address, '')
    .replace(NOT_OF_AN_ADDRESS, '');
  return written === '' ? null : written;
}

/** Of the width from the labels' left edge to the end of the number, the part where the portrait begins. */
const PORTRAIT_FROM = 0.66;

/** Where the portrait begins, told by the row of the number, which runs below both text and portrait. */
function rightmostText(rows: Row[]): number {
  const numberRow = rows.find(({ text }) => LONG_DIGITS.test(text));
  if (!numberRow) return Infinity;
  const lefts = rows
    .filter(({ text }) => LABEL_ROW.test(text))
    .flatMap(({ parts }) => parts.map(({ left }) => left));
  const left = Math.min(...lefts, ...numberRow.parts.map((part) => part.left));
  const right = Math.max(...numberRow.parts.map((part) => part.right));
  return left + PORTRAIT_FROM * (right - left);
}

const LABEL_ROW = /姓名|性别|出生|住址|公民身份/u;

/** As read: a digit that is missing or one too many is for the person at the screen to see. */
function numberIn(rows: Row[]): string | null {
  const [complete] = idNumbersIn(rows);
  if (complete) return complete;
  for (const { text } of rows) {
    const found = /[\dX]{12,}/iu.exec(text)?.[0];
    if (found) return found.toUpperCase();
  }
  return null;
}
