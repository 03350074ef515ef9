import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { AppModule, type Surroundings } from './app.module';
import { AccessControl } from './common/access/access-control';
import { refuseUnroutable } from './common/errors/unroutable';
import { addHooks, requestIdOf } from './common/http/hooks';
import { refuseUndecidedRoutes } from './common/http/undecided-routes';
import { NestLogger } from './common/logging/logger';
import { Metrics } from './common/metrics/metrics';
import { serveApiDocument } from './openapi';
import type { Settings } from './config/settings';

/**
 * Makes the application as it runs everywhere: in production, in the tests and for the OpenAPI export.
 * It is ready to `init()` or `listen()`.
 */
export async function createApp(surroundings: Surroundings): Promise<NestFastifyApplication> {
  const { settings, logger } = surroundings;
  const adapter = fastifyAdapter(settings);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.in(surroundings), adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const fastify = app.getHttpAdapter().getInstance();
  refuseUndecidedRoutes(fastify);
  addBodyParsers(fastify);
  addHooks(fastify, { access: app.get(AccessControl), metrics: app.get(Metrics), logger });
  allowOrigins(app, settings.env.CORS_ORIGINS);
  serveApiDocument(app);
  return app;
}

function addBodyParsers(fastify: FastifyInstance): void {
  // what WeChat pushes; read by the one handler that knows how
  fastify.addContentTypeParser(
    ['text/xml', 'application/xml'],
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  const json = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('text/plain', { parseAs: 'string' }, (request, body, done) => {
    // everywhere else text stays text, and no route takes that
    if (request.routeOptions.config.beacon) void json(request, String(body), done);
    else done(null, body);
  });
}

/** Mini-programs send no Origin; only pages of the origins that the settings name need these headers. */
function allowOrigins(app: NestFastifyApplication, origins: string[]): void {
  if (origins.length === 0) return;
  app.enableCors({
    origin: origins,
    exposedHeaders: ['Authorization', 'X-Request-Id', 'Idempotency-Replayed', 'Retry-After'],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    maxAge: 600,
  });
}

function fastifyAdapter(settings: Settings): FastifyAdapter {
  return new FastifyAdapter({
    trustProxy: settings.env.TRUST_PROXY,
    bodyLimit: settings.env.BODY_LIMIT_BYTES,
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) =>
      requestIdOf(request.headers),
    logger: false,
    frameworkErrors: refuseUnroutable,
    requestTimeout: 60_000,
    keepAliveTimeout: 65_000,
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    // what still comes over an open connection is answered; new connections are refused
    return503OnClosing: false,
  });
}
