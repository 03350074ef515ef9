import type { Errcode } from './platform';
import { Recent } from './recent';

/** A call of a platform as it is shown: never a token, a secret or a body. */
export interface Call {
  platform: string;
  method: string;
  route: string;
  /** ISO 8601. */
  at: string;
  /** null: nothing was answered. */
  status: number | null;
  /** 0: success; null: the answer is not JSON, or there was none. */
  errcode: Errcode | null;
  durationMs: number;
  /** The kind of fault that spoiled it. */
  fault?: string;
}

const CALLS_KEPT = 2000;

export class Calls extends Recent<Call> {
  constructor() {
    super(CALLS_KEPT);
  }
}
