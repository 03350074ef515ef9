import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A request and the reply to it, for what has to set the reply's head too. */
export interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
}

/** The handler's exchange; its result is sent all the same. */
export const CurrentExchange = createParamDecorator((_data: unknown, context: ExecutionContext): Exchange => {
  const http = context.switchToHttp();
  return { request: http.getRequest<FastifyRequest>(), reply: http.getResponse<FastifyReply>() };
});
