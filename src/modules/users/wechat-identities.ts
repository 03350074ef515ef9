import { Injectable } from '@nestjs/common';
import { type ClientSession, Types } from 'mongoose';
import { theString } from '../../database/partial-indexes';
import type { Caller, StaffCaller } from '../../common/access/caller';
import { AuditTrail } from '../../common/audit/audit-trail';
import { AppError } from '../../common/errors/app-error';
import { duplicateKeyFields } from '../../common/errors/duplicate-key';
import { type Collection, InjectCollection } from '../../database/collections';
import { runAgainOnDuplicate, Transactions } from '../../database/transactions';
import { AccountBelongings } from './account-belongings';
import { StaffDirectory } from './staff-directory';
import { USER, type User } from './user.schema';

/** Which WeChat user is which account. Each openid and unionid is one account's only, by unique indexes. */
@Injectable()
export class WechatIdentities {
  constructor(
    @InjectCollection(USER) private readonly users: Collection<User>,
    private readonly directory: StaffDirectory,
    private readonly transactions: Transactions,
    private readonly audit: AuditTrail,
    private readonly belongings: AccountBelongings,
  ) {}

  findByOpenid(openid: string): Promise<User | null> {
    return this.users.findOne<User>({ openid: theString(openid) });
  }

  findByPhone(phone: string): Promise<User | null> {
    return this.users.findOne<User>({ phone: theString(phone) });
  }

  /** The account of this openid; one with role hr is made where there is none. */
  async accountOf(openid: string, caller: Caller): Promise<User> {
    const known = await this.findByOpenid(openid);
    if (known) return known;
    try {
      return await this.transactions.run(caller, (session) => this.insert(openid, caller, session));
    } catch (error) {
      // the same person's other log-in was quicker
      const made = duplicateKeyFields(error)?.includes('openid') ? await this.findByOpenid(openid) : null;
      if (!made) throw error;
      return made;
    }
  }

  /**
   * Binds an openid to the staff account whose phone was proved. An account that only a WeChat log-in made gives its
   * openid up and is closed; what it has goes over to the staff account.
   * @throws {AppError} LOGIN_FAILED when the openid is another member of staff's
   */
  async bind(openid: string, target: User, caller: Caller): Promise<User> {
    return this.transactions.run(caller, (session) =>
      // bound by a log-in at the same moment: what that one has left decides
      this.move(openid, target._id, target.phone, caller, session).catch((error: unknown) =>
        runAgainOnDuplicate(error, 'openid'),
      ),
    );
  }

  /**
   * Binds a follower of the official account, within the transaction of the event that reports it.
   * @returns what became of it; someone else's openid or unionid is not taken away
   */
  async bindFollower(
    userId: Types.ObjectId,
    follower: { officialOpenid: string; unionid?: string },
    caller: Caller,
    session: ClientSession,
  ): Promise<'bound' | 'taken' | 'closed'> {
    const before = await this.users.findOne<User>({ _id: userId }, { session });
    if (!before?.active) return 'closed';
    const same = [
      { officialOpenid: theString(follower.officialOpenid) },
      ...(follower.unionid ? [{ unionid: theString(follower.unionid) }] : []),
    ];
    const owner = await this.users.findOne(
      { $or: same, _id: { $ne: userId } },
      { session, projection: { _id: 1 } },
    );
    if (owner) return 'taken';
    const { officialOpenid, unionid } = before;
    // another person's follower: what was known of the one before is not theirs
    const forgotten = officialOpenid !== follower.officialOpenid && !follower.unionid;
    await this.users.updateOne(
      { _id: userId },
      {
        $set: { ...follower, updatedAt: new Date() },
        ...(forgotten ? { $unset: { unionid: '' as const } } : {}),
      },
      { session },
    );
    await this.record(
      'bind-official-account',
      before,
      { officialOpenid, unionid },
      follower,
      caller,
      session,
    );
    return 'bound';
  }

  /** The follower has left: nothing can be sent there any more. */
  async unbindFollower(officialOpenid: string, session: ClientSession): Promise<void> {
    await this.users.updateOne(
      { officialOpenid: theString(officialOpenid) },
      { $unset: { officialOpenid: '' }, $set: { updatedAt: new Date() } },
      { session },
    );
  }

  /** Notes the number that WeChat gave for the caller's own account. */
  async recordProvedPhone(phone: string, caller: StaffCaller): Promise<void> {
    await this.transactions.run(caller, async (session) => {
      const _id = new Types.ObjectId(caller.principal.id);
      const now = new Date();
      const before = await this.users.findOneAndUpdate(
        { _id },
        { $set: { provedPhone: phone, provedPhoneAt: now, updatedAt: now } },
        { session },
      );
      if (!before) throw new AppError('NOT_FOUND', { message: '用户不存在' });
      const { provedPhone } = before;
      await this.record('prove-phone', before, { provedPhone }, { provedPhone: phone }, caller, session);
    });
  }

  private async insert(openid: string, caller: Caller, session: ClientSession): Promise<User> {
    const now = new Date();
    const fields = {
      openid,
      name: '微信用户',
      role: 'hr' as const,
      active: true,
      madeByWechat: true,
      tokenVersion: 1,
      createdAt: now,
      updatedAt: now,
    };
    const _id = new Types.ObjectId();
    // as an upsert, because only an update can read the database's own clock
    await this.users.updateOne(
      { _id },
      { $setOnInsert: fields, $currentDate: { stateChangedAt: true } },
      { session, upsert: true },
    );
    const user = { _id, ...fields, stateChangedAt: now };
    await this.record('create', user, null, fields, caller, session);
    this.transactions.afterCommit(session, () => this.directory.showAtOnce(_id.toHexString()));
    return user;
  }

  private async move(
    openid: string,
    targetId: Types.ObjectId,
    provedPhone: string | undefined,
    caller: Caller,
    session: ClientSession,
  ): Promise<User> {
    const target = await this.users.findOne<User>({ _id: targetId }, { session });
    if (!target?.active) throw new AppError('ACCOUNT_DISABLED');
    // WeChat was asked in between: the phone that was proved must still be this account's
    if (target.phone !== provedPhone)
      throw new AppError('LOGIN_FAILED', { message: '手机号未注册，请联系管理员' });
    if (target.openid === openid) return target;
    const holder = await this.users.findOne<User>({ openid: theString(openid) }, { session });
    if (holder) {
      await this.close(holder, caller, session);
      await this.belongings.move(holder._id, targetId, session);
    }
    // whoever was bound before is logged out
    const tokenVersion = target.tokenVersion + (target.openid ? 1 : 0);
    await this.users.updateOne(
      { _id: targetId },
      { $set: { openid, tokenVersion, updatedAt: new Date() }, $currentDate: { stateChangedAt: true } },
      { session },
    );
    await this.record('bind-wechat', target, { openid: target.openid }, { openid }, caller, session);
    this.transactions.afterCommit(session, () => this.directory.showAtOnce(targetId.toHexString()));
    return { ...target, openid, tokenVersion };
  }

  private async close(holder: User, caller: Caller, session: ClientSession): Promise<void> {
    if (!isReplaceable(holder)) throw otherAccounts();
    await this.users.updateOne(
      { _id: holder._id },
      {
        $set: { active: false, updatedAt: new Date() },
        $unset: { openid: '' },
        $inc: { tokenVersion: 1 },
        $currentDate: { stateChangedAt: true },
      },
      { session },
    );
    const { openid, active } = holder;
    await this.record('give-way', holder, { openid, active }, { active: false }, caller, session);
    this.transactions.afterCommit(session, () => this.directory.showAtOnce(holder._id.toHexString()));
  }

  private record(
    action: string,
    { _id }: Pick<User, '_id'>,
    before: Record<string, unknown> | null,
    after: Record<string, unknown>,
    caller: Caller,
    session: ClientSession,
  ): Promise<void> {
    return this.audit.record(
      { entity: 'user', entityId: _id.toHexString(), action, before, after },
      caller,
      session,
    );
  }
}

/** Still as the log-in made it: nobody has given it a name to log in with, a phone or another role. */
function isReplaceable({ madeByWechat, username, phone, role }: User): boolean {
  return madeByWechat === true && !username && !phone && role === 'hr';
}

function otherAccounts(): AppError {
  return new AppError('LOGIN_FAILED', { message: '该微信已绑定其他员工账号，请联系管理员' });
}
