import { Long, type Document } from 'bson';
import type { Step, Theme } from '../case';
import { aggregate, C, find, run } from '../commands';

const SEVEN: Document[] = Array.from({ length: 7 }, (_, i) => ({ _id: i + 1 }));
const sort = { _id: 1 };

/** The next batch of the cursor that the step at `of` opened. */
const more = (rest: Document = {}, of = 0): Step => ({
  command: (earlier) => ({ getMore: earlier[of]?.cursor.id, collection: C, ...rest }),
});
const kill: Step = { command: ([first]) => ({ killCursors: C, cursors: [first?.cursor.id] }) };

const sequences: Record<string, Step[]> = {
  'in batches to the end': [find({}, { sort, batchSize: 3 }), more({ batchSize: 3 }), more({ batchSize: 3 })],
  'with an exact last batch': [find({}, { sort, batchSize: 7 }), more()],
  'with a batch size of zero': [find({}, { sort, batchSize: 0 }), more({ batchSize: 2 }), more()],
  'with a limit': [find({}, { sort, batchSize: 3, limit: 5 }), more({ batchSize: 3 })],
  'with a limit of the batch size': [find({}, { sort, batchSize: 3, limit: 3 })],
  'with a skip': [find({}, { sort, batchSize: 3, skip: 2 }), more()],
  'in a single batch': [find({}, { sort, batchSize: 3, singleBatch: true })],
  'with the default batch size': [run({ find: C, sort })],
  'of an aggregation': [aggregate([{ $sort: sort }], { cursor: { batchSize: 4 } }), more()],
  'of an aggregation with a batch size of zero': [
    aggregate([{ $sort: sort }], { cursor: { batchSize: 0 } }),
    more(),
  ],
  'asked again after the end': [find({}, { sort, batchSize: 5 }), more(), more()],
  killed: [find({}, { sort, batchSize: 2 }), kill, more()],
  'killed twice': [find({}, { sort, batchSize: 2 }), kill, kill],
  'an unknown one': [run({ getMore: Long.fromNumber(12345), collection: C })],
  'an unknown one, killed': [run({ killCursors: C, cursors: [Long.fromNumber(12345)] })],
  'of another collection': [
    find({}, { sort, batchSize: 2 }),
    { command: ([first]) => ({ getMore: first?.cursor.id, collection: 'other' }) },
    kill,
  ],
  'with an id that is no Long': [run({ getMore: 'x', collection: C })],
  'with a negative batch size': [find({}, { batchSize: -1 })],
};

export const cursors: Theme = {
  name: 'cursors',
  cases: Object.entries(sequences).map(([name, steps]) => ({ name, documents: SEVEN, steps })),
};
