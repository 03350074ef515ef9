import { type FieldProblem } from '../../common/errors/catalogue';
import { invalidFields } from '../../common/errors/app-error';
import { readIdNumber } from '../../common/validation/id-number';
import { ageOn, latestBirth, OLDEST, YOUNGEST } from './age';
import type { Gender, Zodiac, ZodiacSign } from './resume.enums';
import { zodiacOf, zodiacSignOf } from './zodiac';

/** Facts of a person that follow from each other: an identity number tells the birth date, and that the signs. */
export interface Facts {
  idNumber?: string;
  /** YYYY-MM-DD */
  birthDate?: string;
  gender?: Gender;
  zodiac?: Zodiac;
  zodiacSign?: ZodiacSign;
}

const DERIVABLE = ['birthDate', 'gender', 'zodiac', 'zodiacSign'] as const;
export type DerivableField = (typeof DERIVABLE)[number];
type Derived = Pick<Facts, DerivableField>;

/** As a resume keeps them. */
export interface KnownFacts extends Facts {
  /** the birth date, or the latest one that a stated age allows; ages and the age filter go by it */
  bornOn?: string;
  /** which fields nobody has stated: they follow their source when it changes */
  derivedFields: DerivableField[];
}

/** Facts as a request states them: undefined says nothing, null takes back. */
export type StatedFacts = { [K in keyof Facts]?: Facts[K] | null } & { age?: number | null };

/**
 * What is known after a request: the facts that it states, those stated before, and what follows from them.
 * @param today the Shanghai day, which ages are counted on
 * @throws {AppError} INVALID_PARAMS naming each field that contradicts another, or an age outside of 18–80
 */
export function factsAfter(before: KnownFacts | null, request: StatedFacts, today: string): KnownFacts {
  const stated = statedAfter(before, request);
  const derived = derivedFrom(stated);
  const known: Facts = { ...derived, ...stated };
  const problems = [...contradictions(stated, derived), ...agesThatDiffer(request.age, known, today)];
  if (known.birthDate !== undefined && known.birthDate !== before?.birthDate) {
    const problem = ageProblem(known.birthDate, today);
    if (problem) problems.push({ field: stated.birthDate ? 'birthDate' : 'idNumber', message: problem });
  }
  if (problems.length > 0) throw invalidFields(problems);
  return {
    ...known,
    bornOn: known.birthDate ?? estimatedBirth(before, request.age, today),
    derivedFields: DERIVABLE.filter(
      (field) =>
        derived[field] !== undefined && (stated[field] === undefined || echoes(field, before, request)),
    ),
  };
}

/** Why somebody born on that day cannot be registered, or null. */
export function ageProblem(birthDate: string, today: string): string | null {
  if (birthDate > today) return '出生日期不能晚于今天';
  const age = ageOn(today, birthDate);
  return age < YOUNGEST || age > OLDEST ? `年龄应为 ${YOUNGEST}–${OLDEST} 岁` : null;
}

function statedAfter(before: KnownFacts | null, request: StatedFacts): Facts {
  const stated: Record<string, unknown> = {};
  for (const field of ['idNumber', ...DERIVABLE] as const) {
    const kept = isDerived(field, before) ? undefined : before?.[field];
    const value = request[field] === undefined ? kept : (request[field] ?? undefined);
    if (value !== undefined) stated[field] = value;
  }
  return stated;
}

function isDerived(field: keyof Facts, before: KnownFacts | null): boolean {
  return before?.derivedFields.some((derived) => derived === field) ?? false;
}

/** A form that sends back what it was shown states nothing by it. */
function echoes(field: DerivableField, before: KnownFacts | null, request: StatedFacts): boolean {
  return isDerived(field, before) && request[field] === before?.[field];
}

/** What the sources say; a stated birth date serves where there is no number. */
function derivedFrom(stated: Facts): Derived {
  const read = stated.idNumber === undefined ? undefined : readIdNumber(stated.idNumber);
  const number = read?.valid ? read : undefined;
  const birthDate = number?.birthDay ?? stated.birthDate;
  return {
    ...(number ? { birthDate: number.birthDay, gender: number.sex } : {}),
    ...(birthDate ? { zodiac: zodiacOf(birthDate), zodiacSign: zodiacSignOf(birthDate) } : {}),
  };
}

const CONTRADICTIONS: Record<DerivableField, string> = {
  birthDate: '出生日期与身份证号不符',
  gender: '性别与身份证号不符',
  zodiac: '属相与出生日期不符',
  zodiacSign: '星座与出生日期不符',
};

function contradictions(stated: Facts, derived: Derived): FieldProblem[] {
  return DERIVABLE.filter(
    (field) =>
      stated[field] !== undefined && derived[field] !== undefined && stated[field] !== derived[field],
  ).map((field) => ({ field, message: CONTRADICTIONS[field] }));
}

function agesThatDiffer(age: number | null | undefined, { birthDate }: Facts, today: string): FieldProblem[] {
  if (typeof age !== 'number' || birthDate === undefined || ageOn(today, birthDate) === age) return [];
  return [{ field: 'age', message: '年龄与出生日期不符' }];
}

/** Without a birth date: by the age that is stated now, or by what was known of one stated earlier. */
function estimatedBirth(
  before: KnownFacts | null,
  age: number | null | undefined,
  today: string,
): string | undefined {
  // an estimate, and not the birth date of an identity number that is taken back
  const earlier = before?.birthDate === undefined ? before?.bornOn : undefined;
  if (age === null) return undefined;
  if (age === undefined || (earlier && ageOn(today, earlier) === age)) return earlier;
  return latestBirth(today, age);
}
