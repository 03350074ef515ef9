import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { Type } from '@nestjs/common';
import { getConnectionToken } from '@nestjs/mongoose';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Connection } from 'mongoose';
import { createApp } from '../../src/app.setup';
import type { Role } from '../../src/common/access/principal';
import { createLogger } from '../../src/common/logging/logger';
import { Settings } from '../../src/config/settings';
import { ensureIndexes } from '../../src/database/indexes';
import { apiDocument } from '../../src/openapi';
import { Tokens } from '../../src/common/access/tokens';
import { MembersService } from '../../src/modules/members/members.service';
import { UsersService } from '../../src/modules/users/users.service';
import { Actor } from './actor';
import { AnswerContract, keptDocument } from './contract';
import { returnDatabase, takeDatabase, testDatabase } from './database';
import { PASSWORD, phone, userInput } from './factories';

const UNREAD_MS = 20_000;

/** Tells what a request does from what the background does meanwhile. */
const requests = new AsyncLocalStorage<true>();
const isOfRequest = () => requests.getStore() === true;

/** A command, what it is about, and which records. */
interface Sent {
  name: string;
  of: string;
  where: string;
}

interface StartOptions {
  env?: Record<string, string>;
  /** the database of another app, to be a second instance of it */
  database?: string;
  /** another way to the test run's database server */
  databaseUri?: string;
  features?: Type[];
}

/** The real application on a port and a database of its own, with ready actors to call it. */
export class TestApp {
  /** How many apps of this file run on each database that is from the pool. */
  private static readonly borrowed = new Map<string, number>();

  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
    readonly connection: Connection,
    readonly contract: AnswerContract,
    /** every log line so far, as written */
    readonly logLines: string[],
  ) {}

  /** Two apps given one `database` are two instances of the service. */
  static async start(options: StartOptions = {}): Promise<TestApp> {
    const databaseName = options.database ?? (await TestApp.borrow());
    TestApp.count(databaseName, 1);
    const settings = Settings.load({
      NODE_ENV: 'test',
      PORT: '0',
      HOST: '127.0.0.1',
      JWT_SECRET: 'a secret of the tests, long enough for HS256',
      DATA_DIR: mkdtempSync(join(tmpdir(), 'homecare-data-')),
      MONGODB_DATABASE: databaseName,
      RATE_LIMIT_PER_IP: '1000000',
      RATE_LIMIT_PER_USER: '1000000',
      RATE_LIMIT_FACTOR: '1000',
      ...options.env,
    });
    const database = { ...testDatabase(), ...(options.databaseUri && { uri: options.databaseUri }) };
    const logLines: string[] = [];
    const sink = new Writable({ write: (chunk, _encoding, done) => (logLines.push(String(chunk)), done()) });
    // routes of a test's own are not in the document as it is kept
    const document = options.features ? undefined : keptDocument();
    const app = await createApp({
      settings,
      logger: createLogger(settings, sink),
      database,
      features: options.features,
      document,
    });
    const connection = app.get<Connection>(getConnectionToken());
    await ensureIndexes(connection, database.uri);
    app.getHttpServer().prependListener('request', () => requests.enterWith(true));
    // once more, since what reads the body is called by the socket
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('preHandler', (_request, _reply, next) => requests.run(true, next));
    await app.init();
    await app.listen(0, '127.0.0.1');
    const contract = new AnswerContract(document ?? apiDocument(app));
    return new TestApp(app, await app.getUrl(), connection, contract, logLines);
  }

  get database(): string {
    return this.connection.name;
  }

  /** A caller without a token. */
  asGuest(): Actor {
    return new Actor(this.url, this.contract);
  }

  asAdmin = () => this.asStaff('admin');
  asManager = () => this.asStaff('manager');
  asEmployee = () => this.asStaff('employee');
  asHr = () => this.asStaff('hr');

  /** A new account of the role, logged in through the API. */
  async asStaff(role: Role): Promise<Actor> {
    const input = userInput({ role });
    const caller = { principal: undefined, requestId: 'test', ip: '' };
    const user = await this.app.get(UsersService).create({ ...input, active: true }, caller);
    const login = await this.asGuest().post('/api/auth/login', {
      username: input.username,
      password: PASSWORD,
    });
    return new Actor(this.url, this.contract, {
      id: user.id,
      token: login.body.data.token,
      username: input.username,
    });
  }

  /** A new member of the marketplace, as if registered; without a sandbox of WeChat's being asked. */
  async asMember(known: { openid?: string; phone?: string } = {}): Promise<Actor> {
    const newcomer = { openid: known.openid ?? `o_member_${randomUUID()}`, phone: known.phone ?? phone() };
    const { _id, tokenVersion } = await this.app.get(MembersService).register(newcomer, {});
    const token = this.app.get(Tokens).issue('marketplace', String(_id), tokenVersion);
    return this.asGuest().asMember(_id, token);
  }

  /** The commands that requests, made by `work`, let the app send to the database. */
  databaseCalls(work: () => Promise<unknown>): Promise<string[]> {
    // a request may put a job into the queue; taking it out, and what is then done, is the queue's own
    return this.commands(work, ({ name, of }) => isOfRequest() && (of !== 'jobs' || name === 'insert'));
  }

  /** The commands that the app sends on its own while `work` runs, but for what it looks for every now and then. */
  backgroundCalls(work: () => Promise<unknown>): Promise<string[]> {
    const swept = /nextAttemptAt|leaseUntil|sweepAfter|seenAt|lastLeftAt|lastActivityAt/;
    return this.commands(work, ({ where }) => !isOfRequest() && !swept.test(where));
  }

  private async commands(work: () => Promise<unknown>, counts: (sent: Sent) => boolean): Promise<string[]> {
    const commands: string[] = [];
    const note = ({
      commandName: name,
      command,
    }: {
      commandName: string;
      command: Record<string, unknown>;
    }) => {
      const of = String(command[name]);
      const where = JSON.stringify(command['filter'] ?? command['query'] ?? '');
      if (counts({ name, of, where })) commands.push(`${name} ${of}`);
    };
    this.connection.getClient().on('commandStarted', note);
    await work();
    this.connection.getClient().off('commandStarted', note);
    return commands;
  }

  /** The last app on a database of the pool gives it back. */
  async stop(): Promise<void> {
    const { database } = this;
    // an answer that a test left unread; none is under way for so long
    const patience = setTimeout(() => this.app.getHttpServer().closeAllConnections(), UNREAD_MS);
    await this.app.close();
    clearTimeout(patience);
    if (TestApp.count(database, -1) === 0) await returnDatabase(database);
  }

  private static async borrow(): Promise<string> {
    const name = await takeDatabase();
    TestApp.borrowed.set(name, 0);
    return name;
  }

  private static count(database: string, change: 1 | -1): number | undefined {
    const running = TestApp.borrowed.get(database);
    if (running === undefined) return undefined;
    TestApp.borrowed.set(database, running + change);
    return running + change;
  }
}
