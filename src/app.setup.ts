import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { AppModule, type Surroundings } from './app.module';
import { AccessControl } from './common/access/access-control';
import { refuseUnroutable } from './common/errors/unroutable';
import { addBodyParsers } from './common/http/body-parsers';
import { addHooks, requestIdOf } from './common/http/hooks';
import { keepRawBodies } from './common/http/raw-body';
import { refuseUndecidedRoutes } from './common/http/undecided-routes';
import { closeUnusedConnections } from './common/http/unused-connections';
import { NestLogger } from './common/logging/logger';
import { Metrics } from './common/metrics/metrics';
import { acceptUploads } from './common/uploads/upload-hooks';
import { servePages } from './modules/h5/serve-pages';
import { apiDocument, serveApiDocument } from './openapi';
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
  closeUnusedConnections(fastify);
  keepRawBodies(fastify);
  addHooks(fastify, { access: app.get(AccessControl), metrics: app.get(Metrics), logger });
  acceptUploads(fastify);
  await servePages(app);
  allowOrigins(app, settings.env.CORS_ORIGINS);
  serveApiDocument(app, surroundings.document ?? documentFor(app, settings));
  return app;
}

/**
 * Making the document takes a second. In production that is spent at the start, since the first visitor's request would
 * hold up everybody else's; elsewhere a quick start is worth more.
 */
function documentFor(app: NestFastifyApplication, settings: Settings): OpenAPIObject | (() => OpenAPIObject) {
  return settings.production ? apiDocument(app) : () => apiDocument(app);
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
    // nothing here is Express middleware: no engine for it on every request's way
    skipMiddie: true,
    frameworkErrors: refuseUnroutable,
    // 50 MB at 1.5 Mbit/s, a phone's upload; headers have 60 s
    requestTimeout: 300_000,
    http: { headersTimeout: 60_000 },
    keepAliveTimeout: 65_000,
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    // what still comes over an open connection is answered; new connections are refused
    return503OnClosing: false,
  });
}
