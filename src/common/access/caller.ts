import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ClientSession } from 'mongoose';
import type { MemberPrincipal, Principal, StaffPrincipal } from './principal';

/** Who asks, in which request and, when an enclosing step has opened one, in which transaction. */
export interface Caller<P extends Principal | undefined = Principal | undefined> {
  principal: P;
  requestId: string;
  ip: string;
  session?: ClientSession;
  /**
   * Names the request under its idempotency key, where the handler opens its own transactions: the same for each
   * attempt of the same request, so that a record made by one that died can be found again.
   */
  claim?: string;
}

export type StaffCaller = Caller<StaffPrincipal>;
export type MemberCaller = Caller<MemberPrincipal>;
/** Of a route that works without a token and does more for a member. */
export type MaybeMemberCaller = Caller<MemberPrincipal | undefined>;

/** The request's caller; the route's @Access decides which kind of principal it holds. */
export const CurrentCaller = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<FastifyRequest>().caller,
);
