import type { Document } from 'bson';
import type { Theme } from '../case';
import { all, casesOf, findAndModify } from '../commands';

const JOBS: Document[] = [
  { _id: 1, state: 'open', rank: 2, tries: 0, log: [{ n: 1 }] },
  { _id: 2, state: 'open', rank: 1, tries: 0, log: [] },
  { _id: 3, state: 'done', rank: 3, tries: 1 },
];
const OPEN = { state: 'open' };
const TAKE = { $set: { state: 'taken' }, $inc: { tries: 1 } };

const calls: Record<string, Document> = {
  'gives the document before': { query: OPEN, sort: { rank: 1 }, update: TAKE },
  'gives the document after': { query: OPEN, sort: { rank: 1 }, update: TAKE, new: true },
  'sorts descending': { query: OPEN, sort: { rank: -1 }, update: TAKE, new: true },
  'gives chosen fields': { query: OPEN, sort: { rank: 1 }, update: TAKE, new: true, fields: { tries: 1 } },
  'excludes fields': { query: OPEN, sort: { rank: 1 }, update: TAKE, fields: { log: 0, _id: 0 } },
  'finds nothing': { query: { state: 'x' }, update: TAKE },
  'finds nothing, asked for the document after': { query: { state: 'x' }, update: TAKE, new: true },
  removes: { query: OPEN, sort: { rank: 1 }, remove: true },
  'removes, with chosen fields': { query: OPEN, sort: { rank: 1 }, remove: true, fields: { rank: 1 } },
  'removes nothing': { query: { state: 'x' }, remove: true },
  'upserts, gives what was before': { query: { _id: 9 }, update: TAKE, upsert: true },
  'upserts, gives the document after': { query: { _id: 9 }, update: TAKE, upsert: true, new: true },
  'upserts with a made _id': {
    query: { state: 'new' },
    update: { $inc: { tries: 1 } },
    upsert: true,
    new: true,
  },
  'upserts with $setOnInsert': {
    query: { _id: 9 },
    update: { $setOnInsert: { rank: 7 }, $inc: { tries: 1 } },
    upsert: true,
    new: true,
  },
  'upserts what is there': { query: { _id: 1 }, update: TAKE, upsert: true, new: true },
  replaces: { query: { _id: 1 }, update: { state: 'all new' }, new: true },
  'updates by a pipeline': {
    query: { _id: 1 },
    update: [{ $set: { rank: { $add: ['$rank', 5] } } }],
    new: true,
  },
  'updates by arrayFilters': {
    query: { _id: 1 },
    update: { $set: { 'log.$[l].seen': true } },
    arrayFilters: [{ 'l.n': 1 }],
    new: true,
  },
  'updates by position': { query: { 'log.n': 1 }, update: { $inc: { 'log.$.n': 10 } }, new: true },
  'changes nothing': { query: { _id: 1 }, update: { $set: { state: 'open' } } },
  'has neither update nor remove': { query: OPEN },
  'has both update and remove': { query: OPEN, update: TAKE, remove: true },
  'removes and asks for the document after': { query: OPEN, remove: true, new: true },
  'has an invalid update': { query: { _id: 1 }, update: { $inc: { state: 1 } } },
  'changes _id': { query: { _id: 1 }, update: { $set: { _id: 5 } } },
  'violates a unique index': { query: { _id: 1 }, update: { $set: { rank: 3 } } },
};

export const findAndModifyTheme: Theme = {
  name: 'find-and-modify',
  cases: [
    ...casesOf(
      { documents: JOBS, indexes: [{ key: { rank: 1 }, name: 'rank_1', unique: true }] },
      calls,
      (call) => [findAndModify(call), all()],
    ),
    {
      name: 'in a collection that is not there',
      steps: [findAndModify({ query: {}, update: TAKE }), findAndModify({ query: {}, remove: true })],
    },
  ],
};
