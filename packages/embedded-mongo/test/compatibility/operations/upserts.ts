import { Decimal128, Long, type Document } from 'bson';
import type { Theme } from '../case';
import { all, C, casesOf, run, update } from '../commands';

const UPSERT = { upsert: true };

const upserts: Record<string, [filter: Document, change: Document | Document[]]> = {
  'of a document that is there': [{ _id: 1 }, { $set: { n: 2 }, $setOnInsert: { made: true } }],
  'with _id in the filter': [{ _id: 9 }, { $set: { n: 2 } }],
  'with a string _id': [{ _id: 'nine' }, { $inc: { n: 1 } }],
  'with a document as _id': [{ _id: { a: 1, b: 2 } }, { $set: { n: 2 } }],
  'with a made _id': [{ n: 9 }, { $set: { text: 'x' } }],
  'takes an equality of the filter': [{ _id: 9, a: 1 }, { $set: { n: 2 } }],
  'takes a dotted equality of the filter': [{ _id: 9, 'b.c': 'x' }, { $set: { n: 2 } }],
  'takes $eq of the filter': [{ _id: 9, d: { $eq: true } }, { $set: { n: 2 } }],
  'takes equalities within $and': [{ $and: [{ _id: 9 }, { a: 1 }] }, { $set: { n: 2 } }],
  'takes $in of one': [{ _id: 9, a: { $in: [1] } }, { $set: { n: 2 } }],
  'takes a single $or': [{ _id: 9, $or: [{ a: 1 }] }, { $set: { n: 2 } }],
  'takes no other conditions': [{ _id: 9, a: { $gt: 1 }, b: { $in: [1, 2] }, c: /x/ }, { $set: { n: 2 } }],
  'keeps numeric types': [{ _id: 9, a: new Decimal128('1.0'), b: Long.MAX_VALUE }, { $inc: { n: 0.5 } }],
  'sets over the filter': [{ _id: 9, a: 1 }, { $set: { a: 2 } }],
  'with $setOnInsert': [{ _id: 9 }, { $setOnInsert: { a: 1, 'b.c': 2 }, $set: { n: 1 } }],
  'with $setOnInsert of _id': [{ a: 1 }, { $setOnInsert: { _id: 9 } }],
  'with only $setOnInsert': [{ _id: 9 }, { $setOnInsert: { a: 1 } }],
  'with $push and $addToSet': [{ _id: 9 }, { $push: { list: 1 }, $addToSet: { set: 1 } }],
  'with $unset and $min': [
    { _id: 9, a: 1 },
    { $unset: { a: 1 }, $min: { low: 3 } },
  ],
  'with $currentDate': [{ _id: 9 }, { $currentDate: { at: true } }],
  'a replacement': [{ _id: 9, a: 1 }, { text: 'new' }],
  'a replacement with a made _id': [{ a: 1 }, { text: 'new' }],
  'a replacement with its _id': [{ a: 1 }, { _id: 9, text: 'new' }],
  'a pipeline': [{ _id: 9, a: 1 }, [{ $set: { b: { $add: ['$a', 1] } } }]],
  'a positional update that finds nothing': [{ _id: 9, list: 1 }, { $set: { 'list.$': 2 } }],
  'another _id than the filter': [{ _id: 9 }, { $set: { _id: 8 } }],
  'equalities that conflict': [{ _id: 9, $and: [{ a: 1 }, { a: 2 }] }, { $set: { n: 1 } }],
};

export const upsertsTheme: Theme = {
  name: 'upserts',
  cases: [
    ...casesOf({ documents: [{ _id: 1, n: 1 }] }, upserts, ([filter, change]) => [
      update(filter, change, UPSERT),
      all(),
    ]),
    {
      name: 'several in one command',
      documents: [{ _id: 1, n: 1 }],
      steps: [
        run({
          update: C,
          updates: [
            { q: { _id: 2 }, u: { $set: { n: 2 } }, ...UPSERT },
            { q: { _id: 1 }, u: { $set: { n: 3 } }, ...UPSERT },
            { q: { _id: 4 }, u: { $set: { n: 4 } }, ...UPSERT, multi: true },
          ],
        }),
        all(),
      ],
    },
    {
      name: 'in a collection that is not there',
      steps: [update({ _id: 1 }, { $set: { n: 1 } }, UPSERT), all()],
    },
    {
      name: 'against a unique index',
      documents: [{ _id: 1, k: 'a' }],
      indexes: [{ key: { k: 1 }, name: 'k_1', unique: true }],
      steps: [update({ _id: 2 }, { $set: { k: 'a' } }, UPSERT), all()],
    },
  ],
};
