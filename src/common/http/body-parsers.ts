import type { FastifyInstance } from 'fastify';
import { unsupportedContent } from '../errors/normalise-error';

/** Kinds of bodies besides JSON, each only for the routes that say so. */
export function addBodyParsers(fastify: FastifyInstance): void {
  // what WeChat pushes
  fastify.addContentTypeParser(
    ['text/xml', 'application/xml'],
    { parseAs: 'string' },
    (request, body, done) => {
      if (request.routeOptions.config.xml) done(null, body);
      else done(unsupportedContent());
    },
  );
  const json = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('text/plain', { parseAs: 'string' }, (request, body, done) => {
    // everywhere else text stays text, and no route takes that
    if (request.routeOptions.config.beacon) void json(request, String(body), done);
    else done(null, body);
  });
}
