import { Long, ObjectId } from 'bson';
import { isDoc, type Doc } from './bson';
import { checkFields, type Engine, type Handler } from './command';
import { DEFINITIONS } from './definitions';
import { EDITS } from './edits';
import { need, notSupported, ServerError } from './errors';
import { EMBEDDED_MARKER } from './marker';
import { READS } from './reads';
import { sessionOf } from './sessions';
import { MAX_DOCUMENT_BYTES, type Writes } from './writes';

/** Without a replica set, drivers do not use transactions. */
export const REPLICA_SET = 'embedded';
/** The wire version is that of MongoDB 7.0. */
const [VERSION, WIRE_VERSION] = ['7.0.0', 21];
const electionId = new ObjectId();

/** Never changes. Drivers that see it ask for a stream of heartbeats, by which they notice a broken connection at once. */
const topologyVersion = { processId: new ObjectId(), counter: Long.ZERO };
export const hello = (name: string, host: string, connectionId: number): Doc => ({
  ...(name === 'hello' ? { isWritablePrimary: true } : { ismaster: true, helloOk: true }),

  topologyVersion,
  hosts: [host],
  setName: REPLICA_SET,
  setVersion: 1,
  secondary: false,
  primary: host,
  me: host,
  electionId,

  maxBsonObjectSize: MAX_DOCUMENT_BYTES,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  localTime: new Date(),
  logicalSessionTimeoutMinutes: 30,
  connectionId,
  readOnly: false,
  minWireVersion: 0,
  maxWireVersion: WIRE_VERSION,
  ok: 1,
});

const buildInfo: Handler = () => {
  const versionArray = [...VERSION.split('.').map(Number), 0];
  return {
    version: VERSION,
    versionArray,
    modules: [EMBEDDED_MARKER],
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    ok: 1,
  };
};

const serverStatus: Handler = ({ engine: { counters } }) => {
  const { user, system } = process.cpuUsage();
  const times = { user_time_us: Long.fromNumber(user), system_time_us: Long.fromNumber(system) };
  const queryExecutor = { scanned: counters.keys, scannedObjects: counters.documents };
  return { version: VERSION, extra_info: times, metrics: { queryExecutor }, ok: 1 };
};

const endSessions: Handler = ({ engine, body }) => {
  for (const lsid of Object.values(body)[0] as unknown[]) engine.sessions.end(sessionOf(lsid));
  return { ok: 1 };
};
const ok: Handler = () => ({ ok: 1 });
const dropUser: Handler = ({ name }) => {
  throw new ServerError(11, `User '${name}' not found: there are none`);
};

const HANDLERS: Readonly<Record<string, Handler>> = {
  ...READS,
  ...EDITS,
  ...DEFINITIONS,
  commitTransaction: ok,
  abortTransaction: ok,
  endSessions,
  killSessions: endSessions,
  refreshSessions: ok,
  ping: ok,
  dropUser,
  buildInfo,
  serverStatus,
};

const COLLECTION_OPTIONS =
  'validator validationLevel validationAction viewOn pipeline timeseries expireAfterSeconds clusteredIndex ' +
  'changeStreamPreAndPostImages storageEngine indexOptionDefaults';
/** The fields of each command on a collection, those marked by `!` required. */
const FIELDS: Readonly<Record<string, string>> = {
  find: 'filter sort projection hint skip limit batchSize singleBatch let noCursorTimeout allowPartialResults',
  aggregate: 'pipeline! cursor! hint let bypassDocumentValidation',
  getMore: 'collection! batchSize',
  killCursors: 'cursors!',
  count: 'query skip limit hint fields',
  distinct: 'key! query hint',
  insert: 'documents! ordered bypassDocumentValidation',
  update: 'updates! ordered let bypassDocumentValidation',
  delete: 'deletes! ordered let',
  findAndModify: 'query sort remove update new fields upsert arrayFilters hint let bypassDocumentValidation',
  create: `capped size max ${COLLECTION_OPTIONS}`,
  drop: '',
  listCollections: 'filter nameOnly cursor authorizedCollections',
  createIndexes: 'indexes! commitQuorum',
  listIndexes: 'cursor',
  dropIndexes: 'index!',
};
/** What every command may carry: it holds anyway, or does not matter to a single server. */
const GENERIC =
  /^(\$db|lsid|txnNumber|autocommit|startTransaction|\$clusterTime|\$readPreference|readConcern|writeConcern|maxTimeMS|comment|apiVersion|apiStrict|apiDeprecationErrors|allowDiskUse|collation)$/;
const IN_TRANSACTION =
  /^(find|getMore|killCursors|aggregate|distinct|insert|update|delete|findAndModify|create|createIndexes|commitTransaction|abortTransaction)$/;
const LACKING = /^(mapReduce|explain|validate|collMod|bulkWrite|createUser|saslStart|listDatabases)$/;

async function execute(engine: Engine, name: string, given: Doc): Promise<Doc> {
  if (LACKING.test(name)) throw notSupported(name);
  const [handler, fields] = [HANDLERS[name], FIELDS[name]];
  need(handler, 59, `no such command: '${name}'`);
  const { $db: db, lsid, txnNumber, autocommit, startTransaction, collation, [name]: argument } = given;
  if (isDoc(collation) && collation['locale'] !== 'simple') throw notSupported('collation');
  const isOfCollection = fields !== undefined && !/^(getMore|listCollections)$/.test(name);
  need(!isOfCollection || typeof argument === 'string', 2, 'a collection is named by a string');
  need(!isOfCollection || argument !== '', 73, "Invalid namespace specified: the collection's name is empty");
  const own = Object.entries(given).filter(([field]) => field !== name && !GENERIC.test(field));
  const body = { [name]: argument, ...checkFields(name, Object.fromEntries(own), fields ?? '') };
  const command = { engine, db: String(db), name: String(argument), body };
  const isEnd = name.endsWith('Transaction');
  need(!isEnd || db === 'admin', 13, `${name} is of the admin database`);
  need(!isEnd || autocommit === false, 125, `${name} needs a transaction`);
  if (lsid === undefined || txnNumber === undefined) return handler(command);
  const [session, number] = [sessionOf(lsid), Number(txnNumber)];
  if (autocommit !== false) return engine.sessions.once(session, number, async () => handler(command));
  need(IN_TRANSACTION.test(name), 263, `Cannot run '${name}' in a transaction.`);
  const run = async (transaction: Writes): Promise<Doc> => handler({ ...command, transaction });
  return engine.sessions.within(session, number, name, startTransaction === true, run);
}

/** Runs a command and answers it. @throws ServerError and others, which become answers too */
export async function dispatch(engine: Engine, body: Doc, host: string, connectionId: number): Promise<Doc> {
  const [name = ''] = Object.keys(body);
  if (/^(hello|ismaster)$/i.test(name)) return hello(name, host, connectionId);
  return execute(engine, name, body);
}
