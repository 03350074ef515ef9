export interface FieldUpdate {
  path: string;
  argument: unknown;
  now: Date;
}

/** Computes a field's new value from its present one (undefined when missing). */
export type UpdateOperator = (current: unknown, update: FieldUpdate) => unknown;
