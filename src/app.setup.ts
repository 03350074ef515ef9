import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule, type Surroundings } from './app.module';
import { AccessControl } from './common/access/access-control';
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
  addHooks(fastify, { access: app.get(AccessControl), metrics: app.get(Metrics), logger });
  app.enableCors({
    origin: settings.env.CORS_ORIGINS.length > 0 ? settings.env.CORS_ORIGINS : false,
    exposedHeaders: ['Authorization', 'X-Request-Id', 'Idempotency-Replayed', 'Retry-After'],
    maxAge: 600,
  });
  serveApiDocument(app);
  return app;
}

function fastifyAdapter(settings: Settings): FastifyAdapter {
  return new FastifyAdapter({
    trustProxy: settings.env.TRUST_PROXY,
    bodyLimit: settings.env.BODY_LIMIT_BYTES,
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) =>
      requestIdOf(request.headers),
    logger: false,
    requestTimeout: 60_000,
    keepAliveTimeout: 65_000,
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    return503OnClosing: true,
  });
}
