import type { FastifyReply, FastifyRequest } from 'fastify';
import { failureBody } from '../http/envelope';
import { invalidField } from './app-error';
import { conventionOf } from './exception.filter';

/**
 * Fastify's `frameworkErrors`: an address that the router cannot read (broken escapes, a parameter beyond all length)
 * reaches neither hook nor filter, and is still told in the words of the API that it was meant for.
 */
export function refuseUnroutable(_error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const error = invalidField('url', '请求地址不正确');
  reply
    .header('X-Request-Id', request.id)
    .type('application/json; charset=utf-8')
    .status(error.status)
    .send(JSON.stringify(failureBody(conventionOf(request), error, request.id)));
}
