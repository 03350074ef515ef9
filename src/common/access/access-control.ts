import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { after, type Awaitable } from '../async/after';
import { AppError } from '../errors/app-error';
import { RateLimiter } from '../rate-limit/rate-limiter';
import type { AccessRule } from './access-rule';
import type { Caller } from './caller';
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
  principalFor(claims: TokenClaims): Awaitable<P>;
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

  /** The onRequest hook of every route. Nothing is waited for where everything is known, which is nearly always. */
  readonly check = (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => {
    let admitted: Awaitable<void>;
    try {
      admitted = this.admit(request);
    } catch (error) {
      return done(error as Error);
    }
    if (admitted instanceof Promise) admitted.then(() => done(), done);
    else done();
  };

  private admit(request: FastifyRequest): Awaitable<void> {
    const { access, limits } = request.routeOptions.config;
    const caller: Caller = { principal: undefined, requestId: request.id, ip: request.ip };
    request.caller = caller;
    return after(this.limiter.takeForAddress(caller.ip, limits), () => {
      if (!access || access.kind === 'public') return undefined;
      return after(this.authenticate(request, access), (principal) => {
        if (!principal) return undefined;
        caller.principal = principal;
        return this.limiter.takeForUser(`${principal.kind}:${principal.id}`);
      });
    });
  }

  private authenticate(request: FastifyRequest, rule: AccessRule): Awaitable<Principal | undefined> {
    const ofMarketplace = rule.kind === 'member' || rule.kind === 'optional-member';
    const token = tokenOf(request.headers.authorization, ofMarketplace);
    switch (rule.kind) {
      case 'public':
        return undefined;
      case 'optional-staff':
        return token ? this.principal('crm', token) : undefined;
      case 'member':
        return this.member(request, token);
      case 'optional-member':
        return token ? this.memberIfGood(request, token) : undefined;
      case 'staff':
        return after(this.principal('crm', token), (staff) => {
          if (rule.roles.includes(staff.role)) return staff;
          throw new AppError('FORBIDDEN');
        });
    }
  }

  private member(request: FastifyRequest, token: string | undefined): Awaitable<MemberPrincipal> {
    return after(this.principal('marketplace', token), (member) => {
      if (request.headers['user_id'] === String(member.id)) return member;
      throw new AppError('UNAUTHORIZED', { message: 'user_id 与登录用户不符' });
    });
  }

  /** Mini-programs send the token of a log-in long past with what needs none. */
  private async memberIfGood(request: FastifyRequest, token: string): Promise<MemberPrincipal | undefined> {
    try {
      return await this.member(request, token);
    } catch (error) {
      if (error instanceof AppError && error.status === 401) return undefined;
      throw error;
    }
  }

  private principal<A extends Audience>(audience: A, token: string | undefined): Awaitable<PrincipalOf[A]> {
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
