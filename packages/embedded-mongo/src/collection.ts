import { isDoc, isNullish, keyOf, type Doc } from './bson';
import { need, notSupported, ServerError } from './errors';
import { compileFilter, type Test } from './filter';
import { isOnEarth } from './geo';
import { keyValues, leavesAt, passesArray, type Path } from './paths';
import { SortedList } from './sorted-list';

/** A document as it is stored, never changed, only replaced; its place in the order of insertion, and its last commit. */
export type Stored = { id: number; commit: number; doc: Doc };

/** An index that is not unique orders by its first fields; the others are compared in the documents. */
const FIELDS_IN_KEY = 4;
const ID_INDEX: Doc = { v: 2, key: { _id: 1 }, name: '_id_' };

/** An entry of an index is a key followed by the number of its record, in six characters below 128. */
const ID_LENGTH = 6;
function suffixOf({ id }: Stored): string {
  const digits = Array.from(
    { length: ID_LENGTH },
    (_, i) => Math.floor(id / 128 ** (ID_LENGTH - 1 - i)) % 128,
  );
  return String.fromCharCode(...digits);
}
const keyIn = (entry: string): string => entry.slice(0, -ID_LENGTH);

export class Index {
  readonly name: string;
  readonly isUnique: boolean;
  readonly isSparse: boolean;
  readonly isGeo: boolean;
  readonly fields: string[];
  readonly partial: Doc;
  readonly entries = new SortedList();
  /** Fields in which at least one document has had an array: they give no order. */
  readonly arrays = new Set<string>();
  /** Whether a partial index takes a document in. */
  readonly takes: Test;
  private readonly paths: Path[];

  constructor(
    readonly spec: Doc,
    private readonly records: ReadonlyMap<number, Stored>,
  ) {
    const { name, key = {}, unique, sparse, partialFilterExpression = {} } = spec as Record<string, Doc>;
    const fields = Object.keys(key);
    this.name = name as unknown as string;
    this.isUnique = Boolean(unique) || this.name === ID_INDEX['name'];
    this.isSparse = Boolean(sparse);
    this.isGeo = Object.values(key).includes('2dsphere');
    this.fields = fields.slice(0, this.isUnique ? fields.length : FIELDS_IN_KEY);
    this.paths = fields.map((field) => field.split('.'));
    this.partial = partialFilterExpression;
    this.takes = compileFilter(this.partial);
  }

  /**
   * The keys under which it holds a document, whose arrays are noted; made from behind, since they share their ends.
   * @throws ServerError 171 for independent arrays; 16755 for what is no point in a 2dsphere index
   */
  keysOf(doc: Doc, suffix = ''): string[] {
    const arrays = this.paths.filter((path) => passesArray(doc, path));
    need(new Set(arrays.map(([root]) => root)).size < 2, 171, 'cannot index parallel arrays');
    // Two fields below one array are indexed in all combinations, of which not all are in one element.
    if (this.isUnique && arrays.length > 1) throw notSupported('a unique index on two fields of one array');
    for (const path of arrays) this.arrays.add(path.join('.'));
    if (this.isGeo || this.isSparse) {
      const values = this.paths.flatMap((path) => leavesAt(doc, path)).map(({ value }) => value);
      const arePoints = !this.isGeo || values.every((value) => isNullish(value) || isOnEarth(value));
      need(arePoints, 16755, `Can't extract geo keys: ${this.name} takes points on earth`);
      if (this.isGeo || values.every((value) => value === undefined)) return [];
    }
    if (!this.takes(doc)) return [];
    let keys = [suffix];
    for (const path of this.paths.slice(0, this.fields.length).reverse()) {
      const values = keyValues(doc, path);
      const starts = values.length === 1 ? [keyOf(values[0])] : [...new Set(values.map(keyOf))];
      keys = starts.flatMap((start) => keys.map((key) => start + key));
    }
    return keys;
  }

  private entriesOf(record: Stored): string[] {
    return this.keysOf(record.doc, suffixOf(record));
  }

  /** Takes in all records, one a step, when it is empty. @throws ServerError 11000 for duplicates */
  *fill(ns: string): Generator<void> {
    const entries: string[] = [];
    for (const record of this.records.values()) {
      entries.push(...this.entriesOf(record));
      yield;
    }
    this.entries.load(entries);
    const second =
      this.isUnique && entries.find((entry, i) => i > 0 && keyIn(entry) === keyIn(entries[i - 1] ?? ''));
    if (second) throw this.duplicate(ns, this.recordOf(second).doc, keyIn(second));
  }

  add(record: Stored): void {
    for (const entry of this.entriesOf(record)) this.entries.insert(entry);
  }

  remove(record: Stored): void {
    for (const entry of this.entriesOf(record)) this.entries.remove(entry);
  }

  /** The record of an entry. */
  recordOf(entry: string): Stored {
    let id = 0;
    for (let i = entry.length - ID_LENGTH; i < entry.length; i++) id = id * 128 + entry.charCodeAt(i);
    return this.records.get(id) as Stored;
  }

  /** A record that has a key, other than those excepted. */
  holder(key: string, isExcepted: (record: Stored) => boolean): Stored | undefined {
    for (const entry of this.entries.upwards(key)) {
      if (!entry.startsWith(key)) return undefined;
      if (!isExcepted(this.recordOf(entry))) return this.recordOf(entry);
    }
    return undefined;
  }

  /** The error 11000 with what drivers and applications read from it. */
  duplicate(ns: string, doc: Doc, key: string): ServerError {
    const [keyValue, shown]: [Doc, string[]] = [{}, []];
    this.paths.reduce((rest, path, i) => {
      // No value's key begins with another's, so the one that goes on here is the one it was made of.
      const value = keyValues(doc, path).find((one) => rest.startsWith(keyOf(one)));
      const field = String(this.fields[i]);
      keyValue[field] = value ?? null;
      shown.push(`${field}: ${show(value)}`);
      return rest.slice(keyOf(value).length);
    }, key);
    const where = `collection: ${ns} index: ${this.name} dup key: { ${shown.join(', ')} }`;
    const extra = { keyPattern: this.spec['key'], keyValue };
    return new ServerError(11000, `E11000 duplicate key error ${where}`, extra);
  }
}

/** A value as the shell writes it. */
function show(value: unknown): string {
  if (Array.isArray(value)) return `[ ${value.map(show).join(', ')} ]`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (typeof value === 'string') return JSON.stringify(value);
  const text = String(value);
  if (!isDoc(value)) return /^[\da-f]{24}$/.test(text) ? `ObjectId('${text}')` : text;
  const fields = Object.entries(value).map(([name, item]) => `${name}: ${show(item)}`);
  return `{ ${fields.join(', ')} }`;
}

export class Collection {
  readonly ns: string;
  readonly records = new Map<number, Stored>();
  /** A new list whenever it changes; that of `_id` comes first. */
  indexes: readonly Index[];
  nextId = 1;

  constructor(
    readonly id: number,
    readonly db: string,
    readonly name: string,
    specs: readonly Doc[] = [ID_INDEX],
  ) {
    this.ns = `${db}.${name}`;
    this.indexes = specs.map((spec) => new Index(spec, this.records));
  }

  /** Puts a record in the place of another, or adds or removes one. */
  replace(before: Stored | undefined, after: Stored | undefined): void {
    for (const index of this.indexes) {
      if (before) index.remove(before);
      if (after) index.add(after);
    }
    if (after) this.records.set(after.id, after);
    else if (before) this.records.delete(before.id);
  }
}
