import { Types } from 'mongoose';
import { formatShanghaiDay } from '../../common/time/shanghai';
import { searchTerms } from '../../common/search/search-terms';
import { type DerivableField, factsAfter, type StatedFacts } from './resume-facts';
import { FILE_LISTS, type Resume, SINGLE_FILES } from './resume.schema';

type NewFields = Omit<
  Partial<Resume>,
  '_id' | 'searchTerms' | 'introduced' | 'derivedFields' | 'createdAt' | 'updatedAt' | keyof StatedFacts
> &
  StatedFacts &
  Pick<Resume, 'name' | 'phone' | 'jobType' | 'status' | 'leadSource' | 'createdBy'>;

/**
 * A new resume, with what follows from its fields.
 * @throws {AppError} INVALID_PARAMS for facts that contradict each other
 */
export function newResume(fields: NewFields, now = new Date()): Resume {
  const [facts, others] = split(fields);
  return {
    _id: new Types.ObjectId(),
    ...(withoutEmptyLists(others) as Omit<NewFields, keyof StatedFacts>),
    ...factsAfter(null, facts, formatShanghaiDay(now)),
    introduced: Boolean(fields.selfIntroduction),
    searchTerms: searchTerms(fields.name, fields.phone),
    createdAt: now,
    updatedAt: now,
  };
}

/** Fields that a request changes; null clears one, undefined leaves it. */
export type Changes = { [K in Exclude<keyof Resume, DerivableField>]?: Resume[K] | null } & StatedFacts;

/**
 * A resume as it is after a request.
 * @throws {AppError} INVALID_PARAMS for facts that contradict each other
 */
export function changedResume(before: Resume, changes: Changes, now = new Date()): Resume {
  const [facts, others] = split(changes);
  const after: Resume = { ...before, updatedAt: now };
  // null is how a caller clears a field; it is kept as absent
  for (const [field, value] of Object.entries(others))
    if (value !== undefined) Object.assign(after, { [field]: isEmpty(value) ? undefined : value });
  if (Object.values(facts).some((value) => value !== undefined)) {
    const known = factsAfter(before, facts, formatShanghaiDay(now));
    for (const field of KEPT_FACTS) Object.assign(after, { [field]: known[field] });
  }
  after.introduced = Boolean(after.selfIntroduction);
  if (after.name !== before.name || after.phone !== before.phone)
    after.searchTerms = searchTerms(after.name, after.phone);
  return after;
}

/** Somebody who was turned down comes again: what they say now, and the files that staff have put to their record. */
export function registeredAgain(rejected: Resume, fresh: Resume): Resume {
  const files = [...SINGLE_FILES, ...FILE_LISTS].filter((field) => rejected[field] !== undefined);
  const kept = Object.fromEntries(files.map((field) => [field, rejected[field]]));
  return { ...kept, ...fresh, _id: rejected._id, createdAt: rejected.createdAt };
}

/** Turned down: the identity number, which nobody has checked, is kept from nobody else. */
export function rejectedRegistration(before: Resume): Resume {
  return before.createdBy === null && before.idNumber ? changedResume(before, { idNumber: null }) : before;
}

const STATED = ['idNumber', 'birthDate', 'age', 'gender', 'zodiac', 'zodiacSign'] as const;
const KEPT_FACTS = [
  'idNumber',
  'birthDate',
  'bornOn',
  'gender',
  'zodiac',
  'zodiacSign',
  'derivedFields',
] as const;

function split(fields: object): [facts: StatedFacts, others: Record<string, unknown>] {
  const facts: Record<string, unknown> = {};
  const others: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields) as [string, unknown][])
    (STATED.some((fact) => fact === name) ? facts : others)[name] = value;
  return [facts, others];
}

function withoutEmptyLists(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => !Array.isArray(value) || value.length > 0),
  );
}

/** An empty list is kept as absent too: it is shown the same. */
function isEmpty(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}
