import type { Doc } from '../bson/values';

/** Documents on their way through a pipeline, made as they are asked for. */
export type Docs = Iterable<Doc>;

export type Stage = (docs: Docs) => Docs;
