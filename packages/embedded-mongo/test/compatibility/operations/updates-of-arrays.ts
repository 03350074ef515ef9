import type { Document } from 'bson';
import type { Theme } from '../case';
import { all, casesOf, refusing, update } from '../commands';

const LISTS: Document = {
  _id: 1,
  text: 'abc',
  numbers: [3, 1, 2, 3],
  rows: [
    { k: 'a', n: 1, tags: ['x'] },
    { k: 'b', n: 5, tags: ['x', 'y'] },
    { k: 'c', n: 3, tags: [] },
  ],
  empty: [],
  matrix: [
    [1, 2],
    [3, 4],
  ],
};

const updates: Record<string, Document> = {
  $push: { $push: { numbers: 4 } },
  '$push makes the array': { $push: { added: 1, 'nested.list': { a: 1 } } },
  '$push an array as one element': { $push: { numbers: [1, 2] } },
  '$push on a string': { $push: { text: 1 } },
  '$push $each': { $push: { numbers: { $each: [8, 9] } } },
  '$push $each of nothing': { $push: { numbers: { $each: [] } } },
  '$push $position': { $push: { numbers: { $each: [8, 9], $position: 1 } } },
  '$push $position from the end': { $push: { numbers: { $each: [8], $position: -1 } } },
  '$push $slice from the end': { $push: { numbers: { $each: [8, 9], $slice: -3 } } },
  '$push $slice from the start': { $push: { numbers: { $each: [8], $slice: 2 } } },
  '$push $slice to nothing': { $push: { numbers: { $each: [8], $slice: 0 } } },
  '$push $sort ascending': { $push: { numbers: { $each: [0], $sort: 1 } } },
  '$push $sort by a field': { $push: { rows: { $each: [{ k: 'd', n: 2 }], $sort: { n: -1 } } } },
  '$push $sort and $slice': { $push: { rows: { $each: [{ k: 'd', n: 2 }], $sort: { n: 1 }, $slice: -2 } } },
  '$push with an unknown modifier': { $push: { numbers: { $each: [1], $nothing: 1 } } },
  '$push $each of no array': { $push: { numbers: { $each: 1 } } },
  '$push into a nested array': { $push: { 'rows.0.tags': 'z' } },
  '$addToSet what is there': { $addToSet: { numbers: 3 } },
  '$addToSet what is new': { $addToSet: { numbers: 7 } },
  '$addToSet $each': { $addToSet: { numbers: { $each: [3, 7, 7, 8] } } },
  '$addToSet a document': { $addToSet: { rows: { k: 'c', n: 3, tags: [] } } },
  '$addToSet a document in another order': { $addToSet: { rows: { n: 3, k: 'c', tags: [] } } },
  '$addToSet makes the array': { $addToSet: { added: 1 } },
  '$addToSet on a string': { $addToSet: { text: 1 } },
  '$pop the last': { $pop: { numbers: 1 } },
  '$pop the first': { $pop: { numbers: -1 } },
  '$pop of an empty array': { $pop: { empty: 1 } },
  '$pop of a missing array': { $pop: { missing: 1 } },
  '$pop of a string': { $pop: { text: 1 } },
  '$pop by another number': { $pop: { numbers: 2 } },
  '$pull a value': { $pull: { numbers: 3 } },
  '$pull by a condition': { $pull: { numbers: { $gte: 2 } } },
  '$pull by $in': { $pull: { numbers: { $in: [1, 2] } } },
  '$pull documents by a field': { $pull: { rows: { k: 'a' } } },
  '$pull documents by a condition': { $pull: { rows: { n: { $gt: 2 }, tags: 'x' } } },
  '$pull documents by $or': { $pull: { rows: { $or: [{ k: 'a' }, { n: 3 }] } } },
  '$pull documents by a nested array': { $pull: { rows: { tags: { $size: 0 } } } },
  '$pull an array': { $pull: { matrix: [1, 2] } },
  '$pull by a regex': { $pull: { numbers: { $not: /a/ } } },
  '$pull of a missing array': { $pull: { missing: 1 } },
  '$pull of a string': { $pull: { text: 'abc' } },
  $pullAll: { $pullAll: { numbers: [3, 1] } },
  '$pullAll of documents': { $pullAll: { rows: [{ k: 'c', n: 3, tags: [] }] } },
  '$[] of numbers': { $inc: { 'numbers.$[]': 10 } },
  '$[] of documents': { $set: { 'rows.$[].seen': true } },
  '$[] of a nested array': { $push: { 'rows.$[].tags': 'z' } },
  '$[] of arrays in an array': { $inc: { 'matrix.$[].$[]': 1 } },
  '$[] of a string': { $set: { 'text.$[]': 1 } },
  '$[] of a missing array': { $set: { 'missing.$[]': 1 } },
};

const positional: Record<string, [filter: Document, change: Document]> = {
  '$ of a value': [{ numbers: 3 }, { $set: { 'numbers.$': 30 } }],
  '$ of a range': [{ numbers: { $lt: 3 } }, { $inc: { 'numbers.$': 100 } }],
  '$ of a nested field': [{ 'rows.k': 'b' }, { $set: { 'rows.$.n': 50 } }],
  '$ of $elemMatch': [{ rows: { $elemMatch: { n: { $gt: 1 }, tags: [] } } }, { $set: { 'rows.$.n': 50 } }],
  '$ with $inc and $push': [{ 'rows.k': 'c' }, { $inc: { 'rows.$.n': 1 }, $push: { 'rows.$.tags': 'z' } }],
  '$ with $unset': [{ numbers: 1 }, { $unset: { 'numbers.$': '' } }],
  '$ of fields that its filter names': [
    { rows: { $elemMatch: { k: 'b', n: { $gt: 1 } } } },
    { $set: { 'rows.$.k': 'z', 'rows.$.seen': true }, $unset: { 'rows.$.tags': '' } },
  ],
  '$ without the array in the filter': [{ _id: 1 }, { $set: { 'numbers.$': 1 } }],
};

const filtered: Record<string, [change: Document, arrayFilters: Document[]]> = {
  '$[id] of numbers': [{ $set: { 'numbers.$[n]': 0 } }, [{ n: { $gte: 3 } }]],
  '$[id] of documents': [{ $inc: { 'rows.$[r].n': 10 } }, [{ 'r.k': { $in: ['a', 'c'] } }]],
  '$[id] by two conditions': [{ $set: { 'rows.$[r].hit': 1 } }, [{ 'r.n': { $gt: 1 }, 'r.k': 'b' }]],
  '$[id] by $or': [{ $set: { 'rows.$[r].hit': 1 } }, [{ $or: [{ 'r.n': 1 }, { 'r.k': 'c' }] }]],
  '$[id] by a regex': [{ $set: { 'rows.$[r].hit': 1 } }, [{ 'r.k': /^[ab]$/ }]],
  '$[id] twice': [{ $set: { 'rows.$[r].tags.$[t]': 'X' } }, [{ 'r.n': { $gt: 1 } }, { t: 'x' }]],
  '$[id] of the field that its filter names': [
    { $set: { 'rows.$[r].k': 'z', 'rows.$[r].n': 0 } },
    [{ 'r.k': 'b' }],
  ],
  '$[id] of none': [{ $set: { 'numbers.$[n]': 0 } }, [{ n: 99 }]],
  '$[id] with a filter not given': [{ $set: { 'numbers.$[n]': 0 } }, []],
  '$[id] with a filter not used': [{ $set: { text: 'x' } }, [{ n: 1 }]],
  '$[id] given twice': [{ $set: { 'numbers.$[n]': 0 } }, [{ n: 1 }, { n: 2 }]],
};

const lists = { documents: [LISTS] };

export const updatesOfArrays: Theme = {
  name: 'updates-of-arrays',
  cases: [
    ...refusing(
      { $pullAll: 115, '$pullAll of documents': 115 },
      casesOf(lists, updates, (change) => [update({ _id: 1 }, change), all()]),
    ),
    ...casesOf(lists, positional, ([filter, change]) => [update(filter, change), all()]),
    ...refusing(
      { '$[id] by $or': 9 },
      casesOf(lists, filtered, ([change, arrayFilters]) => [
        update({ _id: 1 }, change, { arrayFilters }),
        all(),
      ]),
    ),
  ],
};
