import { Decimal128, type Document } from 'bson';
import type { IndexSpecification, Theme } from '../case';
import { all, casesOf, createIndexes, ids, index, insert, unique, update } from '../commands';
import { PHONES } from './fixtures';

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
      { _id: 2, k: 1 },
      { _id: 3, k: new Decimal128('1.0') },
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
};

export const indexesUnique: Theme = {
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
};
