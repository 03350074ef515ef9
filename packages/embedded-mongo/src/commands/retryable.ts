import { ServerError } from '../errors';
import type { Doc } from '../bson/values';
import type { Answer, Command, Handler } from './command';

const STATEMENTS: Readonly<Record<string, string>> = {
  insert: 'documents',
  update: 'updates',
  delete: 'deletes',
};

export const isRetryable = (name: string): boolean =>
  name in STATEMENTS || name === 'findAndModify' || name === 'findandmodify';

/** Writes of many documents cannot be repeated safely, and so may not carry a number. */
function refuseMulti({ body, name }: Command): Doc | undefined {
  const list = body[STATEMENTS[name] ?? ''];
  if (!Array.isArray(list)) return undefined;
  const index = (list as Doc[]).findIndex(
    (statement) => statement['multi'] === true || (name === 'delete' && Number(statement['limit']) === 0),
  );
  if (index < 0) return undefined;
  const { code, message } = new ServerError(72, 'Cannot use retryable writes with multi-document statements');
  const counts = name === 'update' ? { n: 0, nModified: 0 } : { n: 0 };
  return { ...counts, writeErrors: [{ index, code, errmsg: message }], ok: 1 };
}

/** Runs a numbered write, or answers what it answered before. */
export async function runRetryable(command: Command, handler: Handler): Promise<Answer> {
  const { session, txnNumber, engine } = command;
  const run = async (): Promise<Doc> => (await handler(command)) as Doc;
  return refuseMulti(command) ?? engine.retries.once(session as string, txnNumber as bigint, run);
}
