import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { mongo } from 'mongoose';
import { freshDatabaseName, testDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { freshDataDir } from '../support/service-process';

const PRICE = '100000 位客户约占 3.0 GB';

describe('npm run seed', () => {
  const database = freshDatabaseName();
  afterAll(async () => {
    const client = await mongo.MongoClient.connect(testDatabase().uri);
    await client.db(database).dropDatabase();
    await client.close();
  });

  /** What it prints until something shows that it is at work, or it has ended. */
  async function seed(args: string[], until: string, env: Record<string, string> = {}): Promise<string> {
    const cli = resolve(__dirname, '../../dist/cli/seed.js');
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: freshDataDir(),
      env: { PATH: process.env['PATH'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'exit');
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
    try {
      await eventually(async () => expect(output).toContain(until), { within: 30_000 });
      return output;
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  }
  const many = ['--customers', '100000', '--resumes', '0', '--jobs', '0'];

  it('says what many customers cost on the embedded database, and the way out', async () => {
    const output = await seed(many, 'MONGODB_URI');
    expect(output).toContain(PRICE);
  });

  it('says nothing of it for a database of its own, or for few', async () => {
    const own = { MONGODB_URI: testDatabase().uri, MONGODB_DATABASE: database };
    expect(await seed(many, '客户 [', own)).not.toContain('内存');
    const few = ['--customers', '20', '--resumes', '0', '--jobs', '0'];
    expect(await seed(few, '可以用以下账号登录')).not.toContain('内存');
  });

  it('has it in its help', async () => {
    expect(await seed(['--help'], '--replace')).toContain('超过 20000 位请用 MONGODB_URI');
  });
});
