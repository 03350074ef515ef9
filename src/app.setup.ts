import helmet from '@fastify/helmet';
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
    forceCloseConnections: true,
  });
  const fastify = app.getHttpAdapter().getInstance();
  refuseUndecidedRoutes(fastify);
  addHooks(fastify, { access: app.get(AccessControl), metrics: app.get(Metrics), logger });
  await app.register(helmet, helmetOptions);
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

/** Swagger UI sets styles from its script; nothing else here is a page. */
const helmetOptions = {
  contentSecurityPolicy: {
    directives: {
      defaultSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      // over plain http on a developer's machine an upgrade would break the page's own scripts
      upgradeInsecureRequests: null,
    },
  },
  crossOriginResourcePolicy: { policy: 'cross-origin' as const },
};
