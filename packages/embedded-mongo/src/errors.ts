/** The server's error names by number, as in MongoDB's error_codes.yml. */
const CODE_NAMES: Readonly<Record<number, string>> = {
  1: 'InternalError',
  2: 'BadValue',
  9: 'FailedToParse',
  13: 'Unauthorized',
  14: 'TypeMismatch',
  16: 'InvalidLength',
  26: 'NamespaceNotFound',
  27: 'IndexNotFound',
  28: 'PathNotViable',
  40: 'ConflictingUpdateOperators',
  43: 'CursorNotFound',
  50: 'MaxTimeMSExpired',
  52: 'DollarPrefixedFieldName',
  53: 'InvalidIdField',
  54: 'NotSingleValueField',
  56: 'EmptyFieldName',
  59: 'CommandNotFound',
  66: 'ImmutableField',
  67: 'CannotCreateIndex',
  72: 'InvalidOptions',
  73: 'InvalidNamespace',
  85: 'IndexOptionsConflict',
  86: 'IndexKeySpecsConflict',
  112: 'WriteConflict',
  115: 'CommandNotSupported',
  125: 'CommandFailed',
  168: 'InvalidPipelineOperator',
  171: 'CannotIndexParallelArrays',
  197: 'InvalidIndexSpecificationOption',
  225: 'TransactionTooOld',
  251: 'NoSuchTransaction',
  256: 'TransactionCommitted',
  263: 'OperationNotSupportedInTransaction',
  291: 'NoQueryExecutionPlans',
  10334: 'BSONObjectTooLarge',
  11000: 'DuplicateKey',
};

export interface ErrorDetails {
  /** Labels such as TransientTransactionError, by which drivers decide to retry. */
  labels?: readonly string[];
  /** Fields to merge into the error answer (keyPattern, keyValue …). */
  extra?: Readonly<Record<string, unknown>>;
}

/** An error as the server answers it: a number clients act upon, its name, and a message for people. */
export class ServerError extends Error {
  readonly codeName: string;

  constructor(
    readonly code: number,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message);
    this.codeName = CODE_NAMES[code] ?? `Location${code}`;
  }

  /** The fields of a failed command's answer. */
  toReply(): Record<string, unknown> {
    return {
      ok: 0,
      errmsg: this.message,
      code: this.code,
      codeName: this.codeName,
      ...(this.details.labels ? { errorLabels: [...this.details.labels] } : {}),
      ...this.details.extra,
    };
  }
}

export const badValue = (message: string): ServerError => new ServerError(2, message);
export const failedToParse = (message: string): ServerError => new ServerError(9, message);
export const typeMismatch = (message: string): ServerError => new ServerError(14, message);

/** What this server knowingly lacks: refused rather than answered differently from the real one. */
export const notSupported = (what: string): ServerError =>
  new ServerError(115, `${what} is not supported by embedded-mongo`);

/** A transaction lost against another one; drivers run it again when they see the label. */
export const writeConflict = (reason: string): ServerError =>
  new ServerError(
    112,
    `Caused by :: Write conflict during plan execution and yielding is disabled. :: ${reason}`,
    {
      labels: ['TransientTransactionError'],
    },
  );
