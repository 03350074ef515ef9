import type { Step, Theme } from '../case';
import { aggregate, casesOf, refusing } from '../commands';
import { arithmeticTheme } from './expressions-arithmetic';
import { expressionsTheme } from './expressions-theme';
import { MIXED } from './fixtures';

const logic: Record<string, unknown> = {
  $cond: [{ $cond: [true, 1, 2] }, { $cond: { if: 0, then: 1, else: 2 } }, { $cond: ['$missing', 1, 2] }],
  $switch: {
    $switch: {
      branches: [
        { case: { $gt: [1, 2] }, then: 'a' },
        { case: true, then: 'b' },
      ],
      default: 'c',
    },
  },
  $ifNull: [{ $ifNull: [null, 1] }, { $ifNull: ['$missing', null, 'last'] }, { $ifNull: [0, 1] }],
  '$and, $or, $not': [{ $and: [1, 'a'] }, { $and: [] }, { $or: [null, 0] }, { $or: [] }, { $not: [0] }],
  'comparisons across types': [
    { $gt: ['a', 1] },
    { $lt: [null, 0] },
    { $eq: [1.5, 1.5] },
    { $eq: [1, '1'] },
    { $gte: [[1], 'a'] },
    { $lt: ['$missing', null] },
    { $eq: ['$missing', null] },
  ],
  $cmp: [{ $cmp: [1, 2] }, { $cmp: ['b', 'a'] }, { $cmp: [7, 7] }, { $cmp: [1, 'a'] }],
  $let: { $let: { vars: { a: 2, b: 3 }, in: { $multiply: ['$$a', '$$b'] } } },
  $literal: { $literal: '$notAField' },
  $mergeObjects: { $mergeObjects: [{ a: 1, b: 2 }, null, { b: 3 }] },
  $objectToArray: { $objectToArray: { a: 1, b: { c: 2 } } },
  $arrayToObject: [
    {
      $arrayToObject: [
        [
          { k: 'a', v: 1 },
          { k: 'b', v: 2 },
        ],
      ],
    },
    {
      $arrayToObject: [
        [
          ['a', 1],
          ['b', 2],
        ],
      ],
    },
  ],
  'an unknown variable': '$$nothing',
};

const strings: Record<string, unknown> = {
  $concat: [{ $concat: ['a', '张'] }, { $concat: ['a', null] }],
  '$concat of a number': { $concat: ['a', 1] },
  '$toUpper and $toLower': [{ $toUpper: 'abcÄ' }, { $toLower: 'ABC' }, { $toUpper: null }],
  $substrCP: [{ $substrCP: ['张三李四', 1, 2] }, { $substrCP: ['张三', 5, 1] }],
  $trim: [{ $trim: { input: '  a ' } }, { $trim: { input: 'xxa', chars: 'x' } }],
  $split: [{ $split: ['a,b,,c', ','] }, { $split: [null, ','] }],
  $regexMatch: [
    { $regexMatch: { input: 'Abc', regex: '^a', options: 'i' } },
    { $regexMatch: { input: 'Abc', regex: /^a/ } },
    { $regexMatch: { input: null, regex: 'a' } },
  ],
};

const LIST = [3, 1, 2];

const arrays: Record<string, unknown> = {
  $size: { $size: [LIST] },
  '$size of no array': { $size: 'x' },
  $arrayElemAt: [{ $arrayElemAt: [LIST, 0] }, { $arrayElemAt: [LIST, -1] }],
  '$arrayElemAt past the end': { $arrayElemAt: [LIST, 9] },
  '$first and $last': [{ $first: [LIST] }, { $last: [LIST] }],
  $slice: [{ $slice: [LIST, 2] }, { $slice: [LIST, -2] }, { $slice: [LIST, 1, 1] }],
  $concatArrays: [{ $concatArrays: [LIST, [4]] }, { $concatArrays: [LIST, null] }],
  $filter: { $filter: { input: LIST, as: 'n', cond: { $gte: ['$$n', 2] } } },
  '$filter with a limit': { $filter: { input: LIST, cond: { $gte: ['$$this', 1] }, limit: 2 } },
  $map: { $map: { input: LIST, as: 'n', in: { $multiply: ['$$n', 10] } } },
  '$map of null': { $map: { input: null, in: '$$this' } },
  $reduce: {
    $reduce: {
      input: LIST,
      initialValue: '',
      in: { $concat: ['$$value', { $cond: [{ $gt: ['$$this', 1] }, 'x', 'y'] }] },
    },
  },
  $in: [{ $in: [1, LIST] }, { $in: [null, LIST] }, { $in: ['x', LIST] }],
  '$in of no array': { $in: [1, 'x'] },
  $indexOfArray: [{ $indexOfArray: [LIST, 2] }, { $indexOfArray: [LIST, 9] }],
  $isArray: [{ $isArray: [LIST] }, { $isArray: 'x' }],
  $range: [{ $range: [0, 6, 2] }, { $range: [3, 0, -1] }],
  $reverseArray: { $reverseArray: [LIST] },
};

const onEach: Record<string, unknown> = {
  $type: { $type: '$v' },
  '$gt a number': { $gt: ['$v', 2] },
  '$eq null': { $eq: ['$v', null] },
  '$lte a string': { $lte: ['$v', 'abc'] },
  '$cmp null': { $cmp: ['$v', null] },
  $ifNull: { $ifNull: ['$v', 'none'] },
  $isArray: { $isArray: '$v' },
};
const onPlain: Record<string, unknown> = { $cond: { $cond: ['$v', 'yes', 'no'] }, 'a nested path': '$v.a' };

/** NaN and arrays in arrays are taken differently by the embedded server: a known difference. */
const PLAIN = MIXED.filter(({ v }) => !Number.isNaN(v) && !(Array.isArray(v) && Array.isArray(v[0])));
const onAll = (x: unknown): Step[] => [aggregate([{ $sort: { _id: 1 } }, { $project: { x } }])];

export const expressions: Theme[] = [
  arithmeticTheme,
  expressionsTheme('expressions-logic', logic, ['$switch', '$arrayToObject']),
  expressionsTheme('expressions-strings', strings, ['$regexMatch']),
  expressionsTheme('expressions-arrays', arrays, ['$first and $last', '$reverseArray']),
  {
    name: 'expressions-on-every-type',
    cases: [
      ...refusing(
        { $type: 31325 },
        casesOf({ documents: MIXED }, onEach, (x) => onAll(x)),
      ),
      ...casesOf({ documents: PLAIN }, onPlain, (x) => onAll(x)),
    ],
  },
];
