import type { Document } from 'bson';
import type { Theme } from '../case';
import { aggregate, casesOf, find, refusing } from '../commands';
import { CUSTOMERS } from './fixtures';

const found: Record<string, Document> = {
  'includes fields': { name: 1, phone: 1 },
  'includes without _id': { name: 1, _id: 0 },
  'keeps the order of the document': { phone: 1, name: 1, age: 1 },
  'excludes fields': { name: 0, tags: 0 },
  'excludes only _id': { _id: 0 },
  'includes only _id': { _id: 1 },
  'is empty': {},
  'includes by true': { name: true },
  'includes by a number that is not 1': { name: 2.5 },
  'includes dotted paths': { 'address.city': 1, 'calls.by': 1 },
  'excludes dotted paths': { 'address.city': 0, 'calls.by': 0, createdAt: 0 },
  'includes nested fields written as a document': { address: { city: 1 } },
  'includes what is not there': { nothing: 1 },
  'excludes an array index, which does nothing': { 'tags.0': 0 },
  '$slice from the start': { tags: { $slice: 1 } },
  $elemMatch: { calls: { $elemMatch: { minutes: { $gt: 4 } } } },
  'a field path': { city: '$address.city', name: 1 },
  'an expression': { first: { $arrayElemAt: ['$calls.minutes', 0] } },
  'a literal': { kind: { $literal: 1 } },
  'a string': { kind: 'customer' },
  'an expression beside an excluded _id': { _id: 0, upper: { $toUpper: '$name' } },
  'mixes inclusion and exclusion': { name: 1, phone: 0 },
  collides: { address: 1, 'address.city': 1 },
  'has an unknown operator': { name: { $nothing: 1 } },
};

const staged: Record<string, Document> = {
  includes: { name: 1, age: 1 },
  excludes: { calls: 0, tags: 0, address: 0 },
  'computes after _id': { b: '$age', a: '$name', _id: 1 },
  'computes in a new order': { phone: 1, label: { $concat: ['$name', '!'] }, name: 1 },
  'computes in a nested document': { 'address.city': { $toUpper: '$address.city' } },
  'computes a document': { who: { name: '$name', years: '$age' }, _id: 0 },
  'computes an array': { pair: ['$name', '$age', '$nothing'] },
  'renames _id': { id: '$_id', _id: 0 },
  $$REMOVE: { name: 1, phone: { $cond: [{ $eq: ['$age', 30] }, '$$REMOVE', '$phone'] } },
  $$ROOT: { doc: '$$ROOT', _id: 0 },
  'a missing field': { x: '$nothing.at.all' },
  'a path through an array': { minutes: '$calls.minutes' },
  'is empty': {},
  'mixes inclusion and exclusion': { name: 1, phone: 0 },
};

const positional: Record<string, [filter: Document, projection: Document]> = {
  'positional, of a value': [{ tags: 'new' }, { 'tags.$': 1 }],
};

const customers = { documents: CUSTOMERS };

export const projections: Theme[] = [
  {
    name: 'projections-of-find',
    cases: [
      ...refusing(
        { '$slice from the start': 115, $elemMatch: 115, 'excludes an array index, which does nothing': 115 },
        casesOf(customers, found, (projection) => [find({}, { sort: { _id: 1 }, projection })]),
      ),
      ...refusing(
        { 'positional, of a value': 115 },
        casesOf(customers, positional, ([filter, projection]) => [
          find(filter, { sort: { _id: 1 }, projection }),
        ]),
      ),
    ],
  },
  {
    name: 'projections-of-aggregate',
    cases: casesOf(customers, staged, ($project) => [aggregate([{ $sort: { _id: 1 } }, { $project }])]),
  },
];
