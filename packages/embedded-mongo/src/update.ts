import { Timestamp } from 'bson';
import { compileFieldStages } from './aggregate';
import { compareValues, equalValues, isDoc, isOperatorDoc, type Doc } from './bson';
import { need, notSupported } from './errors';
import { compileFilter, elementTest, type Test } from './filter';
import { assign, childOf, getPath, isContainer, isPosition, parseSort, sortDocs, withPath } from './paths';
import type { Container, Path } from './paths';

/** Gives the document after an update, as one that is inserted or in the place of another. */
export type Update = (doc: Doc, isInsert: boolean) => Doc;

/** Computes a field's value from its present one, which is undefined when there is none; undefined removes it. */
type Operator = (current: unknown, argument: unknown, isInsert: boolean) => unknown;

function arithmetic(apply: (a: number, b: number) => number): Operator {
  return (current = 0, by) => {
    need(typeof current === 'number' && typeof by === 'number', 14, 'Cannot compute with what is no number');
    return apply(current, by);
  };
}

function extreme(sign: 1 | -1): Operator {
  return (current, argument) =>
    current === undefined || compareValues(argument, current) * sign > 0 ? argument : current;
}

function arrayOf(value: unknown = [], code = 2): unknown[] {
  need(Array.isArray(value), code, 'the field to be changed must be an array');
  return value;
}
const eachOf = (argument: unknown, code: number): unknown[] =>
  isDoc(argument) && '$each' in argument ? arrayOf(argument['$each'], code) : [argument];

const push: Operator = (current, argument) => {
  const modifiers = (isDoc(argument) && '$each' in argument ? argument : {}) as Record<string, number>;
  const { $each: _each, $sort: order = {}, $position: at, $slice, ...others } = modifiers;
  const isKnown = Object.keys(others).length === 0 && [at ?? 0, $slice ?? 0].every(Number.isInteger);
  need(isKnown, 2, '$push takes $each, $sort, and whole numbers as $position and $slice');
  const array = [...arrayOf(current)];
  array.splice(at ?? array.length, 0, ...eachOf(argument, 2));
  const fields = parseSort(isDoc(order) ? order : { of: order });
  const sorted = sortDocs(array, fields, (item) => (isDoc(order) ? (item as Doc) : { of: item }));
  return $slice === undefined ? sorted : $slice < 0 ? sorted.slice($slice) : sorted.slice(0, $slice);
};

const addToSet: Operator = (current, argument) => {
  const set = [...arrayOf(current)];
  for (const item of eachOf(argument, 14)) if (!set.some((other) => equalValues(other, item))) set.push(item);
  return set;
};

const pull: Operator = (current, condition) => {
  need(!isDoc(condition) || !('$not' in condition), 2, '$pull cannot take $not');
  const test = elementTest(condition);
  return current === undefined ? current : arrayOf(current).filter((item) => !test(item));
};

const pop: Operator = (current, end) => {
  need(end === 1 || end === -1, 9, '$pop expects 1 or -1');
  return current === undefined ? current : arrayOf(current, 14).slice(...(end === 1 ? [0, -1] : [1]));
};

const currentDate: Operator = (_current, argument) => {
  const type = isDoc(argument) ? argument['$type'] : argument;
  if (type === true || type === 'date') return new Date();
  need(type === 'timestamp', 2, "$currentDate takes true, or a $type of 'date' or 'timestamp'");
  return Timestamp.fromBits(1, Math.floor(Date.now() / 1000));
};

const OPERATORS: Readonly<Record<string, Operator>> = {
  $set: (_current, argument) => argument,
  $setOnInsert: (current, argument, isInsert) => (isInsert ? argument : current),
  $unset: () => undefined,
  $inc: arithmetic((a, b) => a + b),
  $mul: arithmetic((a, b) => a * b),
  $min: extreme(-1),
  $max: extreme(1),
  $currentDate: currentDate,
  $push: push,
  $addToSet: addToSet,
  $pull: pull,
  $pop: pop,
};

type Change = { name: string; path: Path; compute: (current: unknown, isInsert: boolean) => unknown };

/** The changes in the order of their paths. @throws ServerError 56, 52 or 2 for what is no path, 40 when two meet */
function parseChanges(update: Doc): Change[] {
  const changes = Object.entries(update).flatMap(([key, fields]) => {
    if (/^\$(rename|bit|pullAll)$/.test(key)) throw notSupported(key);
    const operator = OPERATORS[key];
    need(operator && isDoc(fields), 9, `Unknown modifier, or one without fields: ${key}`);
    return Object.entries(fields).map(([name, argument]): Change => {
      const path = name.split('.');
      need(!path.includes(''), 56, `The update path '${name}' contains an empty field name`);
      need(!name.startsWith('$'), path[0] === '$' ? 2 : 52, `the path '${name}' begins with a dollar`);
      return { name, path, compute: (current, isInsert) => operator(current, argument, isInsert) };
    });
  });
  changes.sort((a, b) => (`${a.name}.` < `${b.name}.` ? -1 : 1));
  const conflict = changes.find(({ name }, i) => `${changes[i + 1]?.name}.`.startsWith(`${name}.`));
  need(!conflict, 40, `Updating the path '${conflict?.name}' would create a conflict`);
  return changes;
}

/** The array filters by their names. @throws ServerError 9 for one that is not used, 2 for one that is missing */
function compileArrayFilters(filters: readonly Doc[], changes: readonly Change[]): Map<string, Test> {
  const used = changes.flatMap(({ path }) => path.flatMap((part) => /^\$\[(.+)\]$/.exec(part)?.[1] ?? []));
  const nameOf = (filter: Doc): string => String(Object.keys(filter)[0]).replace(/\..*/, '');
  const compiled = new Map(filters.map((filter) => [nameOf(filter), compileFilter(filter)]));
  const unused = [...compiled.keys()].find((name) => !used.includes(name));
  need(
    unused === undefined && compiled.size === filters.length,
    9,
    'an array filter is not used, or there twice',
  );
  need(!used.some((name) => !compiled.has(name)), 2, 'No array filter found for an identifier');
  return compiled.set('', () => true);
}

type Compute = (current: unknown) => unknown;
/** The field that a part of a path names, or the positions for which `$`, `$[]` or `$[name]` stands. */
type Keys = (part: string, done: Path) => string[];

/** Positions are those of the document as it was: one change must not move another. */
function keysWith(doc: Doc, filter: Doc, filters: ReadonlyMap<string, Test>): Keys {
  return (part, done) => {
    if (!part.startsWith('$')) return [part];
    const [array, path, name, isPositional] = [
      getPath(doc, done),
      done.join('.'),
      part.slice(2, -1),
      part === '$',
    ];
    need(Array.isArray(array), 2, `'${path}' must be an array to apply array updates`);
    const isNamed = Object.keys(filter).some((field) => `${field}.`.startsWith(`${path}.`));
    need(!isPositional || isNamed, 2, 'the positional operator needs the array in the query');
    // `$` is the element with which alone, too, the document would match.
    const test = isPositional ? compileFilter(filter) : (filters.get(name) as Test);
    const docOf = (item: unknown): Doc => (isPositional ? withPath(doc, done, [item]) : { [name]: item });
    const keys = Object.keys(array).filter((i) => test(docOf(array[Number(i)])));
    return isPositional ? keys.slice(0, 1) : keys;
  };
}

/** A copy in which what is at a path is changed, with the documents on the way. @throws ServerError 28 for other ways */
function change(
  on: Container,
  [part = '', ...rest]: Path,
  keysOf: Keys,
  compute: Compute,
  done: Path = [],
): Container {
  const copy: Container = Array.isArray(on) ? [...on] : { ...on };
  for (const key of keysOf(part, done)) {
    const [current, path, isEnd] = [childOf(on, key), [...done, key], rest.length === 0];
    if (!isEnd && isContainer(current)) {
      assign(copy, key, change(current, rest, keysOf, compute, path));
      continue;
    }
    need(!rest.some((name) => name.startsWith('$')), 2, `The path '${path.join('.')}' must be an array`);
    const next = compute(isEnd ? current : undefined);
    if (next !== undefined) {
      const isWay = (isEnd || current === undefined) && (!Array.isArray(copy) || isPosition(key));
      need(isWay, 28, `Cannot create field '${rest[0] ?? key}' in element {${path.join('.')}}`);
      const made = rest.reduceRight((value: unknown, name) => ({ [name]: value }), next);
      assign(copy, key, made);
    } else if (isEnd && current !== undefined) {
      // An array's element becomes null, so that the others keep their places.
      if (Array.isArray(copy)) assign(copy, key, null);
      else delete copy[key];
    }
  }
  return copy;
}

const checkId = (before: unknown, after: unknown): void =>
  need(equalValues(before, after), 66, "the update would modify the immutable field '_id'");

function ofOperators(update: Doc, filter: Doc, arrayFilters: readonly Doc[]): Update {
  const changes = parseChanges(update);
  const filters = compileArrayFilters(arrayFilters, changes);
  return (doc, isInsert) => {
    const keysOf = keysWith(doc, filter, filters);
    let result: Container = doc;
    for (const { path, compute } of changes)
      result = change(result, path, keysOf, (current) => compute(current, isInsert));
    if (!isInsert) checkId(doc['_id'], getPath(result, ['_id']));
    return result as Doc;
  };
}

/** Whether an update is the new document itself. */
export const isReplacement = (update: unknown): boolean => !isOperatorDoc(update) && !Array.isArray(update);

/** Compiles an update: operators, a replacement, or a pipeline. @throws ServerError 9 for unknown operators */
export function compileUpdate(
  update: unknown,
  filter: Doc,
  arrayFilters: readonly Doc[],
  variables: Doc,
): Update {
  if (isOperatorDoc(update)) return ofOperators(update, filter, arrayFilters);
  need(isContainer(update), 9, 'Update argument must be either an object or an array');
  need(arrayFilters.length === 0, 9, 'arrayFilters may not be specified without operators');
  const dollar = Object.keys(update).find((name) => name.startsWith('$'));
  need(!dollar, 52, `the dollar-prefixed field '${dollar}' is not allowed`);
  const run = isDoc(update) ? () => [update] : compileFieldStages(update, variables);
  return (doc, isInsert) => {
    const { _id: id = doc['_id'], ...rest } = run([doc])[0] as Doc;
    if (!isInsert) checkId(doc['_id'], id);
    return id === undefined ? rest : { _id: id, ...rest };
  };
}
