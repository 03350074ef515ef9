import { notSupported, ServerError } from '../errors';
import { isNumeric, truthy } from '../bson/numbers';
import { isDoc, isOperatorDoc, type Doc } from '../bson/values';
import { compileExpression, type Expression } from '../aggregation/expressions';
import { isExpressionOperator } from '../aggregation/mingo-context';

/** What becomes of a field, as a tree along dotted paths. */
type Rule =
  | { kind: 'include' | 'exclude' }
  | { kind: 'compute'; expression: Expression }
  | { kind: 'tree'; children: Map<string, Rule> };

type Tree = Extract<Rule, { kind: 'tree' }>;

export type Projection = (doc: Doc) => Doc;

export interface ProjectionOptions {
  variables?: Doc | undefined;
  /** In `$project` and `$addFields`, unlike in find, `$slice` and `$elemMatch` are expressions or unknown. */
  aggregation?: boolean;
}

const MISSING = Symbol('missing');

function insertRule(tree: Tree, path: string, rule: Rule): void {
  const parts = path.split('.');
  if (parts.some((part) => part === ''))
    throw new ServerError(40352, 'FieldPath field names may not be empty strings.');
  let node = tree;
  for (const part of parts.slice(0, -1)) {
    const next = node.children.get(part);
    if (next && next.kind !== 'tree') throw new ServerError(31249, `Path collision at ${path}`);
    const child: Tree = next ?? { kind: 'tree', children: new Map() };
    node.children.set(part, child);
    node = child;
  }
  const last = parts.at(-1) as string;
  if (node.children.has(last)) throw new ServerError(31250, `Path collision at ${path}`);
  node.children.set(last, rule);
}

function ruleFor(value: unknown, options: ProjectionOptions): Rule {
  if (typeof value === 'boolean' || isNumeric(value)) return { kind: truthy(value) ? 'include' : 'exclude' };
  if (
    !options.aggregation &&
    isDoc(value) &&
    ('$slice' in value || '$elemMatch' in value || '$meta' in value)
  )
    throw notSupported("find's projection by $slice, $elemMatch or $meta");
  const operator = isDoc(value) ? Object.keys(value)[0] : undefined;
  if (operator?.startsWith('$') && !isExpressionOperator(operator)) {
    throw new ServerError(31325, `Unknown expression ${operator}`);
  }
  return { kind: 'compute', expression: compileExpression(value, options.variables) };
}

/** Nested documents without operators are another way to write dotted paths. */
function addRules(tree: Tree, prefix: string, specification: Doc, options: ProjectionOptions): void {
  for (const [name, value] of Object.entries(specification)) {
    const path = prefix + name;
    if (path.endsWith('.$')) throw notSupported('a positional projection');
    if (name.startsWith('$')) {
      throw new ServerError(16410, `field names may not start with '$'`);
    } else if (isDoc(value) && !isOperatorDoc(value)) {
      if (Object.keys(value).length === 0)
        throw new ServerError(51270, 'An empty sub-projection is not a valid value.');
      addRules(tree, `${path}.`, value, options);
    } else {
      insertRule(tree, path, ruleFor(value, options));
    }
  }
}

function* leafRules(tree: Tree, prefix = ''): Generator<[string, Rule]> {
  for (const [name, rule] of tree.children) {
    if (rule.kind === 'tree') yield* leafRules(rule, `${prefix}${name}.`);
    else yield [prefix + name, rule];
  }
}

/** Whether only the named fields stay. Computed fields alone make an inclusion too. */
function isInclusion(tree: Tree): boolean {
  let include: boolean | undefined;
  for (const [path, { kind }] of leafRules(tree)) {
    if (path === '_id' && kind !== 'compute') continue;
    const inclusive = kind !== 'exclude';
    if (include !== undefined && include !== inclusive) {
      throw inclusive
        ? new ServerError(31253, `Cannot do inclusion on field ${path} in exclusion projection`)
        : new ServerError(31254, `Cannot do exclusion on field ${path} in inclusion projection`);
    }
    include = inclusive;
  }
  if (include !== undefined) return include;
  return tree.children.get('_id')?.kind === 'include';
}

interface Pass {
  root: Doc;
  include: boolean;
}

function applyRule(rule: Rule, value: unknown, pass: Pass): unknown {
  switch (rule.kind) {
    case 'include':
      return value;
    case 'exclude':
      return MISSING;
    case 'compute': {
      const computed = rule.expression(pass.root);
      return computed === undefined ? MISSING : computed;
    }
    case 'tree':
      return applyTree(rule, value, pass);
  }
}

const computes = (rule: Rule): boolean =>
  rule.kind === 'compute' || (rule.kind === 'tree' && [...rule.children.values()].some(computes));

function applyTree(tree: Tree, value: unknown, pass: Pass): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => applyTree(tree, item, pass)).filter((item) => item !== MISSING);
  }
  if (!isDoc(value)) {
    if (computes(tree)) return applyTree(tree, {}, pass);
    return pass.include ? MISSING : value;
  }
  const result: Doc = {};
  for (const [name, field] of Object.entries(value)) {
    const rule = tree.children.get(name);
    const projected = rule
      ? rule.kind === 'compute'
        ? undefined
        : applyRule(rule, field, pass)
      : pass.include
        ? MISSING
        : field;
    if (rule?.kind === 'compute') {
      // A computed field keeps its place unless fields are picked, where it follows those that stay.
      if (!pass.include) result[name] = null;
    } else if (projected !== MISSING) result[name] = projected;
  }
  for (const [name, rule] of tree.children) {
    if (rule.kind !== 'compute' && (name in value || !computes(rule))) continue;
    const computed = applyRule(rule, undefined, pass);
    if (computed === MISSING) delete result[name];
    else result[name] = computed;
  }
  return result;
}

const idFirst = (doc: Doc): Doc => (Object.hasOwn(doc, '_id') ? { _id: doc['_id'], ...doc } : doc);

/**
 * Compiles a projection of find, or `$project`.
 * @throws ServerError 31253/31254 when inclusion and exclusion are mixed, 31249/31250 for colliding paths
 */
export function compileProjection(specification: Doc, options: ProjectionOptions = {}): Projection {
  const tree: Tree = { kind: 'tree', children: new Map() };
  addRules(tree, '', specification, options);
  const include = isInclusion(tree);
  if (include && !tree.children.has('_id')) tree.children.set('_id', { kind: 'include' });
  return (doc) => idFirst(applyTree(tree, doc, { root: doc, include }) as Doc);
}

/** `$addFields`: every field stays, the computed ones are set. */
export function compileAddFields(specification: Doc, variables?: Doc): Projection {
  const tree: Tree = { kind: 'tree', children: new Map() };
  const add = (prefix: string, fields: Doc): void => {
    for (const [name, value] of Object.entries(fields)) {
      const nested = isDoc(value) && !isOperatorDoc(value) && Object.keys(value).length > 0;
      if (nested) add(`${prefix}${name}.`, value);
      else
        insertRule(tree, prefix + name, { kind: 'compute', expression: compileExpression(value, variables) });
    }
  };
  add('', specification);
  return (doc) => applyTree(tree, doc, { root: doc, include: false }) as Doc;
}

/** `$unset`: the named fields go. */
export function compileUnset(paths: readonly string[]): Projection {
  const tree: Tree = { kind: 'tree', children: new Map() };
  for (const path of paths) insertRule(tree, path, { kind: 'exclude' });
  return (doc) => applyTree(tree, doc, { root: doc, include: false }) as Doc;
}
