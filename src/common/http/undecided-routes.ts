import type { FastifyInstance } from 'fastify';

/** Routes of the API document's pages, which a library adds; they hold nothing but the document. */
const DOCUMENT = /^\/api\/docs(-json)?(\/|$)/;

/** The last line behind @Access: a route of any origin that nobody has decided on stops the start. */
export function refuseUndecidedRoutes(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    // a preflight carries no credentials and gets no data
    if (route.config?.access || route.method === 'OPTIONS' || DOCUMENT.test(route.url)) return;
    throw new Error(`no access decision for ${String(route.method)} ${route.url}`);
  });
}
