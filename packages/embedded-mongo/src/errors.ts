/** Names of error codes as in MongoDB's error_codes.yml; all others are named after their number, as there. */
const NAMES = new Map(
  `2 BadValue, 9 FailedToParse, 11 UserNotFound, 13 Unauthorized, 14 TypeMismatch, 16 InvalidLength,
  26 NamespaceNotFound, 27 IndexNotFound, 28 PathNotViable, 40 ConflictingUpdateOperators, 43 CursorNotFound,
  48 NamespaceExists, 52 DollarPrefixedFieldName, 53 InvalidIdField, 54 NotSingleValueField,
  56 EmptyFieldName, 59 CommandNotFound, 66 ImmutableField, 67 CannotCreateIndex, 72 InvalidOptions,
  73 InvalidNamespace, 85 IndexOptionsConflict, 86 IndexKeySpecsConflict, 112 WriteConflict,
  115 CommandNotSupported, 125 CommandFailed, 168 InvalidPipelineOperator, 171 CannotIndexParallelArrays,
  197 InvalidIndexSpecificationOption, 225 TransactionTooOld, 251 NoSuchTransaction, 256 TransactionCommitted,
  263 OperationNotSupportedInTransaction, 291 NoQueryExecutionPlans, 10334 BSONObjectTooLarge,
  11000 DuplicateKey`
    .split(',')
    .map((entry) => entry.trim().split(' ') as [code: string, name: string]),
);

/** An error as the server answers it: a number clients act upon, a message for people, and further fields. */
export class ServerError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }

  toReply(): Record<string, unknown> {
    const codeName = NAMES.get(String(this.code)) ?? `Location${this.code}`;
    return { ok: 0, errmsg: this.message, code: this.code, codeName, ...this.extra };
  }
}

/** @throws ServerError when something is not as it has to be */
export function need(fact: unknown, code: number, message: string): asserts fact {
  if (!fact) throw new ServerError(code, message);
}

/** What this server knowingly lacks: refused rather than answered differently from the real one. */
export const notSupported = (what: string): ServerError =>
  new ServerError(115, `${what} is not supported by embedded-mongo`);

/** An error after which drivers run the whole transaction again. */
export const transient = (code: number, message: string): ServerError =>
  new ServerError(code, message, { errorLabels: ['TransientTransactionError'] });
