import type { Document } from 'bson';
import type { Case, Step, Theme } from '../case';
import {
  abort,
  aggregate,
  all,
  C,
  commit,
  distinct,
  find,
  findAndModify,
  insert,
  onAdmin,
} from '../commands';
import { remove, run, start, unchecked, update, within } from '../commands';

const ACCOUNTS: Document[] = [
  { _id: 1, balance: 100 },
  { _id: 2, balance: 50 },
];
const read = find({}, { sort: { _id: 1 } });
const add = (id: number, by: number): Step => update({ _id: id }, { $inc: { balance: by } });

const outcomes: Case[] = [
  { name: 'is committed', steps: [start('a', add(1, -10)), within('a', add(2, 10)), commit('a'), all()] },
  {
    name: 'is aborted',
    steps: [
      start('a', add(1, -10)),
      within('a', insert([{ _id: 3 }])),
      within('a', remove({ _id: 2 })),
      abort('a'),
      all(),
    ],
  },
  {
    name: 'reads its own writes',
    steps: [
      start('a', add(1, -10)),
      within('a', insert([{ _id: 3, balance: 0 }])),
      within('a', remove({ _id: 2 })),
      within('a', read),
      within('a', aggregate([{ $group: { _id: null, sum: { $sum: '$balance' } } }])),
      within('a', distinct('balance')),
      commit('a'),
    ],
  },
  {
    name: 'is not seen before it is committed',
    steps: [start('a', add(1, -10)), all(), commit('a'), all()],
  },
  {
    name: 'finds and modifies',
    steps: [
      start('a', findAndModify({ query: { _id: 1 }, update: { $inc: { balance: 1 } }, new: true })),
      within('a', findAndModify({ query: { _id: 2 }, remove: true })),
      commit('a'),
      all(),
    ],
  },
  {
    name: 'upserts',
    steps: [start('a', update({ _id: 7 }, { $set: { balance: 7 } }, { upsert: true })), commit('a'), all()],
  },
  { name: 'only reads', steps: [start('a', read), commit('a')] },
  {
    name: 'makes a collection',
    steps: [start('a', run({ insert: 'made', documents: [{ _id: 1 }] })), commit('a'), run({ find: 'made' })],
  },
  {
    name: 'makes a collection, is aborted',
    steps: [start('a', run({ insert: 'made', documents: [{ _id: 1 }] })), abort('a'), run({ find: 'made' })],
  },
  {
    name: 'follows another in the same session',
    steps: [
      start('a', add(1, 1)),
      commit('a'),
      start('a', add(1, 1), 2),
      abort('a', 2),
      start('a', add(2, 1), 3),
      commit('a', 3),
      all(),
    ],
  },
  {
    name: 'runs beside another on other documents',
    steps: [start('a', add(1, 1)), start('b', add(2, 1)), commit('a'), commit('b'), all()],
  },
  { name: 'is committed twice', steps: [start('a', add(1, 1)), commit('a'), commit('a'), all()] },
  {
    name: 'pages through a cursor',
    steps: [
      start('a', find({}, { sort: { _id: 1 }, batchSize: 1 })),
      within('a', {
        command: ([first]) => ({ getMore: first?.cursor.id, collection: C, batchSize: 1 }),
      }),
      commit('a'),
    ],
  },
];

const conflicts: Case[] = [
  {
    name: 'updates what was updated since its snapshot',
    steps: [start('a', read), add(1, 5), within('a', add(1, 1)), commit('a'), all()],
  },
  {
    name: 'deletes what was updated since its snapshot',
    steps: [start('a', read), add(1, 5), within('a', remove({ _id: 1 })), all()],
  },
  {
    name: 'inserts what was inserted since its snapshot',
    steps: [start('a', read), insert([{ _id: 3, by: 'other' }]), within('a', insert([{ _id: 3 }])), all()],
  },
  {
    name: 'of two that update the same, the first wins',
    steps: [
      unchecked(start('a', add(1, 1))),
      unchecked(start('b', add(1, 10))),
      unchecked(commit('a')),
      unchecked(commit('b')),
      all(),
    ],
  },
  {
    name: 'is retried after a conflict',
    steps: [
      start('a', read),
      add(1, 5),
      unchecked(within('a', add(1, 1))),
      unchecked(abort('a')),
      start('a', add(1, 1), 2),
      commit('a', 2),
      all(),
    ],
  },
];

const failures: Case[] = [
  {
    name: 'has a duplicate key',
    steps: [start('a', insert([{ _id: 1 }])), within('a', read), commit('a'), all()],
  },
  {
    name: 'has an invalid update',
    steps: [start('a', update({ _id: 1 }, { $inc: { _id: 'x' } })), commit('a'), all()],
  },
  {
    name: 'goes on after its commit',
    steps: [start('a', add(1, 1)), commit('a'), within('a', add(1, 1)), all()],
  },
  {
    name: 'goes on after its abort',
    steps: [start('a', add(1, 1)), abort('a'), within('a', add(1, 1)), all()],
  },
  { name: 'is committed after its abort', steps: [start('a', add(1, 1)), abort('a'), commit('a')] },
  { name: 'is aborted after its commit', steps: [start('a', add(1, 1)), commit('a'), abort('a')] },
  { name: 'is aborted twice', steps: [start('a', add(1, 1)), abort('a'), abort('a')] },
  { name: 'was never started', steps: [within('a', add(1, 1)), commit('a'), all()] },
  { name: 'is committed without having been started', steps: [commit('a')] },
  {
    name: 'has an older number',
    steps: [start('a', add(1, 1), 5), commit('a', 5), start('a', add(1, 1), 4), all()],
  },
  {
    name: 'is given up by a newer one',
    steps: [start('a', add(1, 1)), start('a', add(2, 1), 2), commit('a', 2), all()],
  },
  { name: 'asks for a count', steps: [start('a', run({ count: C }))] },
  { name: 'asks for the collections', steps: [start('a', run({ listCollections: 1 }))] },
  { name: 'drops a collection', steps: [start('a', run({ drop: C }))] },
  {
    name: 'makes an index',
    steps: [start('a', run({ createIndexes: C, indexes: [{ key: { a: 1 }, name: 'a_1' }] }))],
  },
  { name: 'commits outside of one', steps: [onAdmin({ commitTransaction: 1 })] },
  {
    name: 'commits on another database',
    steps: [start('a', add(1, 1)), within('a', run({ commitTransaction: 1 }))],
  },
];

const retryable = (step: Step, txnNumber = 1): Step => within('a', step, 'retryable', txnNumber);

const retries: Case[] = [
  { name: 'an update sent twice', steps: [retryable(add(1, 1)), retryable(add(1, 1)), all()] },
  { name: 'an update with the next number', steps: [retryable(add(1, 1)), retryable(add(1, 1), 2), all()] },
  {
    name: 'an insert sent twice',
    steps: [retryable(insert([{ _id: 3 }, { _id: 4 }])), retryable(insert([{ _id: 3 }, { _id: 4 }])), all()],
  },
  { name: 'a delete sent twice', steps: [retryable(remove({}, 1)), retryable(remove({}, 1)), all()] },
  {
    name: 'a findAndModify sent twice',
    steps: [
      retryable(findAndModify({ query: { _id: 1 }, update: { $inc: { balance: 1 } }, new: true })),
      retryable(findAndModify({ query: { _id: 1 }, update: { $inc: { balance: 1 } }, new: true })),
      all(),
    ],
  },
  { name: 'an older number', steps: [retryable(add(1, 1), 2), retryable(add(1, 1), 1), all()] },
];

const onAccounts = (cases: Case[]): Case[] => cases.map((each) => ({ documents: ACCOUNTS, ...each }));

export const transactions: Theme[] = [
  { name: 'transactions', cases: onAccounts(outcomes) },
  { name: 'transactions-in-conflict', cases: onAccounts(conflicts) },
  { name: 'transactions-that-fail', cases: onAccounts(failures) },
  { name: 'retryable-writes', cases: onAccounts(retries) },
];
