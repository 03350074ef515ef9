import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongoose';
import type { Caller } from '../../common/access/caller';
import { AppError } from '../../common/errors/app-error';
import { type Collection, InjectCollection } from '../../database/collections';
import { Sequences } from '../../database/sequences';
import { runAgainOnDuplicate, Transactions } from '../../database/transactions';
import { MEMBER, type Member } from './member.schema';

/** What registering knows of somebody. */
interface Newcomer {
  openid: string;
  unionid?: string;
  phone: string;
  inviterId?: number;
}

/** Called in the transaction that makes a member, once for each. */
type RegistrationHook = (member: Member, session: ClientSession) => Promise<void>;

/** Name and phone of a member, as other members may see them. */
export type MemberCard = Pick<Member, '_id' | 'name' | 'phone'>;

/** The members: found by id, and made. */
@Injectable()
export class MembersService {
  private readonly hooks: RegistrationHook[] = [];

  constructor(
    @InjectCollection(MEMBER) private readonly members: Collection<Member>,
    private readonly sequences: Sequences,
    private readonly transactions: Transactions,
  ) {}

  /** Has `hook` run whenever a member is made; features say so in onModuleInit. */
  onRegistered(hook: RegistrationHook): void {
    this.hooks.push(hook);
  }

  /** Looked up by _id. */
  find(id: number, session?: ClientSession): Promise<Member | null> {
    return this.members.findOne<Member>({ _id: id }, { session });
  }

  /** @throws {AppError} NOT_FOUND */
  async findOrFail(id: number, session?: ClientSession): Promise<Member> {
    const member = await this.find(id, session);
    if (!member) throw new AppError('NOT_FOUND', { message: 'user not found' });
    return member;
  }

  /** Where WeChat Pay finds the payer. @throws {AppError} NOT_FOUND */
  async openidOf(memberId: number, session?: ClientSession): Promise<string> {
    return (await this.findOrFail(memberId, session)).openid;
  }

  /** By the unique index of openid. */
  findByOpenid(openid: string, session?: ClientSession): Promise<Member | null> {
    return this.members.findOne<Member>({ openid }, { session });
  }

  /** By id, in one look-up by _id, however many there are. */
  async cardsOf(ids: number[]): Promise<Map<number, MemberCard>> {
    const found = await this.members
      .find<MemberCard>({ _id: { $in: [...new Set(ids)] } }, { projection: { name: 1, phone: 1 } })
      .toArray();
    return new Map(found.map((card) => [card._id, card]));
  }

  /** The member of that openid, made if there is none yet: one, however many ask for it at once. */
  async register(newcomer: Newcomer, caller: Pick<Caller, 'session'>): Promise<Member> {
    const id = await this.sequences.next('member');
    return this.transactions.run(caller, async (session) => {
      const existing = await this.findByOpenid(newcomer.openid, session);
      if (existing) return existing;
      const member = newMember(id, newcomer);
      await this.members
        .insertOne(member, { session, ignoreUndefined: true })
        .catch((error: unknown) => runAgainOnDuplicate(error, 'openid'));
      for (const hook of this.hooks) await hook(member, session);
      return member;
    });
  }
}

function newMember(id: number, { openid, unionid, phone, inviterId }: Newcomer): Member {
  const now = new Date();
  return {
    _id: id,
    openid,
    unionid,
    phone,
    // until they choose one; the end of the number is what friends know it by
    name: `用户${phone.slice(-4)}`,
    avatar: '',
    sex: 0,
    inviterId,
    tokenVersion: 1,
    createdAt: now,
    updatedAt: now,
  };
}
