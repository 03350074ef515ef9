import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import pino from 'pino';
import { createApp } from '../../src/app.setup';
import type { AccessRule } from '../../src/common/access/access-rule';
import { Access } from '../../src/common/access/access.decorator';
import { CrmController, MarketplaceController, PlainController } from '../../src/common/http/controllers';
import { refuseUndecidedRoutes } from '../../src/common/http/undecided-routes';
import { Settings } from '../../src/config/settings';
import { apiDocument } from '../../src/openapi';
import { freshDatabaseName, testDatabase } from '../support/database';
import {
  MEMBER_ROUTES,
  OPTIONAL_MEMBER_ROUTES,
  OPTIONAL_STAFF_ROUTES,
  PUBLIC_ROUTES,
  STAFF_ROUTES,
} from './access-table';

/** The application before it has its routes. */
function unstartedApp(): Promise<NestFastifyApplication> {
  const settings = Settings.load({
    NODE_ENV: 'test',
    JWT_SECRET: 'a secret of the tests, long enough for HS256',
    MONGODB_DATABASE: freshDatabaseName(),
  });
  return createApp({ settings, logger: pino({ level: 'silent' }), database: testDatabase() });
}

function wordOf(rule: AccessRule | undefined): string {
  if (!rule) return 'undecided';
  return rule.kind === 'staff' ? rule.roles.join(' ') : rule.kind;
}

/** Figures for machines, pages for people: neither is part of the APIs. */
const UNDOCUMENTED = /^GET \/(metrics|h5)(\/|$)/;

const NOT_STAFF = new Set(['public', 'optional-staff', 'member', 'optional-member']);
/** What Swagger UI asks for, where it is not simply a token of the CRM's; a member sends both headers. */
const MEMBER = { marketplace: [], user_id: [] };
const SECURITY: Record<string, object[]> = {
  public: [],
  'optional-staff': [{ crm: [] }, {}],
  member: [MEMBER],
  'optional-member': [MEMBER, {}],
};

describe('the list of routes and who may call them', () => {
  let app: NestFastifyApplication;
  let document: OpenAPIObject;
  /** `GET /api/users/:id` → `admin manager`, as Fastify has it */
  const routes: Record<string, string> = {};
  beforeAll(async () => {
    app = await unstartedApp();
    const fastify = app.getHttpAdapter().getInstance();
    fastify.addHook('onRoute', ({ method, url, config }) => {
      for (const verb of [method].flat()) {
        // Fastify answers HEAD with the route of GET, and a preflight has no answer of ours
        if (verb !== 'HEAD' && verb !== 'OPTIONS') routes[`${verb} ${url}`] = wordOf(config?.access);
      }
    });
    await app.init();
    document = apiDocument(app);
  });
  afterAll(() => app.close());

  it('holds these public routes and no other', () => {
    const open = Object.keys(routes).filter((route) => routes[route] === 'public');
    expect(open.sort()).toEqual([...PUBLIC_ROUTES].sort());
  });

  it('holds these routes that tell staff more, and no other', () => {
    const optional = Object.keys(routes).filter((route) => routes[route] === 'optional-staff');
    expect(optional.sort()).toEqual([...OPTIONAL_STAFF_ROUTES].sort());
  });

  it('holds these routes for members and no other', () => {
    const ofMembers = Object.keys(routes).filter((route) => routes[route] === 'member');
    expect(ofMembers.sort()).toEqual([...MEMBER_ROUTES].sort());
  });

  it('holds these routes that tell members more, and no other', () => {
    const optional = Object.keys(routes).filter((route) => routes[route] === 'optional-member');
    expect(optional.sort()).toEqual([...OPTIONAL_MEMBER_ROUTES].sort());
  });

  it('holds these routes for staff, with these roles, and no other', () => {
    const closed = Object.entries(routes).filter(([, access]) => !NOT_STAFF.has(access));
    const expected = Object.entries(STAFF_ROUTES).map(([route, roles]) => [route, roles.join(' ')]);
    expect(Object.fromEntries(closed)).toEqual(Object.fromEntries(expected));
  });

  it("holds what the API document says of each route's access, and asks for a token where one is needed", () => {
    const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations as Record<string, { 'x-access': string; security?: object[] }>).map(
        ([method, operation]) => ({
          route: `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
          access: operation['x-access'],
          security: operation.security ?? [],
        }),
      ),
    );
    const described = Object.entries(routes).filter(([route]) => !UNDOCUMENTED.test(route));
    expect(Object.fromEntries(documented.map(({ route, access }) => [route, access]))).toEqual(
      Object.fromEntries(described),
    );
    for (const { route, access, security } of documented) {
      expect([route, security]).toEqual([route, SECURITY[access] ?? [{ crm: [] }]]);
    }
  });

  it("has the API document's own pages open besides", async () => {
    for (const url of ['/api/docs', '/api/docs-json']) {
      expect((await app.inject({ method: 'GET', url })).statusCode).toBe(200);
    }
  });

  it('leaves HEAD to the same decision as GET', async () => {
    expect((await app.inject({ method: 'HEAD', url: '/api/users' })).statusCode).toBe(401);
    expect((await app.inject({ method: 'HEAD', url: '/api/health/live' })).statusCode).toBe(200);
  });
});

describe('a route without a decision', () => {
  it.each([
    ['CRM', () => CrmController('things', '东西')],
    ['marketplace', () => MarketplaceController('things', '东西')],
    ['plain', () => PlainController('things')],
  ])('stops the start in a %s controller, and is named', (_kind, decorator) => {
    expect(() => {
      @decorator()
      class Things {
        @Get('decided')
        @Access('public')
        decided() {
          return 'open to all';
        }

        @Get()
        forgotten() {
          return 'open to all by mistake';
        }
      }
      return Things;
    }).toThrow('Things.forgotten has no @Access');
  });

  it("stops the start in a controller that is Nest's own", async () => {
    @Controller('things')
    class Things {
      @Get()
      forgotten() {
        return 'open to all by mistake';
      }
    }
    @Module({ controllers: [Things] })
    class ThingsModule {}
    const app = await NestFactory.create<NestFastifyApplication>(ThingsModule, new FastifyAdapter(), {
      logger: false,
      abortOnError: false,
    });
    refuseUndecidedRoutes(app.getHttpAdapter().getInstance());
    await expect(app.init()).rejects.toThrow('no access decision for GET /things');
  });

  it('stops the start when it is added to Fastify directly, wherever it hides', async () => {
    const app = await unstartedApp();
    const fastify = app.getHttpAdapter().getInstance();
    for (const url of ['/raw', '/api/raw', '/api/docsx', '/x/api/docs']) {
      expect(() => fastify.get(url, () => 'open to all')).toThrow(`no access decision for GET ${url}`);
    }
    await app.close();
  });
});

describe('@Access', () => {
  it('takes roles or one word, not both', () => {
    expect(() => Access('admin', 'public')).toThrow('mixes roles with other words');
    expect(() => Access('member', 'optional-member')).toThrow('mixes roles with other words');
    expect(() => Access('staff', 'member')).toThrow('mixes roles with other words');
  });
});
