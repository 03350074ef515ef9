import type { Document } from 'bson';
import type { Theme } from '../case';
import { aggregate, casesOf, find, withIndex } from '../commands';
import { CUSTOMERS, MIXED } from './fixtures';

const ONLY_ID = { projection: { _id: 1 } };

const mixed: Record<string, Document> = {
  'every type, ascending': { sort: { v: 1, _id: 1 } },
  'every type, descending': { sort: { v: -1, _id: 1 } },
  'skip and limit': { sort: { v: 1, _id: 1 }, skip: 5, limit: 7 },
  'by a field of nested documents': { sort: { 'v.a': 1, _id: 1 } },
  'by a field of nested documents, descending': { sort: { 'v.a': -1, _id: 1 } },
  'by an array index': { sort: { 'v.0': -1, _id: 1 } },
  'with a filter': { filter: { v: { $gt: 0 } }, sort: { v: -1, _id: -1 } },
  'with a limit of zero': { sort: { v: 1, _id: -1 }, limit: 0 },
  'in a single batch': { sort: { v: 1, _id: 1 }, limit: 2, singleBatch: true },
};

const customers: Record<string, Document> = {
  'by two fields': { sort: { age: 1, name: -1 } },
  'by a string, in the order of bytes': { sort: { name: 1 } },
  'by a field some lack': { sort: { phone: -1, _id: 1 } },
  'by an array of documents': { sort: { 'calls.minutes': -1, _id: 1 } },
  'by a date': { sort: { createdAt: -1 } },
};

const onMixed = casesOf({ documents: MIXED }, mixed, ({ filter = {}, ...rest }) => [
  find(filter, { ...ONLY_ID, ...rest }),
]);
const onCustomers = casesOf({ documents: CUSTOMERS }, customers, (rest) => [
  find({}, { ...ONLY_ID, ...rest }),
]);

export const sorts: Theme = {
  name: 'sorts',
  cases: [
    ...onMixed,
    ...withIndex(onMixed, { key: { v: 1 }, name: 'v_1' }),
    ...withIndex(onMixed, { key: { v: -1, _id: 1 }, name: 'v_-1__id_1' }),
    ...onCustomers,
    ...withIndex(onCustomers, { key: { age: 1, name: -1 }, name: 'age_1_name_-1' }),
    {
      name: '$sort of an aggregation',
      documents: MIXED,
      steps: [aggregate([{ $sort: { v: 1, _id: -1 } }, { $project: { _id: 1 } }])],
    },
    {
      name: '$sort then $limit',
      documents: MIXED,
      steps: [aggregate([{ $sort: { v: -1, _id: 1 } }, { $skip: 2 }, { $limit: 4 }])],
    },
  ],
};
