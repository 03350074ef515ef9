import { Decimal128, Long, ObjectId, Timestamp, type Document } from 'bson';
import type { Step, Theme } from '../case';
import { all, C, casesOf, distinct, find, insert, remove, run, update } from '../commands';
import { CUSTOMERS, MIXED } from './fixtures';

const count = (rest: Document): Step => run({ count: C, ...rest });
const THREE = [
  { _id: 1, k: 'a' },
  { _id: 2, k: 'b' },
  { _id: 3, k: 'b' },
];
const three = { documents: THREE };

const reads: Theme = {
  name: 'distinct-and-count',
  cases: [
    ...casesOf(
      { documents: CUSTOMERS },
      {
        'distinct of strings': distinct('address.city'),
        'distinct of an array': distinct('tags'),
        'distinct in documents of an array': distinct('calls.by'),
        'distinct with null': distinct('phone'),
        'distinct of numbers of several types': distinct('age'),
        'distinct with a query': distinct('name', { age: { $gte: 30 } }),
        'distinct of a missing field': distinct('missing'),
        'distinct of an array index': distinct('tags.0'),
        'distinct without a key': run({ distinct: C }),
        count: count({}),
        'count with a query': count({ query: { age: 30 } }),
        'count with skip and limit': count({ query: {}, skip: 1, limit: 3 }),
        'count with a skip past the end': count({ query: {}, skip: 99 }),
        'count of no collection': run({ count: 'missing' }),
        'distinct of no collection': run({ distinct: 'missing', key: 'a' }),
        'find in no collection': run({ find: 'missing', filter: {} }),
        'find by a hint of an index key': find({ age: 30 }, { hint: { _id: 1 } }),
        'find by a hint of an index name': find({ age: 30 }, { hint: '_id_', sort: { _id: -1 } }),
        'find by an unknown hint': find({ age: 30 }, { hint: 'missing_1' }),
        'find with let': find({ $expr: { $eq: ['$age', '$$a'] } }, { let: { a: 45 } }),
        'find with a negative skip': find({}, { skip: -1 }),
        'find with an unknown option': find({}, { nothing: 1 }),
        'find with an invalid sort': find({}, { sort: { age: 2 } }),
      },
      (step) => [step],
    ),
    { name: 'distinct of every type', documents: MIXED, steps: [distinct('v')] },
  ],
};

const inserts: Record<string, Step> = {
  'of one': insert([{ _id: 4, k: 'x' }]),
  'moves _id to the front': insert([{ k: 'x', _id: 4 }]),
  'makes _id': insert([{ k: 'x' }]),
  'keeps numeric types': insert([
    { _id: 4, i: 1, l: Long.MAX_VALUE, d: 1.5, m: new Decimal128('1.0'), z: -0 },
  ]),
  'keeps the order of fields': insert([{ _id: 4, z: 1, a: { y: 1, b: 2 }, '1': 'x' }]),
  'fills empty timestamps': insert([{ _id: 4, at: new Timestamp(0n), deep: { at: new Timestamp(0n) } }]),
  'of a taken _id': insert([{ _id: 1 }]),
  'of a taken _id in another numeric type': insert([{ _id: new Decimal128('1') }]),
  'ordered, stops at the first error': insert([{ _id: 4 }, { _id: 1 }, { _id: 5 }, { _id: 2 }]),
  'unordered, goes on': insert([{ _id: 4 }, { _id: 1 }, { _id: 5 }, { _id: 2 }], { ordered: false }),
  'of _id null': insert([{ _id: null }]),
  'of an array as _id': insert([{ _id: [1] }]),
  'of a regex as _id': insert([{ _id: /a/ }]),
  'of an ObjectId': insert([{ _id: new ObjectId('65a0000000000000000000aa') }]),
  'of fields with dots and dollars': insert([{ _id: 4, 'a.b': 1, $c: 2 }]),
  'of no documents': insert([]),
  'into a name that is not allowed': run({ insert: '', documents: [{ a: 1 }] }),
};

const bulks: Record<string, Step> = {
  'updates, ordered, stop at the first error': run({
    update: C,
    updates: [
      { q: { _id: 1 }, u: { $set: { n: 1 } } },
      { q: { _id: 2 }, u: { $inc: { k: 1 } } },
      { q: { _id: 3 }, u: { $set: { n: 3 } } },
    ],
  }),
  'updates, unordered, go on': run({
    update: C,
    ordered: false,
    updates: [
      { q: { _id: 2 }, u: { $inc: { k: 1 } } },
      { q: { _id: 3 }, u: { $set: { n: 3 } } },
      { q: { _id: 9 }, u: { $set: { n: 9 } }, upsert: true },
      { q: { k: 'b' }, u: { $set: { m: 1 } }, multi: true },
    ],
  }),
  'updates to a taken key': run({
    update: C,
    ordered: false,
    updates: [
      { q: { _id: 1 }, u: { $set: { k: 'b' } } },
      { q: { _id: 1 }, u: { $set: { k: 'z' } } },
    ],
  }),
  deletes: run({
    delete: C,
    deletes: [
      { q: { _id: 1 }, limit: 1 },
      { q: { k: 'b' }, limit: 0 },
      { q: { _id: 9 }, limit: 1 },
    ],
  }),
  'deletes with an invalid filter between': run({
    delete: C,
    ordered: false,
    deletes: [
      { q: { _id: 1 }, limit: 1 },
      { q: { $nothing: 1 }, limit: 0 },
      { q: { _id: 2 }, limit: 1 },
    ],
  }),
  'no updates': run({ update: C, updates: [] }),
};

const deletes: Record<string, Step> = {
  'of one': remove({ k: 'b' }, 1),
  'of many': remove({ k: 'b' }),
  'of all': remove({}),
  'of none': remove({ k: 'x' }),
  'with a limit that is not allowed': run({ delete: C, deletes: [{ q: {}, limit: 2 }] }),
  'without a limit': run({ delete: C, deletes: [{ q: {} }] }),
  'in a collection that is not there': run({ delete: 'missing', deletes: [{ q: {}, limit: 0 }] }),
};

export const readsAndWrites: Theme[] = [
  reads,
  { name: 'inserts', cases: casesOf(three, inserts, (step) => [step, all()]) },
  {
    name: 'bulk-writes',
    cases: [
      ...casesOf(three, bulks, (step) => [step, all()]),
      {
        name: 'a multi-update that violates a unique index halfway',
        documents: THREE,
        indexes: [{ key: { u: 1 }, name: 'u_1', unique: true, sparse: true }],
        steps: [update({ k: 'b' }, { $set: { u: 1 } }, { multi: true }), all()],
      },
    ],
  },
  { name: 'deletes', cases: casesOf(three, deletes, (step) => [step, all()]) },
];
