import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import mongoose from 'mongoose';
import { Actor } from './actor';
import { AnswerContract, keptDocument } from './contract';
import { testDatabase } from './database';

type Environment = Record<string, string>;

interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

const MAIN = resolve(__dirname, '../../dist/main.js');

/** An empty directory, for the data of one installation. */
export function freshDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'homecare-process-'));
}

/** Settings that put a process on the test run's database. */
export function onTestDatabase(database: string): Environment {
  return { MONGODB_URI: testDatabase().uri, MONGODB_DATABASE: database };
}

/** A command of src/cli, built, in a process of its own; resolves when it has ended. */
export async function runCommand(
  name: string,
  args: string[],
  environment: Environment = {},
): Promise<{ code: number; output: string }> {
  const file = resolve(MAIN, '../cli', `${name}.js`);
  const child = spawn(process.execPath, [file, ...args], {
    cwd: freshDataDir(),
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const code = child.exitCode ?? ((await once(child, 'close'))[0] as number);
  return { code, output: output + errors };
}

/** The password that is told there, if one is. */
export function toldPassword(output: string): string | undefined {
  return /密码 (\S+?)（/.exec(output)?.[1];
}

/** The built service in a process of its own: for what only a whole process shows. */
export class ServiceProcess {
  private static readonly running = new Set<ServiceProcess>();

  /** everything that it has written */
  output = '';
  readonly exit: Promise<Exit>;
  private readonly child: ChildProcess;

  private constructor(environment: Environment) {
    if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run npm run build first`);
    this.child = spawn(process.execPath, [MAIN], {
      // a directory without an .env file, and nothing of the tests' own environment
      cwd: freshDataDir(),
      env: { PATH: process.env['PATH'] ?? '', PORT: '0', HOST: '127.0.0.1', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const note = (chunk: Buffer) => {
      this.output += chunk.toString();
    };
    this.child.stdout?.on('data', note);
    this.child.stderr?.on('data', note);
    ServiceProcess.running.add(this);
    this.exit = new Promise((done) =>
      this.child.once('close', (code, signal) => {
        ServiceProcess.running.delete(this);
        done({ code, signal });
      }),
    );
  }

  /** For afterAll: a test that failed half-way leaves no process behind. */
  static async endAll(): Promise<void> {
    await Promise.all([...ServiceProcess.running].map((service) => service.kill()));
  }

  /** Starts a process that may well refuse to start; `exit` tells. */
  static launch(environment: Environment): ServiceProcess {
    return new ServiceProcess({ DATA_DIR: freshDataDir(), ...environment });
  }

  /** Starts a process and waits for its banner. */
  static async start(environment: Environment = {}): Promise<ServiceProcess> {
    const service = ServiceProcess.launch(environment);
    await service.started();
    return service;
  }

  async started(): Promise<void> {
    const refused = this.exit.then(({ code }) => {
      throw new Error(`the service ended with ${String(code)}:\n${this.output}`);
    });
    const banner = new Promise<void>((done) => {
      const look = () => (this.output.includes('健康检查') ? done() : undefined);
      look();
      this.child.stdout?.on('data', look);
    });
    await Promise.race([banner, refused]);
  }

  get url(): string {
    const [, url] = /服务：(http:\S+)/.exec(this.output) ?? [];
    if (!url) throw new Error(`no address in:\n${this.output}`);
    return url;
  }

  /** Megabytes of memory that the process has at present (Linux). */
  get residentMegabytes(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  }

  /** The password that the banner shows, if it shows one. */
  get printedPassword(): string | undefined {
    return toldPassword(this.output);
  }

  asGuest(): Actor {
    return new Actor(this.url, new AnswerContract(keptDocument()));
  }

  async logIn(username: string, password: string): Promise<Actor> {
    const guest = this.asGuest();
    const { body } = await guest.post('/api/auth/login', { username, password });
    return guest.withToken(body.data.token as string);
  }

  signal(signal: NodeJS.Signals): Promise<Exit> {
    this.child.kill(signal);
    return this.exit;
  }

  /** To the process and those that it has started, as a terminal and many a service manager do (Linux). */
  signalAll(signal: NodeJS.Signals): Promise<Exit> {
    const { pid } = this.child;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    if (children.length === 0) throw new Error(`process ${pid} has no children`);
    for (const child of children) process.kill(Number(child), signal);
    return this.signal(signal);
  }

  /** Without a chance to finish anything. */
  kill(): Promise<Exit> {
    return this.signal('SIGKILL');
  }

  stop(): Promise<Exit> {
    return this.signal('SIGTERM');
  }
}

/**
 * Ends a transaction that a test has orphaned: a real server would keep it, and what it has locked, for a minute;
 * the embedded one ends it with its connection.
 */
export async function endSession(lsid: unknown): Promise<void> {
  const { uri, embedded } = testDatabase();
  if (embedded) return;
  const connection = await mongoose.createConnection(uri).asPromise();
  await connection.db?.admin().command({ killSessions: [lsid] });
  await connection.close();
}

/** Ends the processes of a test file, then removes their databases. */
export async function endProcesses(...databases: string[]): Promise<void> {
  await ServiceProcess.endAll();
  const connection = await mongoose.createConnection(testDatabase().uri).asPromise();
  for (const name of databases) await connection.useDb(name).dropDatabase();
  await connection.close();
}

/** The first administrator of processes that share a database. */
export const BOSS = { ADMIN_USERNAME: 'boss', ADMIN_PASSWORD: 'correct-horse-9' };

export function asBoss(service: ServiceProcess): Promise<Actor> {
  return service.logIn(BOSS.ADMIN_USERNAME, BOSS.ADMIN_PASSWORD);
}
