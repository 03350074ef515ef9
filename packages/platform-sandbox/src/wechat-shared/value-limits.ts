import { isObject, type JsonObject } from './body';
import { refusal } from './refusals';

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const CLOCK = String.raw`(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?`;
const DATES = [
  /^(\d{4})-(\d{1,2})-(\d{1,2})$/,
  /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/,
  /^(\d{4})年(\d{1,2})月(\d{1,2})日$/,
];
const DATE_AND_CLOCK = new RegExp(`^(.+?)(?: (${CLOCK}))?$`);
const ONLY_CLOCK = new RegExp(`^${CLOCK}$`);

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

function isDate(text: string): boolean {
  const parts = DATES.map((form) => form.exec(text)).find((match) => match !== null);
  if (!parts) return false;
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number];
  const days = month === 2 && !isLeap(year) ? 28 : DAYS[month - 1];
  return days !== undefined && day >= 1 && day <= days;
}

/** A point in time or two of them with `~` between. */
const eachPoint =
  (isPoint: (text: string) => boolean) =>
  (text: string): boolean => {
    const points = text.split('~').map((point) => point.trim());
    return points.length <= 2 && points.every(isPoint);
  };

const isDatePoint = (text: string): boolean => isDate(DATE_AND_CLOCK.exec(text)?.[1] ?? '');
const isTimePoint = (text: string): boolean =>
  ONLY_CLOCK.test(text) || (isDatePoint(text) && DATE_AND_CLOCK.exec(text)?.[2] !== undefined);

const length = (text: string): number => Array.from(text).length;
const matches =
  (form: RegExp) =>
  (text: string): boolean =>
    form.test(text);

function isName(text: string): boolean {
  if (!/^[\p{Script=Han}\p{Script=Latin}\p{P}\p{S} ]+$/u.test(text)) return false;
  return length(text) <= (/\p{Script=Han}/u.test(text) ? 10 : 20);
}

/** What a value may be, by the kind in its key's name. Source: 订阅消息参数值内容限制说明. */
const KINDS = new Map<string, (text: string) => boolean>([
  ['thing', (text) => length(text) <= 20 && !/\p{Cc}/u.test(text)],
  ['number', (text) => /^\d+(\.\d+)?$/.test(text) && text.replace(/\D/g, '').length <= 32],
  ['letter', matches(/^[A-Za-z]{1,32}$/)],
  ['symbol', matches(/^[\p{P}\p{S}]{1,5}$/u)],
  ['character_string', matches(/^[\x21-\x7e]{1,32}$/)],
  ['phone_number', matches(/^[\d\p{P}\p{S}]{1,17}$/u)],
  ['car_number', matches(/^[\p{Script=Han}A-Za-z\d][A-Za-z\d]{0,6}[\p{Script=Han}A-Za-z\d]?$/u)],
  ['name', isName],
  ['phrase', matches(/^\p{Script=Han}{1,5}$/u)],
  ['time', eachPoint(isTimePoint)],
  ['date', eachPoint(isDatePoint)],
  ['amount', matches(/^[\p{Sc}]?\d{1,10}(\.\d+)?元?$/u)],
]);

const KEY = /^([a-z_]+?)\d+$/;

function textOf(key: string, entry: unknown): string {
  const value = isObject(entry) ? entry['value'] : undefined;
  if (value === undefined || value === '') throw refusal(47003, `data.${key}.value is empty`);
  if (typeof value !== 'string') throw refusal(47003, `data.${key}.value invalid`);
  return value;
}

/**
 * The data of a message; every key names its kind (`thing1`), unless `isOtherKey` allows it.
 * @throws Refusal 47003, naming the key, for a value that its kind does not allow
 */
export function checkedData(data: unknown, isOtherKey: (key: string) => boolean = () => false): JsonObject {
  if (!isObject(data) || Object.keys(data).length === 0) throw refusal(47003, 'data is empty');
  for (const [key, entry] of Object.entries(data)) {
    const isAllowed = KINDS.get(KEY.exec(key)?.[1] ?? '');
    if (!isAllowed && !isOtherKey(key)) throw refusal(47003, `data.${key} is not in the template`);
    const text = textOf(key, entry);
    if (isAllowed && !isAllowed(text)) throw refusal(47003, `data.${key}.value invalid`);
  }
  return data;
}
