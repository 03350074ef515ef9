import type { Document } from 'bson';

/** How a step takes part in a session. The runner fills in lsid, txnNumber, autocommit and startTransaction. */
export interface SessionUse {
  /** Name of the session within the case; the same name is the same lsid. */
  session: string;
  txnNumber: number;
  kind: 'start' | 'continue' | 'retryable';
}

/** One command sent as it is; a function may take values (a cursor's id) from the answers before it. */
export interface Step {
  command: Document | ((earlier: Document[]) => Document);
  /** Sent to the admin database instead of the case's own. */
  admin?: true;
  /** The batch has no defined order: it is sorted before it is compared. */
  unordered?: true;
  /** The answer isn't compared, since servers may rightly differ in it; what follows from it is. */
  unchecked?: true;
  in?: SessionUse;
}

export interface IndexSpecification extends Document {
  key: Document;
  name: string;
}

/** A named sequence of commands on a database of its own, with the documents and indexes it begins with. */
export interface Case {
  name: string;
  /** Fixture of the collection `c`. */
  documents?: Document[];
  /** Fixtures of further collections, by name. */
  others?: Record<string, Document[]>;
  /** Indexes of `c`, made before the documents are inserted. */
  indexes?: IndexSpecification[];
  steps: Step[];
  /** Error code with which the embedded server refuses, on purpose, what a real one answers. */
  refusedByEmbedded?: number;
}

export interface Theme {
  name: string;
  cases: Case[];
}
