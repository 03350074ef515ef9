import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { LOGGER } from '../../common/logging/logging.module';
import { Zego } from '../../platforms/zego/zego';
import { NOT_FOUND_PAGE, NOT_FOUND_POLICY } from './not-found-page';
import { pageHeaders } from './page-headers';
import { PAGES_DIR } from './serve-pages';

/** An asset's name changes with its content. */
const ASSET_CACHE = 'public, max-age=31536000, immutable';
/** A page's does not: it is kept, and asked for anew each time. */
const PAGE_CACHE = 'no-cache';

/** Sent under the name of what is in them. */
const COMPRESSED = /\.(br|gz)$/;

/** Sends the built pages, their assets, and the page for everything else. */
@Injectable()
export class Pages {
  private readonly assets: ReadonlySet<string>;
  private readonly headers: Record<string, string>;

  constructor(zego: Zego, @Inject(LOGGER) logger: Logger) {
    this.headers = pageHeaders(zego.webServer ?? undefined);
    const directory = join(PAGES_DIR, 'assets');
    const files = existsSync(directory) ? readdirSync(directory) : [];
    this.assets = new Set(files.filter((file) => !COMPRESSED.test(file)));
    if (this.assets.size === 0)
      logger.warn({ directory }, 'the pages below /h5 have not been built: npm run build');
  }

  sendPage(name: 'interview' | 'host', request: FastifyRequest, reply: FastifyReply): void {
    if (this.assets.size === 0) return this.sendNotFound(reply);
    const [path = '', query] = request.url.split(/\?(.*)/s);
    // the page's relative addresses begin at its own
    if (path.endsWith('/'))
      return void reply.redirect(`../${name}${query === undefined ? '' : `?${query}`}`, 308);
    reply.headers(this.headers).header('Cache-Control', PAGE_CACHE).sendFile(`${name}.html`);
  }

  sendAsset(name: string, reply: FastifyReply): void {
    if (!this.assets.has(name)) return this.sendNotFound(reply);
    reply.header('Cache-Control', ASSET_CACHE).sendFile(`assets/${name}`);
  }

  sendNotFound(reply: FastifyReply): void {
    reply
      .status(404)
      .headers({ 'Content-Security-Policy': NOT_FOUND_POLICY, 'Cache-Control': 'no-store' })
      .type('text/html; charset=utf-8')
      .send(NOT_FOUND_PAGE);
  }
}
