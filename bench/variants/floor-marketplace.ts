import type { FastifyInstance } from 'fastify';
import type { Db, MongoClient } from 'mongodb';
import {
  type AccountRow,
  type ContactRow,
  contactOf,
  type EntryRow,
  entryOf,
  mustPay,
  passId,
  type PassRow,
  TRANSACTION,
} from './contact';
import { ACTIVE, DONE, HIDDEN_FIELDS, type JobRow, jobView, ok, OPEN, standingOf } from './job';
import { type CutRow, type JobDatabase, JobList, type ListRequest } from './job-list';

interface Counter {
  _id: string;
  last: number;
}

/** The marketplace's share of the floor. */
export function floorMarketplace(app: FastifyInstance, client: MongoClient, database: Db): void {
  const jobs = database.collection<JobRow>('marketplace_jobs');
  const list = new JobList(jobDatabase(database));

  app.post<{ Body: ListRequest }>('/jobs/list', async ({ body }) => ok(await list.page(body)));

  app.post<{ Body: { job_id: number } }>('/jobs/info', async ({ body }, reply) => {
    const job = await jobs.findOne({ _id: body.job_id });
    return job ? ok(jobView(job, standingOf(job))) : reply.code(404).send();
  });

  const spend = spending(client, database);
  app.post<{ Body: { purpose_id: number } }>('/contact_voucher/cost', async ({ body, headers }) => {
    await spend(Number(headers['user_id']), body.purpose_id);
    return DONE;
  });
}

function jobDatabase(database: Db): JobDatabase {
  const listings = database.collection('job_listings');
  const cuts = database.collection<CutRow>('job_cuts');
  const jobs = database.collection<JobRow>('marketplace_jobs');
  const counters = database.collection<Counter>('sequences');
  return {
    cut: (_id) => cuts.findOne({ _id }),
    dueTops: (now) =>
      listings
        .find({ topped: true, topEndsAt: { $lte: now }, until: OPEN }, { projection: { _id: 0, jobId: 1 } })
        .limit(200)
        .toArray(),
    revision: async () => {
      const counter = await counters.findOne({ _id: 'job-board' }, { readConcern: { level: 'majority' } });
      return counter?.last ?? 0;
    },
    keepCut: (cut) => cuts.insertOne(cut),
    rememberTotal: ({ _id, revision }, total) => cuts.updateOne({ _id, revision }, { $set: { total } }),
    versions: <T extends object>(stages: object[], hint: string) =>
      listings.aggregate<T>(stages, { hint }).toArray(),
    jobs: (ids) => jobs.find({ _id: { $in: ids } }, { projection: HIDDEN_FIELDS }).toArray(),
  };
}

/** One voucher for one contact, in one transaction. */
function spending(client: MongoClient, database: Db) {
  const jobs = database.collection<JobRow>('marketplace_jobs');
  const passes = database.collection<PassRow>('contact_passes');
  const accounts = database.collection<AccountRow>('voucher_accounts');
  const entries = database.collection<EntryRow>('voucher_entries');
  const contacts = database.collection<ContactRow>('contacts');
  const counters = database.collection<Counter>('sequences');
  const next = async (name: string): Promise<number> => {
    const options = { upsert: true, returnDocument: 'after' } as const;
    return (await counters.findOneAndUpdate({ _id: name }, { $inc: { last: 1 } }, options))?.last ?? 0;
  };
  return async (memberId: number, jobId: number): Promise<void> => {
    const contactId = await next('contact');
    await client.withSession((session) =>
      session.withTransaction(async () => {
        const now = new Date();
        const job = await jobs.findOne({ _id: jobId }, { session });
        if (job?.status !== ACTIVE || job.memberId === memberId) throw new Error('no job to contact');
        const _id = passId(memberId, jobId);
        if (!mustPay(await passes.findOne({ _id }, { session }), now)) return;
        await passes.updateOne({ _id }, { $set: { paidAt: now } }, { session, upsert: true });
        const account = await accounts.findOneAndUpdate(
          { _id: memberId, balance: { $gte: 1 } },
          { $inc: { balance: -1, entries: 1 }, $set: { updatedAt: now } },
          { session, returnDocument: 'after' },
        );
        if (!account) throw new Error('no voucher left');
        const entry = entryOf(await next('voucher-entry'), account, jobId, now);
        await entries.insertOne(entry, { session });
        await contacts.insertOne(contactOf(contactId, memberId, job, now), { session });
      }, TRANSACTION),
    );
  };
}
