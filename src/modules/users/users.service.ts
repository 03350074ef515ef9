import { Injectable } from '@nestjs/common';
import { type Collection, InjectCollection } from '../../database/collections';
import { findPage } from '../../database/pages';
import { type ClientSession, Types } from 'mongoose';
import { theString } from '../../database/partial-indexes';
import type { Caller, StaffCaller } from '../../common/access/caller';
import { AuditTrail } from '../../common/audit/audit-trail';
import { AppError, invalidField } from '../../common/errors/app-error';
import { duplicateKeyFields } from '../../common/errors/duplicate-key';
import { type Page, pageOf } from '../../common/http/paging';
import { Sequences } from '../../database/sequences';
import { Transactions } from '../../database/transactions';
import {
  type AccountUpdate,
  audited,
  auditedChange,
  isActiveAdmin,
  isBound,
  isHandedOver,
} from './account-changes';
import { LoginAttempts } from './login-attempts';
import { Passwords } from './passwords';
import { StaffDirectory } from './staff-directory';
import { USER, USER_LIST_INDEXES, type User } from './user.schema';
import { toUserView, type UserView } from './user.views';
import type { CreateUserDto, ListUsersDto, UpdateUserDto } from './users.dto';

/** Of an administrator whom the service itself has made. */
export const FIRST_ADMIN_NAME = '系统管理员';

/** Staff accounts: who may log in, as what. */
@Injectable()
export class UsersService {
  constructor(
    @InjectCollection(USER) private readonly users: Collection<User>,
    private readonly passwords: Passwords,
    private readonly directory: StaffDirectory,
    private readonly sequences: Sequences,
    private readonly transactions: Transactions,
    private readonly audit: AuditTrail,
    private readonly attempts: LoginAttempts,
  ) {}

  async list(query: ListUsersDto): Promise<Page<UserView>> {
    const filter = {
      ...(query.role ? { role: query.role } : {}),
      ...(query.active === undefined ? {} : { active: query.active }),
    };
    const { rows, total } = await findPage(this.users, {
      filter,
      sort: { createdAt: -1, _id: -1 },
      hint: indexOf(query),
      projection: { passwordHash: 0 },
      page: query.page,
      pageSize: query.pageSize,
    });
    return pageOf(rows.map(toUserView), total, query);
  }

  async get(id: string): Promise<UserView> {
    return toUserView(await this.findOrFail(id));
  }

  /** @throws {AppError} CONFLICT for a name, DUPLICATE_PHONE for a phone that another account has */
  async create(input: CreateUserDto, caller: Caller): Promise<UserView> {
    const { password, ...fields } = input;
    const now = new Date();
    const user: Omit<User, 'stateChangedAt'> = {
      _id: new Types.ObjectId(),
      ...fields,
      usernameKey: input.username.toLowerCase(),
      passwordHash: await this.passwords.hash(password),
      tokenVersion: 1,
      createdAt: now,
      updatedAt: now,
    };
    await this.transactions.run(caller, async (session) => {
      await refusingDuplicates(this.insert(user, session));
      await this.audit.record(
        {
          entity: 'user',
          entityId: user._id.toHexString(),
          action: 'create',
          before: null,
          after: audited(user),
        },
        caller,
        session,
      );
      this.transactions.afterCommit(session, () => this.directory.showAtOnce(user._id.toHexString()));
    });
    return toUserView(user);
  }

  /** @throws {AppError} CONFLICT when it would leave no active administrator */
  async update(id: string, input: UpdateUserDto, caller: StaffCaller): Promise<UserView> {
    const { phone, ...fields } = input;
    const user = await this.change(id, caller, 'update', {
      $set: { ...fields, ...(phone ? { phone } : {}) },
      ...(phone === null ? { $unset: { phone: '' } } : {}),
      // so that enabling it again does not bring the sessions of before back to life
      ...(input.active === false ? { $inc: { tokenVersion: 1 } } : {}),
    });
    return toUserView(user);
  }

  /** A new password by an administrator's hand, which also lifts a lock-out. */
  async resetPassword(id: string, password: string, caller: StaffCaller): Promise<void> {
    const user = await this.setPassword(id, password, caller, 'reset-password');
    if (user.usernameKey) await this.attempts.forgive(user.usernameKey);
  }

  /**
   * For whoever runs the service and cannot get in: the account of this name is an active administrator's from now on,
   * with a new password, without lock-outs and without the sessions of before.
   * @returns whether it had to be made
   */
  async recoverAdmin(username: string, password: string, caller: Caller): Promise<boolean> {
    const passwordHash = await this.passwords.hash(password);
    return this.transactions.run(caller, async (session) => {
      const within = { ...caller, session };
      const known = await this.findByUsername(username, session);
      await this.attempts.forgive(username.toLowerCase(), session);
      if (known) {
        const $set = { passwordHash, role: 'admin' as const, active: true };
        await this.change(known._id.toHexString(), within, 'recover-admin', {
          $set,
          $inc: { tokenVersion: 1 },
        });
        return false;
      }
      const fields = { name: FIRST_ADMIN_NAME, role: 'admin' as const, active: true };
      await this.create({ username, password, ...fields }, within);
      return true;
    });
  }

  /**
   * A new password by its owner, who has just shown that `user`'s present one is known.
   * @throws {AppError} UNAUTHORIZED when the account was reset or disabled in the meantime, which must not be undone
   */
  changePassword(user: User, password: string, caller: StaffCaller): Promise<User> {
    return this.setPassword(user._id.toHexString(), password, caller, 'change-password', user.tokenVersion);
  }

  /** Sets a new password and ends every session of the account. */
  private async setPassword(
    id: string,
    password: string,
    caller: StaffCaller,
    action: string,
    expectedVersion?: number,
  ): Promise<User> {
    const passwordHash = await this.passwords.hash(password);
    return this.change(
      id,
      caller,
      action,
      { $set: { passwordHash }, $inc: { tokenVersion: 1 } },
      expectedVersion,
    );
  }

  /** By id, with its hash; NOT_FOUND when there is none. Looked up by _id. */
  async findOrFail(id: string): Promise<User> {
    const user = await this.users.findOne<User>({ _id: new Types.ObjectId(id) });
    if (!user) throw new AppError('NOT_FOUND', { message: '用户不存在' });
    return user;
  }

  /** By id, as a transaction sees it; null when there is none. */
  findInTransaction(id: string, session: ClientSession): Promise<User | null> {
    return this.users.findOne<User>(
      { _id: new Types.ObjectId(id) },
      { session, projection: { passwordHash: 0 } },
    );
  }

  /**
   * Like findInTransaction, for what may only be while the account stays as it is: writing the record makes this
   * transaction and one that disables the account or changes its role meet, so that one of them runs again.
   */
  holdInTransaction(id: string, session: ClientSession): Promise<User | null> {
    return this.users.findOneAndUpdate(
      { _id: new Types.ObjectId(id) },
      { $inc: { holds: 1 } },
      { session, projection: { passwordHash: 0 } },
    );
  }

  findByUsername(username: string, session?: ClientSession): Promise<User | null> {
    return this.users.findOne<User>({ usernameKey: theString(username.toLowerCase()) }, { session });
  }

  async anyAdmin(): Promise<boolean> {
    return (await this.users.findOne({ role: 'admin' }, { projection: { _id: 1 } })) !== null;
  }

  /** As an upsert, because only an update can read the database's own clock. */
  private async insert(
    { _id, ...fields }: Omit<User, 'stateChangedAt'>,
    session: ClientSession,
  ): Promise<void> {
    await this.users.updateOne(
      { _id },
      { $setOnInsert: fields, $currentDate: { stateChangedAt: true } },
      { session, upsert: true, ignoreUndefined: true },
    );
  }

  private async change(
    id: string,
    caller: Caller,
    action: string,
    update: AccountUpdate,
    expectedVersion?: number,
  ): Promise<User> {
    return this.transactions.run(caller, async (session) => {
      const now = new Date();
      const changed = {
        ...update,
        $set: { ...update.$set, updatedAt: now },
        $currentDate: { stateChangedAt: true as const },
      };
      const _id = new Types.ObjectId(id);
      const before = await this.users
        .findOneAndUpdate(
          { _id, ...(expectedVersion === undefined ? {} : { tokenVersion: expectedVersion }) },
          changed,
          { session },
        )
        .catch(duplicatesRefused);
      if (!before && expectedVersion !== undefined)
        throw new AppError('UNAUTHORIZED', { message: '登录已失效，请重新登录' });
      if (!before) throw new AppError('NOT_FOUND', { message: '用户不存在' });
      if (isHandedOver(action, before, update) && isBound(before)) await this.unbindWechat(_id, session);
      const after = await this.users.findOne<User>({ _id }, { session });
      if (!after) throw new AppError('NOT_FOUND', { message: '用户不存在' });
      await this.keepAnAdmin(before, after, session);
      await this.audit.record(
        { entity: 'user', entityId: id, action, ...auditedChange(before, after) },
        caller,
        session,
      );
      this.transactions.afterCommit(session, () => this.directory.showAtOnce(id));
      return after;
    });
  }

  /** Whoever was bound to the account before must not get in by it any more. */
  private async unbindWechat(_id: Types.ObjectId, session: ClientSession): Promise<void> {
    await this.users.updateOne(
      { _id },
      { $unset: { openid: '', officialOpenid: '', unionid: '' }, $inc: { tokenVersion: 1 } },
      { session },
    );
  }

  /** Two demotions at once would each see the other's admin: touching one shared document makes them meet. */
  private async keepAnAdmin(before: User, after: User, session: ClientSession): Promise<void> {
    const lost = isActiveAdmin(before) && !isActiveAdmin(after);
    if (!lost) return;
    await this.sequences.contend('admin-guard', session);
    const left = await this.users.findOne(
      { role: 'admin', active: true },
      { session, projection: { _id: 1 } },
    );
    if (!left) throw new AppError('CONFLICT', { message: '至少要保留一名启用的系统管理员' });
  }
}

/** A database left to choose may take the states and read each account of another role. */
function indexOf({ role, active }: ListUsersDto) {
  if (role) return USER_LIST_INDEXES.role;
  return active === undefined ? USER_LIST_INDEXES.none : USER_LIST_INDEXES.active;
}

function refusingDuplicates<T>(write: Promise<T>): Promise<T> {
  return write.catch(duplicatesRefused);
}

function duplicatesRefused(error: unknown): never {
  const fields = duplicateKeyFields(error);
  if (fields?.includes('phone'))
    throw new AppError('DUPLICATE_PHONE', { details: invalidField('phone', '手机号已存在').details });
  if (fields?.includes('usernameKey')) throw new AppError('CONFLICT', { message: '用户名已存在' });
  throw error;
}
