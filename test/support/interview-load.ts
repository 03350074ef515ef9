import { type IndexDefinition, type IndexOptions, mongo, Types } from 'mongoose';
import { searchTerms } from '../../src/common/search/search-terms';
import { ROOM, type Room, roomSchema } from '../../src/modules/interview/room.schema';
import type { TestApp } from './app';
import { testDatabase } from './database';

const BATCH = 5000;
const MINUTE_MS = 60_000;
const SURNAMES = [...'王李张刘陈杨赵黄周吴'];
const GIVEN = [...'芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚'];
const termsOfName = new Map<string, string[]>();

interface Load {
  /** the n-th rooms, `to` left out, are put beside those that are there */
  from: number;
  to: number;
  hosts: string[];
}

/**
 * Puts rooms straight into the database, shared out among `hosts`, one in fifty of them still running, and builds the
 * indexes afterwards, which is many times faster.
 */
export async function loadRooms(app: TestApp, { from, to, hosts }: Load): Promise<void> {
  const rooms = app.connection.model(ROOM).collection;
  await rooms.dropIndexes();
  const now = Date.now();
  const hostIds = hosts.map((host) => new Types.ObjectId(host));
  for (let start = from; start < to; start += BATCH) {
    const size = Math.min(BATCH, to - start);
    const batch = Array.from({ length: size }, (_, i) => room(start + i, now, hostIds));
    await rooms.insertMany(batch, { ordered: false, writeConcern: { w: 1 } });
  }
  await buildIndexes(app, rooms.collectionName);
}

/** On a connection without a time limit: one command over everything takes longer than any request may. */
async function buildIndexes(app: TestApp, collection: string): Promise<void> {
  const client = await mongo.MongoClient.connect(testDatabase().uri);
  const indexes = roomSchema.indexes().map(([key, options]) => asDescribed(key, options));
  await client.db(app.database).collection(collection).createIndexes(indexes);
  await client.close();
}

function asDescribed(key: IndexDefinition, options: IndexOptions): mongo.IndexDescription {
  return { key, ...options } as mongo.IndexDescription;
}

/** The n-th room, the older the larger n is. Those that run are used, and nobody is due to be swept. */
function room(n: number, now: number, hosts: Types.ObjectId[]): Room {
  const pick = <T>(values: readonly T[], step: number): T =>
    values[Math.floor(n / step) % values.length] as T;
  const name = `${pick(SURNAMES, 1)}${pick(GIVEN, 7)}面试`;
  const hostId = pick(hosts, 3);
  const createdAt = new Date(now - n * MINUTE_MS);
  const isActive = n % 50 === 0;
  const leftAt = isActive ? null : createdAt;
  const host = { userId: hostId.toHexString(), userName: name, role: 'host' as const, identity: '' };
  return {
    _id: new Types.ObjectId(),
    roomId: `room_${n}`,
    roomName: name,
    hostId,
    hostName: name,
    hostZegoUserId: null,
    source: null,
    customerId: null,
    resumeId: null,
    scheduledAt: null,
    status: isActive ? 'active' : 'ended',
    participants: [{ ...host, joinedAt: createdAt, leftAt }],
    present: isActive ? 1 : 0,
    revision: 1,
    lastActivityAt: new Date(now),
    lastLeftAt: leftAt,
    endedAt: leftAt,
    duration: isActive ? null : 60,
    endReason: isActive ? null : 'host',
    searchTerms: nameTerms(name),
    createdAt,
  };
}

/** Some of what a room can be found by, as much as is looked for: of all of it the index would take minutes to build. */
function nameTerms(name: string): string[] {
  let terms = termsOfName.get(name);
  if (!terms) {
    const written = (term: string) => term.length <= 2 && (name.startsWith(term) || name.endsWith(term));
    terms = searchTerms(name).filter((term) => written(term) || ['z', 'zn', 'zhangn'].includes(term));
    termsOfName.set(name, terms);
  }
  return terms;
}
