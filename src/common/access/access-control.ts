import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../errors/app-error';
import { RateLimiter } from '../rate-limit/rate-limiter';
import type { AccessRule } from './access-rule';
import type { Audience, MemberPrincipal, Principal, StaffPrincipal } from './principal';
import { type TokenClaims, Tokens } from './tokens';

interface PrincipalOf {
  crm: StaffPrincipal;
  marketplace: MemberPrincipal;
}

/**
 * Knows the accounts of one audience. It answers from memory for accounts that it knows;
 * a promise means that it had to ask the database.
 * Throws UNAUTHORIZED for a token that was revoked and ACCOUNT_DISABLED for a disabled account.
 */
export interface PrincipalSource<P extends Principal> {
  principalFor(claims: TokenClaims): P | Promise<P>;
}

/** Decides, before a request's body is read, whether its caller may call this route. */
@Injectable()
export class AccessControl {
  private readonly sources: { [A in Audience]?: PrincipalSource<PrincipalOf[A]> } = {};

  constructor(
    private readonly tokens: Tokens,
    private readonly limiter: RateLimiter,
  ) {}

  /** Features own the accounts; they tell here how to find the principal of a token. */
  register<A extends Audience>(audience: A, source: PrincipalSource<PrincipalOf[A]>): void {
    Object.assign(this.sources, { [audience]: source });
  }

  /** The onRequest hook of every route. */
  readonly check = async (request: FastifyRequest, _reply: FastifyReply): Promise<void> => {
    const { access, limits } = request.routeOptions.config;
    request.caller = { principal: undefined, requestId: request.id, ip: request.ip };
    await this.limiter.takeForAddress(request.ip, limits);
    if (!access || access.kind === 'public') return;
    const principal = await this.authenticate(request, access);
    if (!principal) return;
    request.caller.principal = principal;
    await this.limiter.takeForUser(`${principal.kind}:${principal.id}`);
  };

  private async authenticate(request: FastifyRequest, rule: AccessRule): Promise<Principal | undefined> {
    const token = tokenOf(request.headers.authorization, rule.kind === 'member');
    switch (rule.kind) {
      case 'public':
        return undefined;
      case 'optional-staff':
        return token ? this.principal('crm', token) : undefined;
      case 'member':
        return this.member(token, request.headers['user_id']);
      case 'staff': {
        const staff = await this.principal('crm', token);
        if (!rule.roles.includes(staff.role)) throw new AppError('FORBIDDEN');
        return staff;
      }
    }
  }

  private async member(token: string | undefined, userId: unknown): Promise<MemberPrincipal> {
    const member = await this.principal('marketplace', token);
    if (userId !== String(member.id))
      throw new AppError('UNAUTHORIZED', { message: 'user_id 与登录用户不符' });
    return member;
  }

  private principal<A extends Audience>(
    audience: A,
    token: string | undefined,
  ): PrincipalOf[A] | Promise<PrincipalOf[A]> {
    if (!token) throw new AppError('UNAUTHORIZED');
    const source = this.sources[audience];
    if (!source) throw new Error(`no principal source is registered for ${audience}`);
    return source.principalFor(this.tokens.read(token, audience));
  }
}

/** `Bearer <token>`; the marketplace's mini-program also sends the token alone. */
function tokenOf(header: string | undefined, bareAllowed: boolean): string | undefined {
  const match = /^Bearer\s+(\S+)$/i.exec(header ?? '');
  if (match) return match[1];
  return bareAllowed && header && /^\S+$/.test(header) ? header : undefined;
}
