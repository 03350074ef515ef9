import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** The built pages (packages/h5): the same way up from src/ and from dist/. */
export const PAGES_DIR = join(__dirname, '../../../packages/h5/dist');

/** Gives replies `sendFile` for the pages; which of them are sent is for the controller's routes, with their @Access. */
export async function servePages(app: NestFastifyApplication): Promise<void> {
  await app.register(fastifyStatic, {
    root: PAGES_DIR,
    serve: false,
    // the build lays .br and .gz beside each file
    preCompressed: true,
    // each route says its own
    cacheControl: false,
    // where nothing has been built there is no directory either: the controller answers for that
    suppressWarning: true,
  });
}
