import * as accumulatorsOfMingo from 'mingo/operators/accumulator';
import { ServerError } from '../errors';
import { isNumeric, toNumber } from '../bson/numbers';
import { isDoc, type Doc } from '../bson/values';
import { parseSort, sortDocs } from '../query/sort';
import { encodeValue } from '../storage/key-encoding';
import { ACCUMULATORS, type Accumulator } from './accumulators';
import { compileExpression, type Expression } from './expressions';
import { runMingoAccumulator } from './mingo-context';

interface Column {
  name: string;
  start: () => { add: (doc: Doc) => void; result: () => unknown };
}

function ownColumn(make: () => Accumulator, compute: Expression): Column['start'] {
  return () => {
    const accumulator = make();
    return { add: (doc) => accumulator.add(compute(doc)), result: () => accumulator.result() };
  };
}

/** Accumulators of mingo see the whole group at once. */
function mingoColumn(operator: string, argument: unknown, variables: Doc): Column['start'] {
  return () => {
    const docs: Doc[] = [];
    return {
      add: (doc) => docs.push(doc),
      result: () => runMingoAccumulator(operator, docs, argument, variables),
    };
  };
}

/** `$top`, `$bottom` and their kin: the group sorted, and one or several of it put out. */
function sortedColumn(operator: string, argument: unknown, variables: Doc): Column['start'] {
  if (!isDoc(argument) || !isDoc(argument['sortBy']))
    throw new ServerError(5788005, `Missing value for 'sortBy' in ${operator}`);
  const order = parseSort(argument['sortBy']);
  const output = compileExpression(argument['output'], variables);
  const isMany = operator.endsWith('N');
  const size = isMany && isNumeric(argument['n']) ? toNumber(argument['n']) : 1;
  return () => {
    const docs: Doc[] = [];
    const result = (): unknown => {
      const isTop = operator.startsWith('$top');
      // Among equals the first to come is both the top and the bottom.
      const sorted = sortDocs(isTop ? docs : [...docs].reverse(), order, (doc) => doc);
      const taken = isTop ? sorted.slice(0, size) : sorted.slice(-size);
      const values = taken.map((doc) => output(doc) ?? null);
      return isMany ? values : values[0];
    };
    return { add: (doc) => docs.push(doc), result };
  };
}

const SORTED = ['$top', '$topN', '$bottom', '$bottomN'];

function column(name: string, specification: unknown, variables: Doc): Column {
  const [operator, argument, ...more] = isDoc(specification) ? Object.entries(specification).flat() : [];
  if (typeof operator !== 'string')
    throw new ServerError(40234, `The field '${name}' must be an accumulator object`);
  if (more.length > 0) throw new ServerError(40238, `The field '${name}' must specify one accumulator`);
  if (name.includes('.')) throw new ServerError(40235, `The field name '${name}' cannot contain '.'`);
  if (operator === '$count')
    return { name, start: ownColumn(ACCUMULATORS['$sum'] as () => Accumulator, () => 1) };
  const own = ACCUMULATORS[operator];
  if (own) return { name, start: ownColumn(own, compileExpression(argument, variables)) };
  if (SORTED.includes(operator)) return { name, start: sortedColumn(operator, argument, variables) };
  if (operator === '$accumulator' || !(operator in accumulatorsOfMingo)) {
    throw new ServerError(15952, `unknown group operator '${operator}'`);
  }
  return { name, start: mingoColumn(operator, argument, variables) };
}

/** `$group`: documents with equal keys become one, in the order in which the keys first turn up. */
export function compileGroup(
  specification: unknown,
  variables: Doc,
): (docs: Iterable<Doc>) => Generator<Doc> {
  if (!isDoc(specification)) throw new ServerError(15947, "a group's fields must be specified in an object");
  const { _id: key, ...fields } = specification;
  if (!('_id' in specification)) throw new ServerError(15955, 'a group specification must include an _id');
  const keyOf = compileExpression(key, variables);
  const columns = Object.entries(fields).map(([name, value]) => column(name, value, variables));
  return function* group(docs) {
    const groups = new Map<string, { id: unknown; cells: ReturnType<Column['start']>[] }>();
    for (const doc of docs) {
      const id = keyOf(doc) ?? null;
      const name = encodeValue(id).toString('latin1');
      let found = groups.get(name);
      if (!found) groups.set(name, (found = { id, cells: columns.map(({ start }) => start()) }));
      for (const cell of found.cells) cell.add(doc);
    }
    for (const { id, cells } of groups.values()) {
      const row: Doc = { _id: id };
      columns.forEach(({ name }, i) => {
        row[name] = cells[i]?.result();
      });
      yield row;
    }
  };
}
