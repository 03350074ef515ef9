import type { Document } from 'bson';
import type { Theme } from '../case';
import { aggregate, casesOf, refusing } from '../commands';
import { day, MIXED } from './fixtures';

const SALES: Document[] = [
  {
    _id: 1,
    shop: 'a',
    n: 1,
    few: 1,
    d: 1.5,
    at: day('2024-01-01T00:00:00'),
  },
  {
    _id: 2,
    shop: 'a',
    n: 4,
    few: 4,
    d: 0.25,
    at: day('2024-03-01T00:00:00'),
  },
  { _id: 3, shop: 'b', n: 2, few: 2.25, d: 2.5, at: day('2024-02-01T00:00:00') },
  { _id: 4, shop: 'b', n: 'text', tags: ['x', 'y'] },
  { _id: 5, shop: null, n: 2147483647, few: 3, tags: ['x'] },
  { _id: 6, n: 2147483647, few: 4, d: null, tags: [] },
];

const accumulators: Record<string, Document> = {
  '$sum of Int32': { $sum: '$few' },
  '$sum of Double': { $sum: '$d' },
  '$sum of one': { $sum: 1 },
  '$sum of a condition': { $sum: { $cond: [{ $gt: ['$n', 1] }, 1, 0] } },
  '$sum of a missing field': { $sum: '$missing' },
  $avg: { $avg: '$few' },
  '$avg of nothing': { $avg: '$missing' },
  $min: { $min: '$n' },
  $max: { $max: '$n' },
  '$max of dates': { $max: '$at' },
  '$min of missing and null': { $min: '$d' },
  $first: { $first: '$n' },
  '$first of a missing field': { $first: '$tags' },
  $last: { $last: '$n' },
  $push: { $push: '$n' },
  '$push of a field some lack': { $push: '$tags' },
  '$push of documents': { $push: { id: '$_id', at: '$at' } },
  $count: { $count: {} },
  $stdDevPop: { $stdDevPop: '$d' },
};

const keys: Record<string, unknown> = {
  'by a field': '$shop',
  'by a missing field': '$missing',
  'by null': null,
  'by a constant': 7,
  'by a document': { shop: '$shop', big: { $gt: ['$n', 2] } },
  'by a document with a missing field': { shop: '$shop', tags: '$tags' },
  'by a month': { $dateToString: { date: '$at', format: '%Y-%m' } },
  'by an array': '$tags',
};

export const groups: Theme = {
  name: 'aggregation-groups',
  cases: [
    ...refusing(
      { $stdDevPop: 15952 },
      casesOf({ documents: SALES }, accumulators, (x) => [
        aggregate([{ $sort: { _id: 1 } }, { $group: { _id: '$shop', x } }, { $sort: { _id: 1 } }]),
      ]),
    ),
    ...casesOf({ documents: SALES }, keys, (_id) => [
      aggregate([{ $group: { _id, n: { $sum: 1 } } }, { $sort: { _id: 1 } }]),
    ]),
    ...casesOf({ documents: SALES }, { $addToSet: '$n' }, (field) => [
      aggregate([{ $group: { _id: null, x: { $addToSet: field } } }, { $unwind: '$x' }, { $sort: { x: 1 } }]),
    ]),
    {
      name: 'by values of every type',
      documents: MIXED,
      steps: [
        aggregate([
          { $sort: { _id: 1 } },
          { $group: { _id: '$v', n: { $sum: 1 }, first: { $first: '$_id' } } },
          { $sort: { first: 1 } },
          { $project: { _id: 0, n: 1, first: 1 } },
        ]),
      ],
    },
    {
      name: '$unwind, then by element',
      documents: SALES,
      steps: [
        aggregate([
          { $unwind: '$tags' },
          { $group: { _id: '$tags', n: { $sum: 1 }, shops: { $push: '$shop' } } },
          { $sort: { n: -1, _id: 1 } },
        ]),
      ],
    },
  ],
};
