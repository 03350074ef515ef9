import type { Document } from 'bson';
import type { Case, Theme } from '../case';
import {
  aggregate,
  all,
  C,
  casesOf,
  find,
  ids,
  insert,
  onAdmin,
  refusing,
  run,
  unordered,
  update,
} from '../commands';

const filters: Record<string, Document> = {
  'an unknown operator': { a: { $nothing: 1 } },
  'an unknown top-level operator': { $nothing: 1 },
  '$in of no array': { a: { $in: 1 } },
  '$and of no array': { $and: { a: 1 } },
  '$and of nothing': { $and: [] },
  '$or of no documents': { $or: [1] },
  '$size of a negative number': { a: { $size: -1 } },
  '$size of a string': { a: { $size: 'x' } },
  '$type of an unknown name': { a: { $type: 'nothing' } },
  '$regex that is invalid': { a: { $regex: '(' } },
  '$regex of a number': { a: { $regex: 1 } },
  '$options without $regex': { a: { $options: 'i' } },
  '$options that are invalid': { a: { $regex: 'a', $options: 'q' } },
  '$elemMatch of no document': { a: { $elemMatch: 1 } },
  '$not of a value': { a: { $not: 1 } },
  '$not of nothing': { a: { $not: {} } },
  '$expr of an unknown operator': { $expr: { $nothing: 1 } },
  '$expr of an unknown variable': { $expr: '$$nothing' },
  '$ne with a regex': { a: { $ne: /x/ } },
  '$gt with a regex': { a: { $gt: /x/ } },
  'an operator after a field': { a: { b: 1, $gt: 1 } },
  'a field after an operator': { a: { $gt: 1, b: 1 } },
  '$text without an index': { $text: { $search: 'x' } },
};

const A = { documents: [{ _id: 1, a: 1 }] };

const collections: Record<string, Document> = {
  create: { create: 'made' },
  'create what is there': { create: C },
  'create what is there, with other options': { create: C, capped: true, size: 4096 },
  'create what is there, as a view': { create: C, viewOn: 'other', pipeline: [] },
  'create what is there, with the default of an option': { create: C, capped: false },
  'create with a size, but not capped': { create: 'made', size: 4096 },
  drop: { drop: C },
  'drop what is not there': { drop: 'missing' },
  dropDatabase: { dropDatabase: 1 },
  'an unknown command': { nothing: 1 },
  'insert without documents': { insert: C },
  'update without updates': { update: C },
  'insert of no array': { insert: C, documents: 1 },
  'find on a name that is no string': { find: 1 },
  'find with a filter that is no document': { find: C, filter: 'x' },
  'update with an unknown field': { update: C, updates: [{ q: {}, u: { $set: { a: 1 } }, nothing: 1 }] },
  'update without u': { update: C, updates: [{ q: {} }] },
  'aggregate with a pipeline that is no array': { aggregate: C, pipeline: 'x', cursor: {} },
  'insert with an unknown option': { insert: C, documents: [{ _id: 2 }], nothing: 1 },
};

const admin: Record<string, Document> = {
  ping: { ping: 1 },
  'listDatabases on admin only': { listDatabases: 1, nameOnly: true, filter: { name: 'no such database' } },
  endSessions: { endSessions: [] },
  'dropUser of nobody': { dropUser: 'nobody' },
};

const beyondEmbedded: Case[] = [
  { name: 'collation', ...A, steps: [find({ a: 'x' }, { collation: { locale: 'en', strength: 2 } })] },
  { name: '$where', ...A, steps: [ids({ $where: 'this.a === 1' })] },
  {
    name: '$function',
    ...A,
    steps: [
      aggregate([
        { $project: { x: { $function: { body: 'function () { return 1 }', args: [], lang: 'js' } } } },
      ]),
    ],
  },
  {
    name: 'a text index',
    ...A,
    steps: [run({ createIndexes: C, indexes: [{ key: { a: 'text' }, name: 'a_text' }] })],
  },
  {
    name: 'a hashed index',
    ...A,
    steps: [run({ createIndexes: C, indexes: [{ key: { a: 'hashed' }, name: 'a_hashed' }] })],
  },
  {
    name: 'a wildcard index',
    ...A,
    steps: [run({ createIndexes: C, indexes: [{ key: { '$**': 1 }, name: 'all' }] })],
  },
  {
    name: 'an index with a collation',
    ...A,
    steps: [
      run({ createIndexes: C, indexes: [{ key: { a: 1 }, name: 'a_1', collation: { locale: 'en' } }] }),
    ],
  },
  { name: 'a validator', steps: [run({ create: 'made', validator: { a: { $gt: 1 } } })] },
  { name: 'a capped collection', steps: [run({ create: 'made', capped: true, size: 4096 })] },
  { name: 'a view', steps: [run({ create: 'made', viewOn: C, pipeline: [] })] },
  {
    name: 'mapReduce',
    ...A,
    steps: [
      run({
        mapReduce: C,
        map: 'function () { emit(1, this.a) }',
        reduce: 'function (key, values) { return 1 }',
        out: { inline: 1 },
      }),
    ],
  },
];

/** What depends on JavaScript is to the embedded server an operator it has never heard of. */
const REFUSALS = {
  ...Object.fromEntries(beyondEmbedded.map(({ name }) => [name, 115])),
  $function: 31325,
};

export const commandsAndErrors: Theme[] = [
  {
    name: 'errors-of-filters',
    cases: refusing(
      { '$text without an index': 115 },
      casesOf(A, filters, (filter) => [find(filter), run({ count: C, query: filter })]),
    ),
  },
  {
    name: 'commands',
    cases: [
      ...casesOf(A, collections, (command) => [run(command), unordered(run({ listCollections: 1 })), all()]),
      ...refusing(
        { 'listDatabases on admin only': 115 },
        casesOf({}, admin, (command) => [onAdmin(command)]),
      ),
      {
        name: 'listCollections with a filter',
        ...A,
        others: { d: [{ _id: 1 }] },
        steps: [
          run({ listCollections: 1, filter: { name: 'd' } }),
          run({ listCollections: 1, filter: { name: 'd' }, nameOnly: true }),
        ],
      },
      {
        name: 'an unknown update operator in a multi-update',
        ...A,
        steps: [update({}, { $nothing: { a: 1 } }, { multi: true })],
      },
      {
        name: 'a document too large',
        steps: [insert([{ _id: 1, text: 'x'.repeat(16 * 1024 * 1024 + 1024) }]), all()],
      },
    ],
  },
  { name: 'refused-when-embedded', cases: refusing(REFUSALS, beyondEmbedded) },
];
