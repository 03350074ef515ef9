import '../../src/source-maps';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SANDBOX_CREDENTIALS, startSandbox, type Sandbox } from '@homecare/platform-sandbox';
import { spawnServer } from '@homecare/embedded-mongo';
import { Books } from './checks';
import { Front } from './front';
import { Instances } from './instances';
import { MarketClient, type Member } from './market';
import { readOptions, type SoakOptions, USAGE } from './options';
import { Payers } from './payers';

const DIST = join(__dirname, '..', '..', '..');
const DATABASE = `soak_money_${process.pid}`;
const DAY_MS = 86_400_000;

interface Ground {
  environment: Record<string, string>;
  client: MarketClient;
  payers: Payers;
  instances: Instances;
  books: Books;
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') return say(USAGE);
  const dataDir = mkdtempSync(join(tmpdir(), 'soak-money-'));
  const uri = process.env['SOAK_MONGODB_URI'];
  const embedded = uri ? undefined : await spawnServer({ dataDir: join(dataDir, 'mongo') });
  const databaseUri = uri ?? embedded?.uri ?? '';
  const sandbox = await startSandbox();
  const front = await Front.start();
  const environment = { ...environmentOf(sandbox, databaseUri), DATA_DIR: dataDir };
  const instances = new Instances(join(DIST, 'main.js'), environment, front);
  const books = await Books.open(databaseUri, DATABASE);
  try {
    await instances.start(2);
    const payers = new Payers(sandbox.url);
    // everything is paid yesterday, so that there is a bill of it
    await payers.order('configure', { wechatPay: { deliverTo: front.url, daysAgo: 1 } });
    const ground = { environment, client: new MarketClient(front.url), payers, instances, books };
    process.exitCode = await soak(options, ground, uri ? 'a real MongoDB' : 'the embedded server');
  } finally {
    await instances.stop();
    front.stop();
    await sandbox.stop();
    await books.drop();
    await books.close();
    await embedded?.stop();
    rmSync(dataDir, { recursive: true });
  }
}

async function soak(options: SoakOptions, ground: Ground, database: string): Promise<number> {
  const { client, payers, instances, books } = ground;
  say(`${options.orders} orders by ${options.members} members, two instances, ${database}`);
  const begun = Date.now();
  const members = await registered(client, options.members);
  const jobs = await posted(client, members);
  await buyAll(options, ground, members, jobs);
  say(`orders are made after ${seconds(begun)} s, ${instances.kills} × kill -9`);
  const settling = Date.now();
  while ((await books.unsettled(await payers.trades())) > 0) {
    if (Date.now() - settling > options.settleSeconds * 1000) break;
    await pause(1000);
  }
  say(`settled ${seconds(settling)} s after the last order`);
  const trades = await payers.trades();
  const problems = await books.problems(trades);
  for (const problem of problems.slice(0, 50)) say(`PROBLEM ${problem}`);
  const agrees = (await reconcile(ground.environment)) === 0;
  await report(ground, trades.length, trades.filter(({ state }) => state === 'SUCCESS').length);
  say(`problems: ${problems.length}; the bill ${agrees ? 'agrees' : 'DIFFERS'}`);
  return problems.length === 0 && agrees ? 0 : 1;
}

async function registered(client: MarketClient, count: number): Promise<Member[]> {
  const members: Member[] = [];
  for (let i = 0; i < count; i += 1)
    members.push(await client.register(`soak${i}`, `139${String(i).padStart(8, '0')}`));
  return members;
}

/** One job of each member; by number. */
async function posted(client: MarketClient, members: Member[]): Promise<number[]> {
  const jobs: number[] = [];
  for (const member of members) {
    await client.post(member, '/job/create', JOB);
    const { body } = await client.post(member, '/jobs/my', {});
    const [job] = (body.data?.['list'] ?? []) as { id: number }[];
    jobs.push(job?.id ?? 0);
  }
  return jobs;
}

const JOB = {
  positions: '保洁',
  longitude: 121.473701,
  latitude: 31.230416,
  address: '上海市黄浦区南京东路 100 号',
  contact: '13800138000',
  description: '包吃住，月休 4 天。',
  first_area_id: 31,
  first_area_des: '上海市',
  second_area_id: 3101,
  second_area_des: '上海市辖区',
  third_area_id: 310101,
  third_area_des: '黄浦区',
  salary_min: 6000,
  salary_max: 8000,
};

/** Buyers at work side by side; now and then an instance is killed among them. */
async function buyAll(
  { orders, buyers, kills }: SoakOptions,
  { client, payers, instances }: Ground,
  members: Member[],
  jobs: number[],
): Promise<void> {
  let made = 0;
  const killEvery = kills > 0 ? Math.floor(orders / (kills + 1)) : Infinity;
  const replacements: Promise<void>[] = [];
  const replace = (): void => {
    const replacement = instances.replaceOne();
    // awaited below; until then, nobody else hears of it
    replacement.catch(() => undefined);
    replacements.push(replacement);
  };
  const buyer = async (): Promise<void> => {
    for (let n = made++; n < orders; n = made++) {
      const at = n % members.length;
      const { path, body } = purchase(n, jobs[at] ?? 0);
      const { body: answer } = await client.post(members[at]!, path, body);
      const orderNo = answer.data?.['order_no'];
      if (typeof orderNo !== 'string') throw new Error(`no order: ${JSON.stringify(answer)}`);
      // one in ten thinks better of it
      if (n % 10 !== 9) await payers.pay(orderNo, Math.random());
      if (n % 3 === 0)
        await client.post(members[at]!, '/contact_voucher/cost', {
          purpose_id: jobs[(at + n) % jobs.length],
        });
      if (n > 0 && n % killEvery === 0 && replacements.length < kills) replace();
      if (n % 50 === 0) say(`${n} orders`);
    }
  };
  await Promise.all(Array.from({ length: buyers }, buyer));
  await Promise.all(replacements);
}

function purchase(n: number, jobId: number): { path: string; body: object } {
  if (n % 8 === 7) return { path: '/jobs/top', body: { job_id: jobId, top_hour: 24, price: 2 } };
  if (n % 8 === 5) return { path: '/jobs/refresh/pay', body: { job_id: jobId, price: 1.99 } };
  const body = n % 2 ? { price: 3.99, contact_voucher_num: 1 } : { price: 34, contact_voucher_num: 10 };
  return { path: '/contact_voucher/buy', body };
}

async function reconcile(environment: Record<string, string>): Promise<number> {
  const day = new Date(Date.now() + 8 * 3_600_000 - DAY_MS).toISOString().slice(0, 10);
  const child = spawn(process.execPath, [join(DIST, 'cli', 'reconcile.js'), '--date', day], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number];
  return code;
}

async function report(
  { client, payers, instances, books }: Ground,
  made: number,
  paid: number,
): Promise<void> {
  const delays = await books.delays();
  const latencies = client.latencies.toSorted((a, b) => a - b);
  const at = (sorted: number[], share: number): number =>
    sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  say('');
  say(
    '| orders | paid | notices lost | doubled | kill -9 | requests repeated | from order to benefit, p50 | p99 | longest | request p50 | p99 |',
  );
  say('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  const figures = [
    made,
    paid,
    payers.lost,
    payers.doubled,
    instances.kills,
    client.repeats,
    ...[0.5, 0.99, 1].map((share) => `${(at(delays, share) / 1000).toFixed(1)} s`),
    ...[0.5, 0.99].map((share) => `${at(latencies, share).toFixed(0)} ms`),
  ];
  say(`| ${figures.join(' | ')} |`);
  say('');
}

function environmentOf({ url, wechatPay }: Sandbox, databaseUri: string): Record<string, string> {
  const { wechat } = SANDBOX_CREDENTIALS;
  if (!wechatPay) throw new Error('the sandbox has no WeChat Pay');
  return {
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'error',
    MONGODB_URI: databaseUri,
    MONGODB_DATABASE: DATABASE,
    JWT_SECRET: 'a secret of the soak, long enough for HS256',
    RATE_LIMIT_PER_IP: '10000000',
    RATE_LIMIT_PER_USER: '10000000',
    RATE_LIMIT_FACTOR: '100000',
    PUBLIC_BASE_URL: 'https://market.example.cn',
    WECHAT_APP_ID: wechat.appId,
    WECHAT_APP_SECRET: wechat.appSecret,
    WECHAT_API_BASE_URL: `${url}/wechat`,
    WECHAT_PAY_MCH_ID: wechatPay.merchantId,
    WECHAT_PAY_SERIAL_NO: wechatPay.serialNo,
    WECHAT_PAY_PRIVATE_KEY: wechatPay.privateKey,
    WECHAT_PAY_API_V3_KEY: wechatPay.apiV3Key,
    WECHAT_PAY_PUBLIC_KEY_ID: wechatPay.publicKeyId,
    WECHAT_PAY_PUBLIC_KEY: wechatPay.publicKey,
    WECHAT_PAY_BASE_URL: `${url}/wechat-pay`,
  };
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(1);
}

function say(text: string): void {
  console.log(text);
}

main().catch((error: unknown) => {
  console.error(error);
  // servers that are still there would keep it from ending
  process.exit(1);
});
