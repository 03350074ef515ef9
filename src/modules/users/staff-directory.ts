import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Collection, InjectCollection } from '../../database/collections';
import { Types } from 'mongoose';
import type { Logger } from 'pino';
import { AccessControl, type PrincipalSource } from '../../common/access/access-control';
import { ROLES, type Role, type StaffPrincipal } from '../../common/access/principal';
import type { TokenClaims } from '../../common/access/tokens';
import { AppError } from '../../common/errors/app-error';
import { LOGGER } from '../../common/logging/logging.module';
import { RevokedTokens } from './revoked-tokens';
import { USER, type User } from './user.schema';

export interface StaffEntry {
  id: string;
  name: string;
  role: Role;
  active: boolean;
  tokenVersion: number;
}

const POLL_MS = 2000;
/** Older than this, what is in memory can no longer be trusted to show a change within 5 s. */
const STALE_MS = 4500;
/** A transaction may commit a change this long after the clock reading that the change carries. */
const OVERLAP_MS = 90_000;

const FIELDS = { name: 1, role: 1, active: 1, tokenVersion: 1, stateChangedAt: 1 } as const;
type DirectoryRow = Pick<User, '_id' | 'name' | 'role' | 'active' | 'tokenVersion' | 'stateChangedAt'>;

/**
 * All staff accounts in memory, so that a request's access check costs no database call.
 * Changes made elsewhere are fetched every two seconds; changes made here show at once.
 */
@Injectable()
export class StaffDirectory
  implements PrincipalSource<StaffPrincipal>, OnApplicationBootstrap, OnApplicationShutdown
{
  private readonly entries = new Map<string, StaffEntry>();
  private newestChange = new Date(0);
  private refreshedAt = 0;
  private refreshing: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @InjectCollection(USER) private readonly users: Collection<User>,
    private readonly revoked: RevokedTokens,
    private readonly access: AccessControl,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.refresh();
    this.access.register('crm', this);
    this.timer = setInterval(() => void this.refreshQuietly(), POLL_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** The entry of an account, or undefined for an id that is nobody's. */
  get(id: string): StaffEntry | undefined {
    return this.entries.get(id);
  }

  /** Like get, and also for an account that another instance has made a moment ago. */
  async find(id: string): Promise<StaffEntry | undefined> {
    return this.entries.get(id) ?? this.reload(id);
  }

  /** The display name beside an id; empty for no one. */
  nameOf(id: Types.ObjectId | string | null | undefined): string {
    return id ? (this.entries.get(String(id))?.name ?? '') : '';
  }

  all(): StaffEntry[] {
    return [...this.entries.values()];
  }

  principalFor(claims: TokenClaims): StaffPrincipal | Promise<StaffPrincipal> {
    const entry = this.entries.get(claims.subject);
    // unknown here, or newer than what is known here: another instance has just made or changed it
    const outdated =
      !entry || claims.version > entry.tokenVersion || Date.now() - this.refreshedAt > STALE_MS;
    return outdated ? this.load(claims) : admit(entry, claims, this.revoked);
  }

  /** After a change made by this process. If the database has just gone away, the next refresh shows it. */
  async showAtOnce(id: string): Promise<void> {
    await this.reload(id).catch((error: unknown) =>
      this.logger.warn({ err: error }, 'staff directory: reload failed'),
    );
  }

  private async reload(id: string): Promise<StaffEntry | undefined> {
    const row = await this.users.findOne<DirectoryRow>(
      { _id: new Types.ObjectId(id) },
      { projection: FIELDS },
    );
    return row ? this.put(row) : undefined;
  }

  private async load(claims: TokenClaims): Promise<StaffPrincipal> {
    if (Date.now() - this.refreshedAt > STALE_MS) await this.refresh();
    const known = this.entries.get(claims.subject);
    const entry = !known || claims.version > known.tokenVersion ? await this.reload(claims.subject) : known;
    if (!entry) throw new AppError('UNAUTHORIZED', { message: '账号不存在，请重新登录' });
    return admit(entry, claims, this.revoked);
  }

  /** One at a time: whoever comes meanwhile waits for the one that is under way. */
  private refresh(): Promise<void> {
    this.refreshing ??= this.fetchChanges().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  private async fetchChanges(): Promise<void> {
    const startedAt = Date.now();
    // a time from the future, however it came there, must not hide what is changed until then
    const since = new Date(Math.min(this.newestChange.getTime(), startedAt) - OVERLAP_MS);
    const [rows] = await Promise.all([
      this.users.find<DirectoryRow>({ stateChangedAt: { $gte: since } }, { projection: FIELDS }).toArray(),
      this.revoked.refresh(),
    ]);
    for (const row of rows) this.put(row);
    this.refreshedAt = startedAt;
  }

  private async refreshQuietly(): Promise<void> {
    await this.refresh().catch((error: unknown) =>
      this.logger.warn({ err: error }, 'staff directory: refresh failed'),
    );
  }

  private put(row: DirectoryRow): StaffEntry {
    const id = row._id.toHexString();
    const entry = { id, name: row.name, role: row.role, active: row.active, tokenVersion: row.tokenVersion };
    this.entries.set(id, entry);
    if (row.stateChangedAt > this.newestChange) this.newestChange = row.stateChangedAt;
    return entry;
  }
}

function admit(entry: StaffEntry, claims: TokenClaims, revoked: RevokedTokens): StaffPrincipal {
  // first, because disabling raises the version too: the person should read why
  if (!entry.active) throw new AppError('ACCOUNT_DISABLED');
  if (claims.version !== entry.tokenVersion || revoked.has(claims.tokenId)) {
    throw new AppError('UNAUTHORIZED', { message: '登录已失效，请重新登录' });
  }
  if (!ROLES.includes(entry.role)) throw new AppError('FORBIDDEN');
  const { id, name, role } = entry;
  return { kind: 'staff', id, name, role, tokenId: claims.tokenId, tokenExpiresAt: claims.expiresAt };
}
