import { randomUUID } from 'node:crypto';
import { notSupported, ServerError } from '../errors';
import { asServerError } from '../aggregation/mingo-context';
import { Binary, Long, type Doc } from '../bson/values';
import type { Engine } from '../engine';
import type { Overlay } from '../storage/overlay';
import {
  createCommand,
  dropCommand,
  dropDatabaseCommand,
  listCollectionsCommand,
  listDatabasesCommand,
} from './collections';
import { checkReadConcern, type Answer, type Command, type Handler } from './command';
import { findAndModifyCommand } from './find-and-modify';
import { createIndexesCommand, dropIndexesCommand, listIndexesCommand } from './indexes';
import {
  aggregateCommand,
  countCommand,
  distinctCommand,
  findCommand,
  getMoreCommand,
  killCursorsCommand,
} from './reads';
import {
  buildInfoCommand,
  helloAnswer,
  pingCommand,
  serverStatusCommand,
  type Identity,
} from './server-info';
import {
  abortTransactionCommand,
  commitTransactionCommand,
  endSessionsCommand,
  refreshSessionsCommand,
  sessionId,
} from './sessions';
import { isRetryable, runRetryable } from './retryable';
import { deleteCommand, insertCommand, updateCommand } from './writes';

const HANDLERS: Readonly<Record<string, Handler>> = {
  find: findCommand,
  getMore: getMoreCommand,
  killCursors: killCursorsCommand,
  aggregate: aggregateCommand,
  count: countCommand,
  distinct: distinctCommand,
  insert: insertCommand,
  update: updateCommand,
  delete: deleteCommand,
  findAndModify: findAndModifyCommand,
  findandmodify: findAndModifyCommand,
  create: createCommand,
  drop: dropCommand,
  dropDatabase: dropDatabaseCommand,
  listCollections: listCollectionsCommand,
  listDatabases: listDatabasesCommand,
  createIndexes: createIndexesCommand,
  listIndexes: listIndexesCommand,
  dropIndexes: dropIndexesCommand,
  commitTransaction: commitTransactionCommand,
  abortTransaction: abortTransactionCommand,
  startSession: () => ({
    id: { id: new Binary(Buffer.from(randomUUID().replaceAll('-', ''), 'hex'), Binary.SUBTYPE_UUID) },
    timeoutMinutes: 30,
    ok: 1,
  }),
  endSessions: endSessionsCommand,
  killSessions: endSessionsCommand,
  refreshSessions: refreshSessionsCommand,
  ping: pingCommand,
  buildInfo: buildInfoCommand,
  buildinfo: buildInfoCommand,
  serverStatus: serverStatusCommand,
};

/** Commands of the real server that are knowingly not here. */
const REFUSED =
  'mapReduce explain validate collMod bulkWrite createUser saslStart convertToCapped compact currentOp'.split(
    ' ',
  );

const IN_TRANSACTION = new Set(
  (
    'find getMore killCursors aggregate distinct insert update delete findAndModify ' +
    'findandmodify create createIndexes commitTransaction abortTransaction'
  ).split(' '),
);

const ADMIN_ONLY = ['listDatabases', 'commitTransaction', 'abortTransaction'];

const ENDING = ['commitTransaction', 'abortTransaction'];

function transactionOf(
  engine: Engine,
  name: string,
  body: Doc,
  session: string,
  number: bigint,
): Overlay | undefined {
  if (body['autocommit'] !== false) return undefined;
  if (!IN_TRANSACTION.has(name)) {
    throw new ServerError(263, `Cannot run '${name}' in a multi-document transaction.`);
  }
  engine.retries.advance(session, number);
  if (ENDING.includes(name)) return undefined;
  return body['startTransaction'] === true
    ? engine.transactions.start(session, number)
    : engine.transactions.resume(session, number);
}

async function execute(engine: Engine, name: string, body: Doc, handler: Handler): Promise<Answer> {
  if (ADMIN_ONLY.includes(name) && body['$db'] !== 'admin') {
    throw new ServerError(13, `${name} may only be run against the admin database.`);
  }
  checkReadConcern(body);
  const session = body['lsid'] === undefined ? undefined : sessionId(body['lsid']);
  const txnNumber = body['txnNumber'] instanceof Long ? body['txnNumber'].toBigInt() : undefined;
  const isNumbered = session !== undefined && txnNumber !== undefined;
  const transaction = isNumbered ? transactionOf(engine, name, body, session, txnNumber) : undefined;
  const command: Command = {
    engine,
    name,
    db: typeof body['$db'] === 'string' ? body['$db'] : 'admin',
    body,
    transaction,
    session,
    txnNumber,
  };
  try {
    if (isNumbered && body['autocommit'] === undefined && isRetryable(name))
      return await runRetryable(command, handler);
    const answer = await handler(command);
    if (isNumbered && transaction && 'writeErrors' in answer) engine.transactions.fail(session, txnNumber);
    return answer;
  } catch (error) {
    if (!isNumbered || !transaction) throw error;
    engine.transactions.fail(session, txnNumber);
    throw error;
  }
}

/** Runs a command and answers it; errors become answers too. */
export async function dispatch(engine: Engine, body: Doc, identity: Identity): Promise<Answer> {
  const name = Object.keys(body)[0] ?? '';
  try {
    if (['hello', 'isMaster', 'ismaster'].includes(name)) return helloAnswer(identity, name !== 'hello');
    const handler = HANDLERS[name];
    if (REFUSED.includes(name)) throw notSupported(`the command ${name}`);
    if (!handler) throw new ServerError(59, `no such command: '${name}'`);
    return await execute(engine, name, body, handler);
  } catch (error) {
    return asServerError(error).toReply();
  }
}
