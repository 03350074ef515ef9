import type { Document } from 'bson';
import type { Theme } from '../case';
import { aggregate, casesOf, refusing, run, unordered } from '../commands';
import { CUSTOMERS, day } from './fixtures';

const ORDERS: Document[] = [
  { _id: 1, customer: 1, city: '上海', amount: 10, items: ['a', 'b'], at: day('2024-01-01T00:00:00') },
  { _id: 2, customer: 1, city: '北京', amount: 2.25, items: [], at: day('2024-01-02T00:00:00') },
  { _id: 3, customer: 2, city: '上海', amount: 7, at: day('2024-02-01T00:00:00') },
  { _id: 4, customer: 9, city: null, amount: 4, items: null },
  { _id: 5, customer: null, amount: 100, items: 'c' },
  { _id: 6, city: '上海', amount: 55, items: ['a', ['b']] },
];
const COUPONS: Document[] = [
  { _id: 1, city: '上海', least: 8 },
  { _id: 2, city: '上海', least: 50 },
  { _id: 3, city: '北京', least: 1 },
  { _id: 4, least: 0 },
];
const FIXTURE = { documents: ORDERS, others: { customers: CUSTOMERS, coupons: COUPONS } };
const BY_ID = { $sort: { _id: 1 } };
const NAME_ONLY = { $project: { _id: 1, name: 1 } };

const lookups: Record<string, Document> = {
  '$lookup by equality': { from: 'customers', localField: 'customer', foreignField: '_id' },
  '$lookup by an array of values': { from: 'customers', localField: 'items', foreignField: 'tags' },
  '$lookup by a field some lack': { from: 'coupons', localField: 'city', foreignField: 'city' },
  '$lookup in a nested field': { from: 'customers', localField: 'city', foreignField: 'address.city' },
  '$lookup of no collection': { from: 'missing', localField: 'customer', foreignField: '_id' },
  '$lookup by a pipeline': { from: 'coupons', pipeline: [{ $match: { least: { $gt: 5 } } }, BY_ID] },
  '$lookup by a pipeline with let': {
    from: 'coupons',
    let: { amount: '$amount', city: '$city' },
    pipeline: [
      { $match: { $expr: { $and: [{ $eq: ['$city', '$$city'] }, { $lte: ['$least', '$$amount'] }] } } },
      BY_ID,
      { $project: { least: 1, _id: 0 } },
    ],
  },
  '$lookup by equality and a pipeline': {
    from: 'customers',
    localField: 'customer',
    foreignField: '_id',
    pipeline: [NAME_ONLY],
  },
  '$lookup into a nested field': {
    from: 'coupons',
    localField: 'city',
    foreignField: 'city',
    as: 'found.coupons',
  },
};

const pipelines: Record<string, Document[]> = {
  $match: [{ $match: { amount: { $gte: 7 } } }, BY_ID],
  '$match with $expr': [{ $match: { $expr: { $gt: ['$amount', '$customer'] } } }, BY_ID],
  'an empty pipeline': [],
  '$skip and $limit': [BY_ID, { $skip: 2 }, { $limit: 2 }],
  '$limit of zero': [{ $limit: 0 }],
  $count: [{ $match: { city: '上海' } }, { $count: 'n' }],
  '$count of nothing': [{ $match: { city: 'x' } }, { $count: 'n' }],
  '$group of nothing': [{ $match: { city: 'x' } }, { $group: { _id: null, n: { $sum: 1 } } }],
  'countDocuments, as drivers ask it': [{ $match: {} }, { $group: { _id: 1, n: { $sum: 1 } } }],
  $unwind: [BY_ID, { $unwind: '$items' }],
  '$unwind with its options': [BY_ID, { $unwind: { path: '$items', preserveNullAndEmptyArrays: true } }],
  '$unwind of a nested array': [BY_ID, { $unwind: '$items' }, { $unwind: '$items' }],
  '$unwind without a dollar': [{ $unwind: 'items' }],
  $addFields: [BY_ID, { $addFields: { double: { $multiply: ['$amount', 2] }, 'a.b': 1, city: '$$REMOVE' } }],
  '$addFields in an array': [BY_ID, { $match: { _id: 1 } }, { $addFields: { 'items.x': 1 } }],
  '$set in place': [BY_ID, { $set: { customer: 'x' } }, { $limit: 1 }],
  $unset: [BY_ID, { $unset: ['items', 'at', 'city'] }],
  $replaceRoot: [BY_ID, { $replaceRoot: { newRoot: { id: '$_id', a: '$amount' } } }],
  '$replaceRoot with $mergeObjects': [
    BY_ID,
    { $replaceWith: { $mergeObjects: [{ city: 'none', extra: 1 }, '$$ROOT', { items: 0 }] } },
  ],
  '$replaceRoot with no document': [{ $replaceRoot: { newRoot: '$amount' } }],
  $sortByCount: [{ $match: { city: { $ne: null } } }, { $sortByCount: '$city' }],
  $facet: [
    {
      $facet: {
        total: [{ $count: 'n' }],
        none: [{ $match: { _id: 99 } }, { $count: 'n' }],
        page: [BY_ID, { $skip: 1 }, { $limit: 2 }, { $project: { amount: 1 } }],
        cities: [{ $group: { _id: '$city', sum: { $sum: '$amount' } } }, BY_ID],
      },
    },
  ],
  $bucket: [{ $bucket: { groupBy: '$amount', boundaries: [0, 4, 10, 100], default: 'more' } }],
  '$bucket with outputs': [
    {
      $bucket: {
        groupBy: '$amount',
        boundaries: [0, 10, 1000],
        output: { n: { $sum: 1 }, sum: { $sum: '$amount' }, most: { $max: '$amount' } },
      },
    },
  ],
  '$bucket without a default': [{ $bucket: { groupBy: '$amount', boundaries: [0, 10] } }],
  $unionWith: [{ $project: { amount: 1 } }, { $unionWith: 'coupons' }, { $sort: { _id: 1, amount: 1 } }],
  '$unionWith a pipeline': [
    { $match: { _id: 1 } },
    { $project: { amount: 1 } },
    { $unionWith: { coll: 'coupons', pipeline: [{ $match: { least: 1 } }, { $set: { of: 'coupons' } }] } },
  ],
  $redact: [{ $redact: { $cond: [{ $gt: ['$amount', 5] }, '$$KEEP', '$$PRUNE'] } }, BY_ID],
  '$lookup, $unwind and $match': [
    { $lookup: { from: 'customers', localField: 'customer', foreignField: '_id', as: 'who' } },
    { $unwind: '$who' },
    { $match: { 'who.name': '张三' } },
    { $project: { amount: 1, name: '$who.name' } },
    BY_ID,
  ],
  $setWindowFields: [
    {
      $setWindowFields: {
        partitionBy: '$city',
        sortBy: { _id: 1 },
        output: { sum: { $sum: '$amount', window: { documents: ['unbounded', 'current'] } } },
      },
    },
    BY_ID,
  ],
  'an unknown stage': [{ $nothing: {} }],
  'a stage of two names': [{ $match: {}, $limit: 1 }],
  'a stage without a dollar': [{ match: {} }],
  'an unknown expression': [{ $project: { x: { $nothing: 1 } } }],
  'a negative $skip': [{ $skip: -1 }],
  '$group without _id': [{ $group: { n: { $sum: 1 } } }],
  '$group with a plain field': [{ $group: { _id: 1, n: '$amount' } }],
  '$group with an unknown accumulator': [{ $group: { _id: 1, n: { $nothing: 1 } } }],
};

const rarer: Record<string, Document[]> = {
  $bucketAuto: [{ $bucketAuto: { groupBy: '$amount', buckets: 2 } }],
  $graphLookup: [
    BY_ID,
    { $limit: 1 },
    {
      $graphLookup: {
        from: 'coupons',
        startWith: '$city',
        connectFromField: 'city',
        connectToField: 'city',
        as: 'g',
        maxDepth: 0,
      },
    },
    { $project: { n: { $size: '$g' } } },
  ],
  $out: [{ $out: 'copied' }],
  $merge: [{ $merge: 'copied' }],
};

export const stages: Theme = {
  name: 'aggregation-stages',
  cases: [
    ...refusing(
      {
        $redact: 40324,
        $setWindowFields: 40324,
        $unionWith: 40324,
        '$unionWith a pipeline': 40324,
        '$addFields in an array': 115,
      },
      casesOf(FIXTURE, pipelines, (pipeline) => [aggregate(pipeline)]),
    ),
    ...casesOf(FIXTURE, lookups, (lookup) => [
      aggregate([BY_ID, { $lookup: { as: 'found', ...lookup } }, { $unset: ['items', 'at'] }]),
    ]),
    ...refusing(
      { $bucketAuto: 40324, $graphLookup: 40324, $out: 40324, $merge: 40324 },
      casesOf(FIXTURE, rarer, (pipeline) => [unordered(aggregate(pipeline))]),
    ),
    { name: 'of no collection', steps: [aggregate([{ $match: {} }])] },
    { name: '$count of no collection', steps: [aggregate([{ $count: 'n' }])] },
    {
      name: 'without a cursor',
      documents: [{ _id: 1 }],
      steps: [run({ aggregate: 'c', pipeline: [] })],
    },
    {
      name: 'let of the command',
      documents: ORDERS,
      steps: [aggregate([{ $match: { $expr: { $eq: ['$amount', '$$a'] } } }], { let: { a: 7 } })],
    },
  ],
};
