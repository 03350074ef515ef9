import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccessControl, type PrincipalSource } from '../../common/access/access-control';
import type { MemberPrincipal } from '../../common/access/principal';
import type { TokenClaims } from '../../common/access/tokens';
import { AppError } from '../../common/errors/app-error';
import { type Collection, InjectCollection } from '../../database/collections';
import { MEMBER, type Member } from './member.schema';

/** A change of a member's token version counts on every instance after this long at the latest. */
const REMEMBERED_MS = 4000;
const MOST_REMEMBERED = 10_000;

interface Known {
  tokenVersion: number;
  until: number;
}

/** Whether the member behind a token is there; remembered for seconds, so that a run of requests asks once. */
@Injectable()
export class MemberPrincipals implements PrincipalSource<MemberPrincipal>, OnModuleInit {
  private readonly known = new Map<string, Known>();

  constructor(
    @InjectCollection(MEMBER) private readonly members: Collection<Member>,
    private readonly access: AccessControl,
  ) {}

  onModuleInit(): void {
    this.access.register('marketplace', this);
  }

  principalFor(claims: TokenClaims): MemberPrincipal | Promise<MemberPrincipal> {
    const known = this.known.get(claims.subject);
    if (known && Date.now() < known.until) return admit(claims, known.tokenVersion);
    return this.load(claims);
  }

  /** Looked up by _id. */
  private async load(claims: TokenClaims): Promise<MemberPrincipal> {
    const member = await this.members.findOne<Pick<Member, 'tokenVersion'>>(
      { _id: Number(claims.subject) },
      { projection: { tokenVersion: 1 } },
    );
    if (!member) throw new AppError('UNAUTHORIZED', { message: '账号不存在，请重新登录' });
    if (this.known.size >= MOST_REMEMBERED) this.known.clear();
    this.known.set(claims.subject, {
      tokenVersion: member.tokenVersion,
      until: Date.now() + REMEMBERED_MS,
    });
    return admit(claims, member.tokenVersion);
  }
}

function admit({ subject, version }: TokenClaims, tokenVersion: number): MemberPrincipal {
  if (version !== tokenVersion) throw new AppError('UNAUTHORIZED', { message: '登录已失效，请重新登录' });
  return { kind: 'member', id: Number(subject) };
}
