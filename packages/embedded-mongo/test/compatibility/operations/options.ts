import type { Theme } from '../case';
import {
  aggregate,
  all,
  casesOf,
  createIndexes,
  find,
  findAndModify,
  insert,
  refusing,
  run,
  update,
  C,
} from '../commands';

const majority = { writeConcern: { w: 'majority', wtimeout: 5000 } };

/** Options that drivers send along and that change nothing in the answer, and some that do. */
const steps = {
  'find with what drivers add': find(
    { a: 1 },
    {
      maxTimeMS: 30_000,
      comment: 'a note',
      allowDiskUse: true,
      noCursorTimeout: true,
      readConcern: { level: 'majority' },
      $readPreference: { mode: 'primary' },
    },
  ),
  'find with returnKey': find({ a: 1 }, { returnKey: true, hint: { a: 1 } }),
  'find with showRecordId false': find({ a: 1 }, { showRecordId: false }),
  'find with a negative limit': find({}, { limit: -1 }),
  'find with a limit that is a string': find({}, { limit: 'x' }),
  'aggregate with a hint and a comment': aggregate([{ $match: { a: { $gte: 1 } } }], {
    hint: 'a_1',
    comment: { by: 'a test' },
    allowDiskUse: true,
    maxTimeMS: 30_000,
  }),
  'aggregate with an unknown hint': aggregate([{ $match: { a: 1 } }], { hint: 'missing_1' }),
  'insert with a write concern': insert([{ _id: 9 }], { ...majority, bypassDocumentValidation: true }),
  'insert without acknowledged journal': insert([{ _id: 9 }], { writeConcern: { w: 1, j: false } }),
  'update with a hint': update({ a: { $gte: 1 } }, { $inc: { b: 1 } }, { hint: { a: 1 }, multi: true }),
  'update with an unknown hint': update({ a: 1 }, { $set: { b: 1 } }, { hint: 'missing_1' }),
  'update with c': update({ _id: 1 }, [{ $set: { b: { $add: ['$a', '$$by'] } } }], { c: { by: 5 } }),
  'update with let': run({
    update: C,
    updates: [{ q: { $expr: { $eq: ['$a', '$$wanted'] } }, u: { $set: { b: 1 } } }],
    let: { wanted: 2 },
  }),
  'update of a sorted one': update({}, { $set: { b: 1 } }, { sort: { a: -1 } }),
  'findAndModify with a write concern and a hint': findAndModify({
    query: { a: 2 },
    update: { $set: { b: 1 } },
    hint: 'a_1',
    ...majority,
  }),
  'delete with a hint': run({ delete: C, deletes: [{ q: { a: 2 }, limit: 1, hint: { a: 1 } }], ...majority }),
  'delete with an unknown hint': run({ delete: C, deletes: [{ q: { a: 2 }, limit: 0, hint: { z: 1 } }] }),
  'createIndexes in the background': createIndexes({ key: { b: 1 }, name: 'b_1', background: true }),
  'createIndexes hidden': createIndexes({ key: { b: 1 }, name: 'b_1', hidden: true }),
  'count with a hint': run({ count: C, query: { a: 1 }, hint: 'a_1' }),
  'count with an unknown hint': run({ count: C, query: { a: 1 }, hint: 'missing_1' }),
};

export const options: Theme = {
  name: 'options',
  cases: refusing(
    {
      'find with returnKey': 40415,
      'find with showRecordId false': 40415,
      'update with c': 40415,
      'createIndexes hidden': 115,
    },
    casesOf(
      {
        documents: [
          { _id: 1, a: 1 },
          { _id: 2, a: 2 },
        ],
        indexes: [{ key: { a: 1 }, name: 'a_1' }],
      },
      steps,
      (step) => [step, all()],
    ),
  ),
};
