import { Transform, type TransformCallback } from 'node:stream';
import type { FastifyInstance, FastifyRequest, RequestPayload } from 'fastify';

/**
 * Keeps the very bytes of a body for the routes that ask for them, beside what is parsed out of them: whoever signs
 * a body signs its bytes. Nothing is copied on any other route.
 */
export function keepRawBodies(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (!route.config?.rawBody) return;
    route.preParsing = (request, _reply, payload, done) => done(null, kept(request, payload));
  });
}

function kept(request: FastifyRequest, payload: RequestPayload): RequestPayload {
  const chunks: Buffer[] = [];
  const copy = new Transform({
    transform(chunk: Buffer, _encoding, next: TransformCallback) {
      chunks.push(chunk);
      next(null, chunk);
    },
    flush(next: TransformCallback) {
      request.rawBody = Buffer.concat(chunks).toString('utf8');
      next();
    },
  });
  payload.once('error', (error) => copy.destroy(error));
  return payload.pipe(copy);
}
