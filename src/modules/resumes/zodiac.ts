import { type Zodiac, type ZodiacSign, ZODIACS, valuesOf } from './resume.enums';

const ANIMALS = valuesOf(ZODIACS);
/** A year of the rat; the animals come round every twelve years. */
const YEAR_OF_RAT = 1900;

const chineseYear = new Intl.DateTimeFormat('en-u-ca-chinese', { timeZone: 'UTC', year: 'numeric' });

/** The day from which each sign reigns, `MM-DD`, as the usual Chinese tables have it. */
const SIGNS: readonly (readonly [from: string, sign: ZodiacSign])[] = [
  ['01-01', 'capricorn'],
  ['01-20', 'aquarius'],
  ['02-19', 'pisces'],
  ['03-21', 'aries'],
  ['04-20', 'taurus'],
  ['05-21', 'gemini'],
  ['06-22', 'cancer'],
  ['07-23', 'leo'],
  ['08-23', 'virgo'],
  ['09-23', 'libra'],
  ['10-24', 'scorpio'],
  ['11-23', 'sagittarius'],
  ['12-22', 'capricorn'],
];

/** The animal of the lunar year that a day `YYYY-MM-DD` lies in: a year begins with the lunar new year. */
export function zodiacOf(day: string): Zodiac {
  // noon, so that the day is the same whichever way the formatter looks at it
  const parts = chineseYear.formatToParts(new Date(`${day}T12:00:00Z`));
  // a part of lunar calendars that the type definitions do not know
  const year = Number(parts.find(({ type }) => String(type) === 'relatedYear')?.value);
  const animal = ANIMALS[(((year - YEAR_OF_RAT) % 12) + 12) % 12];
  if (!animal) throw new Error(`no lunar year for ${day}`);
  return animal;
}

/** The western sign of a day `YYYY-MM-DD`. */
export function zodiacSignOf(day: string): ZodiacSign {
  const monthDay = day.slice(5);
  const reign = SIGNS.findLast(([from]) => from <= monthDay);
  if (!reign) throw new Error(`no sign for ${day}`);
  return reign[1];
}
