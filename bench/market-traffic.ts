import { randomUUID } from 'node:crypto';
import type { Request } from 'autocannon';
import { type Db, MongoClient } from 'mongodb';
import type { BenchDatabase } from './database';
import { memberToken } from './variants';

export const MARKET_ROUTES = [
  'jobs-recommended',
  'jobs-nearby',
  'jobs-newest',
  'job-info',
  'voucher-cost',
] as const;
export type MarketRoute = (typeof MARKET_ROUTES)[number];

const QUERY_TYPES: Partial<Record<MarketRoute, number>> = {
  'jobs-recommended': 1,
  'jobs-nearby': 2,
  'jobs-newest': 3,
};
const JSON_BODY = { 'content-type': 'application/json' };
/** The people's square in Shanghai, around which the invented jobs lie. */
const HERE = { longitude: 121.473701, latitude: 31.230416 };
const PAGES = [1, 2, 3];
const PAYERS = 100;
/** More than a measurement can spend. */
const VOUCHERS = 1_000_000;

interface PostedJob {
  _id: number;
  memberId: number;
}

/** The marketplace's requests: somebody turns pages and looks at jobs, members pay for contacts. */
export class MarketTraffic {
  private spent = 0;

  private constructor(
    private readonly database: BenchDatabase,
    private readonly jobs: PostedJob[],
    private readonly payers: { id: number; token: string }[],
  ) {}

  static prepare(database: BenchDatabase): Promise<MarketTraffic> {
    return within(database, async (db) => {
      const active = { status: 1, bizType: 1 };
      const fields = { projection: { memberId: 1 } };
      const jobs = await db.collection<PostedJob>('marketplace_jobs').find(active, fields).toArray();
      const members = await db
        .collection<{ _id: number }>('members')
        .find({}, { projection: { _id: 1 } })
        .limit(PAYERS)
        .toArray();
      const traffic = new MarketTraffic(
        database,
        jobs,
        members.map(({ _id }) => ({ id: _id, token: memberToken(_id) })),
      );
      await traffic.startAfresh();
      return traffic;
    });
  }

  /** Forgets what members have paid for, so that there is enough left to pay for, and gives them vouchers. */
  async startAfresh(): Promise<void> {
    this.spent = 0;
    await within(this.database, async (db) => {
      // the accounts first: what is still under way writes to them, and fails or has been committed then
      for (const collection of ['voucher_accounts', 'voucher_entries', 'contact_passes'])
        await db.collection(collection).deleteMany({});
      const updatedAt = new Date();
      await db
        .collection<{ _id: number }>('voucher_accounts')
        .insertMany(this.payers.map(({ id }) => ({ _id: id, balance: VOUCHERS, entries: 0, updatedAt })));
    });
  }

  requests(route: MarketRoute): Request[] {
    if (route === 'voucher-cost')
      return [post('/contact_voucher/cost', (request) => this.nextContact(request))];
    if (route === 'job-info') return this.jobs.slice(0, PAYERS).map(({ _id }) => lookAt(_id));
    const query_type = QUERY_TYPES[route];
    return PAGES.map((page_num) =>
      post('/jobs/list', (request, context) => {
        // one request_id for the pages that one connection turns, and then another
        context['look'] ??= randomUUID();
        const body = { request_id: context['look'], query_type, filter: HERE, page_num, page_size: 10 };
        return { ...request, headers: JSON_BODY, body: JSON.stringify(body) };
      }),
    );
  }

  /** A job that this member has not paid for yet. */
  private nextContact(request: Request): Request {
    for (;;) {
      const turn = this.spent++;
      const payer = this.payers[turn % this.payers.length];
      const job = this.jobs[Math.floor(turn / this.payers.length)];
      if (!payer || !job) throw new Error('every member has paid for every job: more --jobs are needed');
      if (job.memberId === payer.id) continue;
      const headers = { ...JSON_BODY, authorization: payer.token, user_id: String(payer.id) };
      return { ...request, headers, body: JSON.stringify({ purpose_id: job._id, purpose_type: 1 }) };
    }
  }
}

async function within<T>({ uri, name }: BenchDatabase, use: (db: Db) => Promise<T>): Promise<T> {
  const client = await MongoClient.connect(uri);
  try {
    return await use(client.db(name));
  } finally {
    await client.close();
  }
}

function post(path: string, setupRequest: (request: Request, context: Context) => Request): Request {
  return {
    method: 'POST',
    path,
    setupRequest: (request, context) => setupRequest(request, context as Context),
  };
}
type Context = Record<string, string>;

function lookAt(job_id: number): Request {
  return { method: 'POST', path: '/jobs/info', headers: JSON_BODY, body: JSON.stringify({ job_id }) };
}
