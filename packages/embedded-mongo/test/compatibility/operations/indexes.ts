import type { Document } from 'bson';
import type { Case, Step, Theme } from '../case';
import { C, casesOf, createIndexes, find, index, refusing, run, unique } from '../commands';
import { PHONES } from './fixtures';
import { indexesUnique } from './indexes-unique';

const listIndexes = run({ listIndexes: C, cursor: {} });
const dropIndexes = (which: unknown): Step => run({ dropIndexes: C, index: which });

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
  'a hint by name': [{ by: 1 }, { hint: 'by_1_at_-1', sort: { at: -1 } }],
  'a hint by key': [{ by: { $gte: 2 } }, { hint: { by: 1, at: -1 }, sort: { by: 1, at: -1 }, limit: 7 }],
  'a hint backwards': [{}, { hint: { by: 1, at: -1 }, sort: { by: -1, at: 1 }, limit: 4 }],
  'min and max by a hint': [{}, { hint: { by: 1, at: -1 }, min: { by: 1, at: 40 }, max: { by: 2, at: 40 } }],
  'an anchored regex': [{ name: /^a1/ }, { sort: { name: 1 } }],
  'an element of an array': [{ tags: 2 }, { sort: { _id: 1 } }],
  '$in of an array': [{ tags: { $in: [3, 4] } }, { sort: { _id: -1 }, limit: 5 }],
  'a range over an array': [{ tags: { $gt: 1, $lt: 3 } }, { sort: { _id: 1 } }],
};

export const indexes: Theme[] = [
  indexesUnique,
  {
    name: 'indexes-defined',
    cases: [
      ...casesOf({ documents: PHONES }, definitions, (steps) => [...steps, listIndexes]),
      ...unknownCollection,
    ],
  },
  {
    name: 'indexes-planned',
    cases: refusing(
      { 'min and max by a hint': 40415 },
      casesOf(
        { documents: PEOPLE, indexes: [index({ by: 1, at: -1 }), index({ tags: 1 }), index({ name: 1 })] },
        planned,
        ([filter, rest]) => [find(filter, rest)],
      ),
    ),
  },
];
