import { ServerError } from '../errors';
import { toNumber, type Numeric } from '../bson/numbers';
import type { Doc } from '../bson/values';
import type { Answer, Command, Handler } from './command';

const STATEMENTS: Readonly<Record<string, string>> = {
  insert: 'documents',
  update: 'updates',
  delete: 'deletes',
};

export const isRetryable = (name: string): boolean =>
  name in STATEMENTS || name === 'findAndModify' || name === 'findandmodify';

/** Numbers of a command's statements: given, or counted from zero. */
function statementIds({ body, name }: Command): number[] {
  const list = body[STATEMENTS[name] ?? ''];
  const given = body['stmtIds'];
  if (Array.isArray(given)) return given.map((id) => toNumber(id as Numeric));
  const first = body['stmtId'] === undefined ? 0 : toNumber(body['stmtId'] as Numeric);
  return Array.isArray(list) ? list.map((_statement, i) => first + i) : [first];
}

/** Writes of many documents cannot be repeated safely, and so may not carry a number. */
function refuseMulti({ body, name }: Command): Doc | undefined {
  const list = body[STATEMENTS[name] ?? ''];
  if (!Array.isArray(list)) return undefined;
  const index = (list as Doc[]).findIndex(
    (statement) => statement['multi'] === true || (name === 'delete' && Number(statement['limit']) === 0),
  );
  if (index < 0) return undefined;
  const { code, message } = new ServerError(72, 'Cannot use retryable writes with multi-document statements');
  return {
    n: 0,
    ...(name === 'update' ? { nModified: 0 } : {}),
    writeErrors: [{ index, code, errmsg: message }],
    ok: 1,
  };
}

/** Runs a numbered write, or answers what it answered before. */
export async function runRetryable(command: Command, handler: Handler): Promise<Answer> {
  const refusal = refuseMulti(command);
  if (refusal) return refusal;
  const ids = statementIds(command);
  const { session, txnNumber, engine, name } = command;
  const write = `${name}:${ids.join()}`;
  const run = async (): Promise<Doc> => (await handler(command)) as Doc;
  const { answer, isRetry } = await engine.retries.once(session as string, txnNumber as bigint, write, run);
  if (!isRetry) return answer;
  return { ...answer, ...(name in STATEMENTS ? { retriedStmtIds: ids } : { retriedStmtId: ids[0] }) };
}
