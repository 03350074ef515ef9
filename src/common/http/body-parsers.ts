import type { FastifyInstance } from 'fastify';
import { unsupportedContent } from '../errors/normalise-error';

/** Kinds of bodies besides JSON, each only for the routes that say so; and no body at all. */
export function addBodyParsers(fastify: FastifyInstance): void {
  // wx.request names a type whether or not there is anything to send
  fastify.addHook('onRequest', ({ headers }, _reply, done) => {
    if (!headers['transfer-encoding'] && Number(headers['content-length'] ?? 0) === 0)
      delete headers['content-type'];
    done();
  });
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
