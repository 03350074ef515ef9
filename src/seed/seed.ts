import type { Connection, mongo } from 'mongoose';
import { ARTICLE, articleSchema } from '../modules/articles/article.schema';
import { BANNER, bannerSchema } from '../modules/banners/banner.schema';
import { ASSIGNMENT_LOG, assignmentLogSchema } from '../modules/customers/assignment-log.schema';
import { CUSTOMER, customerSchema } from '../modules/customers/customer.schema';
import { FOLLOW_UP, followUpSchema } from '../modules/customers/follow-up.schema';
import { CONTACT, CONTACT_PASS, contactPassSchema, contactSchema } from '../modules/contacts/contact.schema';
import { FAVOURITE, favouriteSchema } from '../modules/jobs/favourite.schema';
import { JOB_CUT, jobCutSchema } from '../modules/jobs/job-cut.schema';
import { JOB_LISTING, jobListingSchema } from '../modules/jobs/job-listing.schema';
import { JOB, jobSchema } from '../modules/jobs/job.schema';
import { MEMBER, memberSchema } from '../modules/members/member.schema';
import { STORED_FILE, type StoredFile, storedFileSchema } from '../modules/files/stored-file.schema';
import { RESUME, resumeSchema } from '../modules/resumes/resume.schema';
import { SHARE_LINK, shareLinkSchema } from '../modules/resumes/share-link.schema';
import { Passwords } from '../modules/users/passwords';
import { USER, type User, userSchema } from '../modules/users/user.schema';
import { articles as demoArticles } from './articles';
import { banners as demoBanners } from './banners';
import type { ObjectStorage } from '../platforms/storage/object-storage';
import { arrivals, customerStory, type CustomerStory } from './customers';
import { Gallery, pictureId } from './gallery';
import * as marketplace from './marketplace';
import type { SeedOptions } from './options';
import { drawPortraits } from './portraits';
import { Random } from './random';
import { workerResume } from './resumes';
import { DEMO_USERNAME, staff } from './staff';

const BATCH = 1000;
/** Workers and content have rows of random numbers of their own, so that the others stay the same beside them. */
const WORKERS_SEED = 0x5eed;
const CONTENT_SEED = 0xc0de;
const MARKETPLACE_SEED = 0x10b5;
/** So many jobs for each member, on average. */
const JOBS_PER_MEMBER = 3;

/** Told after each batch how many customers are in. */
export type Progress = (customers: number) => void;

/** Where pictures are kept, and under which address the service shows them. */
export interface Shelf {
  storage: ObjectStorage;
  publicBaseUrl: string;
}

/** A reason not to load anything, in words for the person at the terminal. */
export class SeedRefused extends Error {}

/**
 * Fills a database with an invented agency: its staff, a year of customers, the workers, banners and articles; and
 * with a marketplace beside it.
 * The caller makes the indexes afterwards; keeping them up to date during a large load would cost most of its time.
 * @throws {SeedRefused} when there are customers, resumes, banners, articles or members already and `replace` is not set
 */
export async function seed(
  connection: Connection,
  files: Shelf,
  options: SeedOptions,
  progress: Progress,
): Promise<User[]> {
  const collections = collectionsOf(connection);
  if (options.replace) await clear(collections);
  else await refuseToMix(collections);
  const random = new Random(options.seed);
  const passwordHash = await new Passwords().hash(options.password);
  const team = staff(random, options.base, passwordHash);
  await collections.users.insertMany(team);
  // the database's own clock, as with every change of an account
  await collections.users.updateMany({}, { $currentDate: { stateChangedAt: true } });
  await loadCustomers(collections, random, team, options, progress);
  await Gallery.open(files.storage, async (gallery) => {
    await loadResumes(collections, gallery, team, options);
    await loadContent(collections, gallery, files.publicBaseUrl, options);
  });
  const numbered = await loadMarketplace(collections, options);
  // numbers given to new records go on after the invented ones
  for (const [_id, last] of Object.entries({ customer: options.customers, ...numbered })) {
    await connection
      .collection<{ _id: string; last: number }>('sequences')
      .updateOne({ _id }, { $max: { last } }, { upsert: true });
  }
  return team;
}

type Collections = ReturnType<typeof collectionsOf>;

function collectionsOf(connection: Connection) {
  return {
    users: connection.model(USER, userSchema).collection,
    customers: connection.model(CUSTOMER, customerSchema).collection,
    followUps: connection.model(FOLLOW_UP, followUpSchema).collection,
    assignmentLogs: connection.model(ASSIGNMENT_LOG, assignmentLogSchema).collection,
    resumes: connection.model(RESUME, resumeSchema).collection,
    storedFiles: connection.model(STORED_FILE, storedFileSchema).collection,
    shareLinks: connection.model(SHARE_LINK, shareLinkSchema).collection,
    banners: connection.model(BANNER, bannerSchema).collection,
    articles: connection.model(ARTICLE, articleSchema).collection,
    members: connection.model(MEMBER, memberSchema).collection,
    jobs: connection.model(JOB, jobSchema).collection,
    jobListings: connection.model(JOB_LISTING, jobListingSchema).collection,
    jobCuts: connection.model(JOB_CUT, jobCutSchema).collection,
    favourites: connection.model(FAVOURITE, favouriteSchema).collection,
    contacts: connection.model(CONTACT, contactSchema).collection,
    contactPasses: connection.model(CONTACT_PASS, contactPassSchema).collection,
  };
}

async function refuseToMix({
  users,
  customers,
  resumes,
  banners,
  articles,
  members,
}: Collections): Promise<void> {
  const kinds = [
    [customers, '位客户'],
    [resumes, '份简历'],
    [banners, '张轮播图'],
    [articles, '篇文章'],
    [members, '位市场用户'],
  ] as const;
  for (const [collection, what] of kinds) {
    const existing = await collection.estimatedDocumentCount();
    if (existing > 0)
      throw new SeedRefused(`数据库里已有 ${existing} ${what}，没有写入任何数据。用 --replace 先删除它们`);
  }
  if (await users.findOne({ usernameKey: DEMO_USERNAME }, { projection: { _id: 1 } })) {
    throw new SeedRefused('数据库里已有演示账号，没有写入任何数据。用 --replace 先删除它们');
  }
}

async function clear({ users, storedFiles, ...others }: Collections): Promise<void> {
  // the running service removes what no resume refers to any more
  await storedFiles.updateMany({}, { $set: { state: 'orphaned', sweepAfter: new Date() } });
  for (const collection of Object.values(others)) await collection.drop();
  await users.deleteMany({ usernameKey: DEMO_USERNAME });
}

async function loadContent(
  collections: Collections,
  gallery: Gallery,
  publicBaseUrl: string,
  { seed: number, base }: SeedOptions,
): Promise<void> {
  const random = new Random((number ^ CONTENT_SEED) >>> 0);
  const files: StoredFile[] = [];
  const hang = async (svg: string, createdAt: Date) => {
    const drawing = { id: pictureId(random), svg, fileName: '插图.jpg', thumbnailWidth: 200, createdAt };
    const file = await gallery.keep(drawing);
    files.push(file);
    return `${publicBaseUrl}/files/${file._id}.jpg`;
  };
  await insertAll(collections.banners, await demoBanners(random, base, hang));
  await insertAll(collections.articles, await demoArticles(random, base, hang));
  await insertAll(collections.storedFiles, files);
}

/** @returns the last numbers given to each kind of record */
async function loadMarketplace(
  { members, jobs, jobListings, contacts }: Collections,
  { seed: number, base, jobs: count }: SeedOptions,
): Promise<Record<string, number>> {
  if (count === 0) return {};
  const random = new Random((number ^ MARKETPLACE_SEED) >>> 0);
  const people = marketplace.members(random, Math.ceil(count / JOBS_PER_MEMBER), base);
  const posted = marketplace.jobs(random, count, people, base);
  const calls = marketplace.contacts(random, posted, people, base);
  await insertAll(members, people);
  for (let start = 0; start < count; start += BATCH) {
    const batch = posted.slice(start, start + BATCH);
    await insertAll(jobs, batch);
    await insertAll(jobListings, marketplace.listings(batch, base));
  }
  await insertAll(contacts, calls);
  return {
    member: people.length,
    'marketplace-job': count,
    contact: calls.length,
    'job-board': marketplace.SEEDED_REVISION,
  };
}

/** Makes the next batch while the database still takes in the one before. */
async function loadCustomers(
  collections: Collections,
  random: Random,
  team: User[],
  { customers, base }: SeedOptions,
  progress: Progress,
): Promise<void> {
  const dates = arrivals(random, customers, base);
  let writing = Promise.resolve();
  for (let start = 0; start < customers; start += BATCH) {
    const stories = dates
      .slice(start, start + BATCH)
      .map((createdAt, index) => customerStory(random, start + index + 1, createdAt, base, team));
    await writing;
    progress(start);
    writing = insert(collections, stories);
    // a failure is thrown where it is awaited; until then it must not count as unhandled
    writing.catch(() => undefined);
  }
  await writing;
  progress(customers);
}

async function insert(
  { customers, followUps, assignmentLogs }: Collections,
  stories: CustomerStory[],
): Promise<void> {
  await insertAll(
    customers,
    stories.map(({ customer }) => customer),
  );
  await insertAll(
    followUps,
    stories.flatMap((story) => story.followUps),
  );
  await insertAll(
    assignmentLogs,
    stories.flatMap((story) => story.assignmentLogs),
  );
}

async function insertAll(collection: mongo.Collection, documents: object[]): Promise<void> {
  if (documents.length > 0) await collection.insertMany(documents, { ignoreUndefined: true });
}

async function loadResumes(
  { resumes, storedFiles }: Collections,
  gallery: Gallery,
  team: User[],
  { resumes: count, seed: number, base }: SeedOptions,
): Promise<void> {
  const random = new Random((number ^ WORKERS_SEED) >>> 0);
  const made = arrivals(random, count, base).map((createdAt, index) =>
    workerResume(random, index, createdAt, team),
  );
  await insertAll(storedFiles, await drawPortraits(random, made, gallery));
  for (let start = 0; start < count; start += BATCH)
    await insertAll(resumes, made.slice(start, start + BATCH));
}
