import { ObjectId } from 'bson';
import { Long } from '../bson/values';
import { MAX_DOCUMENT_BYTES } from '../bson/encode';
import type { Answer, Command } from './command';

/** Name in `buildInfo.modules` by which a client can tell this server from a real one. */
export const EMBEDDED_MARKER = 'embedded-mongo';

/** Name of the replica set this server says it is the primary of: without one, drivers do not use transactions. */
export const REPLICA_SET = 'embedded';

/** The wire protocol of MongoDB 7.0. */
const WIRE_VERSION = 21;
const VERSION = '7.0.0';

const electionId = new ObjectId();

export interface Identity {
  host: string;
  connectionId: number;
}

export function helloAnswer({ host, connectionId }: Identity, isLegacy: boolean): Answer {
  return {
    ...(isLegacy ? { ismaster: true, helloOk: true } : { isWritablePrimary: true }),
    // no topologyVersion: with one, drivers ask for a stream of heartbeats, which this server does not send
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
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
    ok: 1,
  };
}

export const buildInfoCommand = (): Answer => ({
  version: VERSION,
  gitVersion: EMBEDDED_MARKER,
  modules: [EMBEDDED_MARKER],
  versionArray: VERSION.split('.').map(Number).concat(0),
  bits: 64,
  debug: false,
  maxBsonObjectSize: MAX_DOCUMENT_BYTES,
  storageEngines: ['lmdb'],
  ok: 1,
});

export function serverStatusCommand({ engine }: Command): Answer {
  const { user, system } = process.cpuUsage();
  return {
    host: 'localhost',
    version: VERSION,
    process: EMBEDDED_MARKER,
    pid: Long.fromNumber(process.pid),
    uptime: Math.floor(process.uptime()),
    localTime: new Date(),
    extra_info: { user_time_us: Long.fromNumber(user), system_time_us: Long.fromNumber(system) },
    metrics: {
      cursor: { open: { total: engine.cursors.size } },
      queryExecutor: {
        scanned: engine.counters.keysExamined,
        scannedObjects: engine.counters.documentsExamined,
      },
    },
    ok: 1,
  };
}

export const pingCommand = (): Answer => ({ ok: 1 });
