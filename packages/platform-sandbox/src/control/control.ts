import type { FastifyInstance } from 'fastify';
import type { Fault } from '../platform/faults';
import type { Sandboxed } from '../sandboxed';
import { configure, shownConfiguration, type Configuration } from './configuration';
import { ControlError } from './control-error';
import { loopbackOnly } from './loopback-only';
import { CONFIGURATION, EXPIRY, FAULT } from './schemas';

interface Expiry {
  platform?: 'wechat' | 'wechat-mp';
  errcode: 40001 | 42001;
}

/** The other side of the glass: what was sent, what shall go wrong, what the people do. */
export function control(app: FastifyInstance, sandboxed: Sandboxed): void {
  loopbackOnly(app);
  readOrders(app);
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) =>
    reply.code(error.statusCode ?? 500).send({ error: error.message }),
  );
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: 'no such order; see README.md' }),
  );
  records(app, sandboxed);
  orders(app, sandboxed);
  for (const platform of sandboxed.platforms) platform.control?.(app);
}

/** An order without a body is one that leaves everything to its defaults. */
function readOrders(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? {} : JSON.parse(body as string));
    } catch {
      done(new ControlError(400, 'the body is not JSON'));
    }
  });
  app.addHook('preValidation', (request, _reply, next) => {
    if (request.method === 'POST') request.body ??= {};
    next();
  });
}

function records(app: FastifyInstance, sandboxed: Sandboxed): void {
  const { messages, mechanisms } = sandboxed;
  app.get('/messages', () => messages.list());
  app.get('/calls', () => mechanisms.calls.list());
  app.get('/faults', () => mechanisms.faults.list());
  app.get('/configuration', () => shownConfiguration(sandboxed));
}

function orders(app: FastifyInstance, sandboxed: Sandboxed): void {
  const { faults } = sandboxed.mechanisms;
  app.post<{ Body: Fault }>('/faults', { schema: { body: FAULT } }, ({ body }) => {
    requireKnownRoute(sandboxed, body);
    faults.plan(body);
    return faults.list();
  });
  app.post<{ Body: Configuration }>('/configure', { schema: { body: CONFIGURATION } }, ({ body }) => {
    configure(sandboxed, body);
    return shownConfiguration(sandboxed);
  });
  app.post<{ Body: Expiry }>('/expire-tokens', { schema: { body: EXPIRY } }, ({ body }) => {
    for (const { name, account } of [sandboxed.miniProgram, sandboxed.officialAccount])
      if ((body.platform ?? name) === name) account.tokens.end(body.errcode);
    return { ok: true };
  });
  app.post('/reset', () => {
    sandboxed.reset();
    return { ok: true };
  });
}

/** A fault of a route that nobody calls would never show: a slip of the pen is refused. */
function requireKnownRoute({ platforms }: Sandboxed, { platform, route }: Fault): void {
  const names = platforms.map(({ name }) => name);
  const known = platforms.find(({ name }) => name === platform)?.routes.map(({ path }) => path);
  if (!known) throw new ControlError(400, `platform: one of ${names.join(', ')}`);
  if (route !== undefined && !known.includes(route))
    throw new ControlError(400, `route of ${platform}: one of ${known.join(', ')}`);
}
