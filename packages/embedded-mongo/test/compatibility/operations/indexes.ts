import { Decimal128, Double, Long, type Document } from 'bson';
import type { Case, IndexSpecification, Step, Theme } from '../case';
import { all, C, casesOf, createIndexes, find, ids, insert, run, update } from '../commands';

const index = (key: Document, rest: Document = {}): IndexSpecification => ({
  key,
  name: Object.entries(key).flat().join('_'),
  ...rest,
});
const unique = (key: Document, rest: Document = {}): IndexSpecification =>
  index(key, { unique: true, ...rest });
const listIndexes = run({ listIndexes: C, cursor: {} });
const dropIndexes = (which: unknown): Step => run({ dropIndexes: C, index: which });

const PHONES: Document[] = [
  { _id: 1, phone: '138', shop: 'a' },
  { _id: 2, phone: '139', shop: 'a' },
  { _id: 3, shop: 'b' },
];

/** Each inserts one after another into a collection with the index. */
const uniqueness: Record<string, [made: IndexSpecification, documents: Document[]]> = {
  'a taken string': [
    unique({ k: 1 }),
    [
      { _id: 1, k: 'a' },
      { _id: 2, k: 'a' },
    ],
  ],
  'a number in another type': [
    unique({ k: 1 }),
    [
      { _id: 1, k: 1 },
      { _id: 2, k: new Double(1) },
      { _id: 3, k: Long.fromNumber(1) },
      { _id: 4, k: new Decimal128('1.0') },
    ],
  ],
  'null and missing': [unique({ k: 1 }), [{ _id: 1 }, { _id: 2, k: null }, { _id: 3 }]],
  'a document': [
    unique({ k: 1 }),
    [
      { _id: 1, k: { a: 1, b: 2 } },
      { _id: 2, k: { b: 2, a: 1 } },
      { _id: 3, k: { a: 1, b: 2 } },
    ],
  ],
  'a nested field': [
    unique({ 'k.a': -1 }),
    [
      { _id: 1, k: { a: 1 } },
      { _id: 2, k: { a: 1, b: 2 } },
    ],
  ],
  'two fields': [
    unique({ k: 1, l: -1 }),
    [
      { _id: 1, k: 1, l: 1 },
      { _id: 2, k: 1, l: 2 },
      { _id: 3, k: 1, l: 1 },
    ],
  ],
  'two fields, one missing': [
    unique({ k: 1, l: 1 }),
    [
      { _id: 1, k: 1 },
      { _id: 2, l: 1 },
      { _id: 3, k: 1 },
    ],
  ],
  'elements of arrays': [
    unique({ k: 1 }),
    [
      { _id: 1, k: [1, 2] },
      { _id: 2, k: [3, 2] },
      { _id: 3, k: [1, 1] },
    ],
  ],
  'the same element twice in one array': [
    unique({ k: 1 }),
    [
      { _id: 1, k: [1, 1] },
      { _id: 2, k: [2] },
    ],
  ],
  'empty arrays': [
    unique({ k: 1 }),
    [
      { _id: 1, k: [] },
      { _id: 2, k: [] },
    ],
  ],
  'sparse, missing': [
    unique({ k: 1 }, { sparse: true }),
    [{ _id: 1 }, { _id: 2 }, { _id: 3, k: null }, { _id: 4, k: null }],
  ],
  'sparse, of two fields': [
    unique({ k: 1, l: 1 }, { sparse: true }),
    [{ _id: 1 }, { _id: 2 }, { _id: 3, k: 1 }, { _id: 4, k: 1 }],
  ],
  partial: [
    unique({ k: 1 }, { partialFilterExpression: { live: true } }),
    [
      { _id: 1, k: 1, live: true },
      { _id: 2, k: 1, live: false },
      { _id: 3, k: 1 },
      { _id: 4, k: 1, live: true },
    ],
  ],
  'partial by $exists': [
    unique({ k: 1 }, { partialFilterExpression: { k: { $exists: true } } }),
    [{ _id: 1 }, { _id: 2 }, { _id: 3, k: 'a' }, { _id: 4, k: 'a' }],
  ],
  'partial by $type': [
    unique({ k: 1 }, { partialFilterExpression: { k: { $type: 'string' } } }),
    [
      { _id: 1, k: null },
      { _id: 2, k: null },
      { _id: 3, k: 'a' },
      { _id: 4, k: 'a' },
    ],
  ],
  'parallel arrays': [index({ k: 1, l: 1 }), [{ _id: 1, k: [1], l: [2] }]],
  'a long string': [
    unique({ k: 1 }),
    [
      { _id: 1, k: 'x'.repeat(3000) },
      { _id: 2, k: `${'x'.repeat(3000)}y` },
    ],
  ],
};

const definitions: Record<string, Step[]> = {
  created: [createIndexes(index({ phone: 1 }))],
  'created twice': [createIndexes(index({ phone: 1 })), createIndexes(index({ phone: 1 }))],
  'created together': [createIndexes(index({ phone: 1 }), index({ shop: 1, phone: -1 }))],
  'with options': [
    createIndexes(
      unique({ phone: 1 }, { sparse: true }),
      index({ at: 1 }, { expireAfterSeconds: 60 }),
      index({ shop: 1 }, { partialFilterExpression: { shop: { $gt: 'a' } } }),
      index({ place: '2dsphere' }),
    ),
  ],
  'of the same name and another key': [
    createIndexes(index({ phone: 1 }, { name: 'x' })),
    createIndexes(index({ shop: 1 }, { name: 'x' })),
  ],
  'of the same key and another name': [
    createIndexes(index({ phone: 1 })),
    createIndexes(index({ phone: 1 }, { name: 'other' })),
  ],
  'of the same name and other options': [
    createIndexes(index({ phone: 1 })),
    createIndexes(unique({ phone: 1 })),
  ],
  'of another expiry': [
    createIndexes(index({ at: 1 }, { expireAfterSeconds: 60 })),
    createIndexes(index({ at: 1 }, { expireAfterSeconds: 90 })),
  ],
  'unique, over duplicates': [createIndexes(unique({ shop: 1 }))],
  'unique, over missing ones': [createIndexes(unique({ missing: 1 }))],
  'without a name': [run({ createIndexes: C, indexes: [{ key: { phone: 1 } }] })],
  'without a key': [run({ createIndexes: C, indexes: [{ name: 'x' }] })],
  'of an empty key': [createIndexes({ key: {}, name: 'x' })],
  'of an unknown kind': [createIndexes(index({ phone: 'nothing' }))],
  'of a zero direction': [createIndexes(index({ phone: 0 }))],
  'with an unknown option': [createIndexes(index({ phone: 1 }, { nothing: 1 }))],
  'none at all': [createIndexes()],
  'on _id': [createIndexes(index({ _id: 1 }))],
  'dropped by name': [createIndexes(index({ phone: 1 })), dropIndexes('phone_1')],
  'dropped by key': [createIndexes(index({ phone: 1 })), dropIndexes({ phone: 1 })],
  'dropped, all': [createIndexes(index({ phone: 1 }), index({ shop: 1 })), dropIndexes('*')],
  'dropped, several': [
    createIndexes(index({ phone: 1 }), index({ shop: 1 })),
    dropIndexes(['phone_1', 'shop_1']),
  ],
  'dropped, unknown': [dropIndexes('missing_1')],
  'dropped, unknown key': [dropIndexes({ missing: 1 })],
  'dropped, that of _id': [dropIndexes('_id_')],
};

const unknownCollection: Case[] = [
  { name: 'listed, of no collection', steps: [listIndexes] },
  { name: 'dropped, of no collection', steps: [dropIndexes('*')] },
  { name: 'created, with the collection', steps: [createIndexes(index({ a: 1 })), listIndexes] },
];

const PEOPLE: Document[] = Array.from({ length: 40 }, (_, i) => ({
  _id: i,
  by: i % 4,
  at: (i * 7) % 40,
  tags: [i % 3, i % 5],
  name: `${'abc'[i % 3]}${i}`,
}));

const planned: Record<string, [filter: Document, rest?: Document]> = {
  'an equality and a sort': [{ by: 1 }, { sort: { by: 1, at: -1 }, limit: 5 }],
  'an equality, sorted by the suffix': [{ by: 1 }, { sort: { at: -1 } }],
  'an equality, sorted against the suffix': [{ by: 1 }, { sort: { at: 1 }, skip: 2, limit: 3 }],
  'an equality and a range': [{ by: 2, at: { $gt: 10, $lte: 30 } }, { sort: { at: 1 } }],
  '$in, sorted by the suffix': [{ by: { $in: [3, 1] } }, { sort: { at: -1 }, limit: 6 }],
  'a hint by name': [{ by: 1 }, { hint: 'by_1_at_-1' }],
  'a hint by key': [{ by: { $gte: 2 } }, { hint: { by: 1, at: -1 }, limit: 7 }],
  'a hint backwards': [{}, { hint: { by: 1, at: -1 }, sort: { by: -1, at: 1 }, limit: 4 }],
  'min and max by a hint': [{}, { hint: { by: 1, at: -1 }, min: { by: 1, at: 40 }, max: { by: 2, at: 40 } }],
  'an anchored regex': [{ name: /^a1/ }, { sort: { name: 1 } }],
  'an element of an array': [{ tags: 2 }, { sort: { _id: 1 } }],
  '$in of an array': [{ tags: { $in: [3, 4] } }, { sort: { _id: -1 }, limit: 5 }],
  'a range over an array': [{ tags: { $gt: 1, $lt: 3 } }, { sort: { _id: 1 } }],
};

export const indexes: Theme[] = [
  {
    name: 'indexes-unique',
    cases: [
      ...casesOf({}, uniqueness, ([made, documents]) => [
        createIndexes(made),
        ...documents.map((each) => insert([each])),
        ids({}),
      ]),
      {
        name: 'an update to a taken key',
        documents: PHONES,
        indexes: [unique({ phone: 1 })],
        steps: [
          update({ _id: 2 }, { $set: { phone: '138' } }),
          update({ _id: 3 }, { $unset: { phone: 1 } }),
          all(),
        ],
      },
      {
        name: 'a key that was freed',
        documents: PHONES,
        indexes: [unique({ phone: 1 })],
        steps: [
          update({ _id: 1 }, { $set: { phone: '137' } }),
          update({ _id: 2 }, { $set: { phone: '138' } }),
          all(),
        ],
      },
    ],
  },
  {
    name: 'indexes-defined',
    cases: [
      ...casesOf({ documents: PHONES }, definitions, (steps) => [...steps, listIndexes]),
      ...unknownCollection,
    ],
  },
  {
    name: 'indexes-planned',
    cases: casesOf(
      { documents: PEOPLE, indexes: [index({ by: 1, at: -1 }), index({ tags: 1 }), index({ name: 1 })] },
      planned,
      ([filter, rest]) => [find(filter, rest)],
    ),
  },
];
