import { mongo, Types } from 'mongoose';
import { CONTACT, contactSchema } from '../../src/modules/contacts/contact.schema';
import { FAVOURITE, favouriteId, favouriteSchema } from '../../src/modules/jobs/favourite.schema';
import { listingOf } from '../../src/modules/jobs/job-board';
import { JOB_LISTING, jobListingSchema } from '../../src/modules/jobs/job-listing.schema';
import { newJob } from '../../src/modules/jobs/job-making';
import { JOB, type Job, jobSchema } from '../../src/modules/jobs/job.schema';
import type { TestApp } from './app';
import { testDatabase } from './database';

const BATCH = 5000;
const MINUTE_MS = 60_000;
const POSITIONS = [
  '保洁',
  '月嫂',
  '厨师长',
  '服务员',
  '收银员',
  '后厨切配',
  '货车司机',
  '快递员',
  '保安',
  '育儿嫂',
];
const TAGS = ['社保', '公积金', '包吃', '包住', '年终奖', '节日福利', '双休', '带薪年假'];
const CITIES = [
  [121.47, 31.23],
  [120.15, 30.27],
  [120.58, 31.3],
  [118.79, 32.06],
] as const;
/** How many members the jobs are shared out among. */
const MEMBERS = 1000;
/** Favourites and contacts beside the jobs; one member's are what is read. */
const MOST_AROUND = 10_000;
/** Of the parts of positions, those that tests look for: with all of them the load would take many times as long. */
const PARTS = ['厨师', '主管', '月嫂', '嫂', '员', '保'].map((part) => `p${part}`);

const SCHEMAS = {
  [JOB]: jobSchema,
  [JOB_LISTING]: jobListingSchema,
  [FAVOURITE]: favouriteSchema,
  [CONTACT]: contactSchema,
};

/**
 * Puts the n-th jobs (`to` left out) straight into the database beside those that are there, each with the version
 * that the lists know, and every twentieth with one that has ended; favourites and contacts with them. Builds the indexes
 * afterwards, which is many times faster.
 */
export async function loadJobs(app: TestApp, { from, to }: { from: number; to: number }): Promise<void> {
  const [jobs, listings, favourites, contacts] = Object.keys(SCHEMAS).map(
    (name) => app.connection.model(name).collection,
  );
  for (const collection of [jobs, listings, favourites, contacts]) await collection!.dropIndexes();
  const unordered = { ordered: false, writeConcern: { w: 1 as const } };
  for (let start = from; start < to; start += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, to - start) }, (_, i) => job(start + i));
    await jobs!.insertMany(batch as never[], unordered);
    await listings!.insertMany(batch.flatMap(versions), unordered);
    if (start >= MOST_AROUND) continue;
    await favourites!.insertMany(batch.map(favourite) as never[], unordered);
    await contacts!.insertMany(batch.map(contact) as never[], unordered);
  }
  const revision = { $set: { last: to } };
  await app.connection
    .collection<{ _id: string; last: number }>('sequences')
    .updateOne({ _id: 'job-board' }, revision, { upsert: true });
  await buildIndexes(app);
}

/** On a connection without a time limit: one command over everything takes longer than any request may. */
async function buildIndexes(app: TestApp): Promise<void> {
  const client = await mongo.MongoClient.connect(testDatabase().uri);
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    const { collectionName } = app.connection.model(name).collection;
    const indexes = schema.indexes().map(([key, options]) => ({
      key,
      ...options,
    }));
    await client
      .db(app.database)
      .collection(collectionName)
      .createIndexes(indexes as mongo.IndexDescription[]);
  }
  await client.close();
}

/** Spreads what the n-th job is by steps that share no divisor, so that all combinations occur. */
function job(n: number): Job {
  const pick = <T>(values: readonly T[], step: number): T =>
    values[Math.floor(n / step) % values.length] as T;
  const tags = TAGS.filter((_, i) => (n >> i) & 1 || (n * 7 + i) % 11 === 0);
  const [longitude, latitude] = pick(CITIES, 1);
  const createdAt = new Date(Date.now() - n * MINUTE_MS);
  const topped = n % 200 === 0;
  return {
    ...newJob(n + 1, 1 + (n % MEMBERS), {
      biz_type: n % 10 === 9 ? 2 : 1,
      positions: pick(POSITIONS, 3) + (n % 97 === 0 ? '主管' : ''),
      contact: '13800138000',
      longitude: longitude + (((n * 7919) % 1000) - 500) / 2500,
      latitude: latitude + (((n * 104_729) % 1000) - 500) / 3000,
      address: '上海市黄浦区南京东路 100 号',
      description: '包吃住，月休 4 天。',
      first_area_id: 31,
      second_area_id: 3101 + (n % 4),
      third_area_id: 310_101 + (n % 37),
      salary_min: 3000 + (n % 13) * 500,
      salary_max: n % 17 ? 6000 + (n % 19) * 500 : -1,
      basic_protection: tags.slice(0, 2),
      salary_benefits: tags.slice(2, 4),
      attendance_leave: tags.slice(4),
    }),
    createdAt,
    updatedAt: createdAt,
    lastRefreshAt: new Date(createdAt.getTime() + ((n * 31) % 600) * MINUTE_MS),
    topStartsAt: topped ? createdAt : null,
    topEndsAt: topped ? new Date(Date.now() + 72 * 60 * MINUTE_MS) : null,
  };
}

function versions(one: Job) {
  // revisions of the first jobs, so that what is asked for at one size is the same at another
  const revision = 1 + (one._id % 500);
  const listing = listingOf(one, revision, new Date());
  const valid = {
    ...listing,
    terms: listing.terms.filter((term) => !term.startsWith('p') || PARTS.includes(term)),
  };
  if (one._id % 20) return [valid];
  const ended = {
    ...valid,
    _id: new Types.ObjectId(),
    since: 0,
    until: revision,
    endedAt: new Date(),
  };
  return [ended, valid];
}

function favourite({ _id: jobId, bizType, createdAt }: Job) {
  const memberId = 1 + (jobId % 50);
  return { _id: favouriteId(memberId, jobId), memberId, jobId, bizType, createdAt };
}

function contact({ _id, memberId: ownerId, bizType, positions, address, createdAt }: Job) {
  const memberId = 1 + (_id % 50);
  return {
    _id,
    memberId,
    jobId: _id,
    ownerId,
    bizType,
    positions,
    address,
    name: '段先生',
    phone: '13800138000',
    createdAt,
  };
}
