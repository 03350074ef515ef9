import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { loopbackOnly } from './control/loopback-only';

/** Beside the sources and beside the build. */
const DIRECTORY = join(__dirname, '..', 'page');

const FILES = [
  { url: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { url: '/page.js', file: 'page.js', type: 'text/javascript; charset=utf-8' },
  { url: '/page.css', file: 'page.css', type: 'text/css; charset=utf-8' },
];

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
};

/** The page on which a person does what `/_control` does. */
export function servePage(app: FastifyInstance): void {
  loopbackOnly(app);
  for (const { url, file, type } of FILES)
    app.get(url, async (_request, reply) =>
      reply
        .headers(SECURITY_HEADERS)
        .type(type)
        .send(await readFile(join(DIRECTORY, file))),
    );
}
