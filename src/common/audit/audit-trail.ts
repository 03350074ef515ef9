import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { type Collection, InjectCollection } from '../../database/collections';
import { type ClientSession, Types } from 'mongoose';
import type { Caller } from '../access/caller';
import { AUDIT_LOG, type AuditLogRecord } from './audit-log.schema';

type Fields = Record<string, unknown>;

export interface Change {
  entity: string;
  entityId: string;
  action: string;
  /** the record before and after, whole or in part; null when it did not exist */
  before: Fields | null;
  after: Fields | null;
}

/** Bookkeeping fields change with every write and tell nothing. */
const IGNORED = new Set([
  '_id',
  '__v',
  'createdAt',
  'updatedAt',
  'searchTerms',
  'passwordHash',
  'stateChangedAt',
  'tokenVersion',
]);

/** Who changed what, when, and in which request; written in the transaction of the change itself. */
@Injectable()
export class AuditTrail {
  constructor(@InjectCollection(AUDIT_LOG) private readonly logs: Collection<AuditLogRecord>) {}

  /** Writes nothing when no field differs. */
  async record(change: Change, caller: Caller, session: ClientSession): Promise<void> {
    const record = recordOf(change, caller);
    if (record) await this.logs.insertOne(record, { session });
  }

  /** Changes of one step, in one write. */
  async recordAll(changes: Change[], caller: Caller, session: ClientSession): Promise<void> {
    const records = changes.flatMap((change) => recordOf(change, caller) ?? []);
    if (records.length > 0) await this.logs.insertMany(records, { session });
  }
}

function recordOf(change: Change, caller: Caller): AuditLogRecord | undefined {
  const { before, after } = differences(change.before, change.after);
  if (change.before && change.after && !before) return undefined;
  const staff = caller.principal?.kind === 'staff' ? caller.principal : undefined;
  return {
    _id: new Types.ObjectId(),
    entity: change.entity,
    entityId: change.entityId,
    action: change.action,
    actorId: caller.principal ? String(caller.principal.id) : null,
    actorName: staff?.name ?? '',
    before,
    after,
    requestId: caller.requestId,
    at: new Date(),
  };
}

/** The two records cut down to the fields in which they differ. */
export function differences(
  before: Fields | null,
  after: Fields | null,
): { before: Fields | null; after: Fields | null } {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  const changed = [...names].filter(
    (name) => !IGNORED.has(name) && !isDeepStrictEqual(before?.[name], after?.[name]),
  );
  if (changed.length === 0) return { before: null, after: null };
  return { before: pick(before, changed), after: pick(after, changed) };
}

function pick(record: Fields | null, names: string[]): Fields | null {
  if (!record) return null;
  return Object.fromEntries(
    names.filter((name) => record[name] !== undefined).map((name) => [name, record[name]]),
  );
}
