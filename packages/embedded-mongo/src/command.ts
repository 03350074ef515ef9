import { isDoc, type Doc } from './bson';
import type { Cursors } from './cursors';
import type { Database } from './database';
import { need } from './errors';
import type { Source } from './query';
import type { Sessions } from './sessions';
import type { Writes } from './writes';

/** What the commands work on. */
export type Engine = {
  database: Database;
  sessions: Sessions;
  cursors: Cursors;
  counters: Source['counters'];
};

/** A command, its fields checked. `name` is its own argument, as a rule a collection's name. */
export type Command = { engine: Engine; db: string; name: string; body: Doc; transaction?: Writes };
export type Handler = (command: Command) => Doc | Promise<Doc>;

const [DOCS, LISTS, NUMBERS] = [
  ['filter', 'query', 'sort', 'projection', 'fields', 'let', 'cursor', 'q'],
  ['pipeline', 'documents', 'updates', 'deletes', 'indexes', 'arrayFilters'],
  ['skip', 'limit', 'batchSize'],
];
function isFit(name: string, value: unknown): boolean {
  if (LISTS.includes(name)) return Array.isArray(value);
  return DOCS.includes(name) ? isDoc(value) : !NUMBERS.includes(name) || typeof value === 'number';
}

/**
 * Checks a command's, or a statement's, fields against a list of their names; those marked by `!` must be there.
 * @throws ServerError 40414 for a missing one, 40415 for an unknown one, 14 for a wrong type, 51024 below zero
 */
export function checkFields(where: string, given: Doc, list: string): Doc {
  const names = list.split(' ');
  const missing = names.find((name) => name.endsWith('!') && given[name.slice(0, -1)] === undefined);
  need(
    !missing,
    missing === 'cursor!' ? 9 : 40414,
    `BSON field '${where}.${missing}' is missing but a required field`,
  );
  const fields = Object.entries(given).filter(([, value]) => value !== null && value !== undefined);
  for (const [name, value] of fields) {
    const isKnown = names.includes(name) || names.includes(`${name}!`);
    need(isKnown, 40415, `BSON field '${where}.${name}' is an unknown field.`);
    need(isFit(name, value), 14, `BSON field '${where}.${name}' is the wrong type`);
    need(typeof value !== 'number' || value >= 0, 51024, `'${where}.${name}' must be >= 0`);
  }
  return Object.fromEntries(fields);
}

/** Where a command reads, and the variables of its expressions. */
export const sourceOf = ({ engine, transaction }: Command): Source => ({
  counters: engine.counters,
  writes: transaction,
});
export const variablesOf = ({ body }: Command): Doc => (body['let'] ?? {}) as Doc;
