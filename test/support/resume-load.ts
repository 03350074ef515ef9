import { type IndexDefinition, type IndexOptions, mongo, Types } from 'mongoose';
import { searchTerms } from '../../src/common/search/search-terms';
import { JOB_TYPES, ORDER_STATUSES, valuesOf } from '../../src/modules/resumes/resume.enums';
import { RESUME, type Resume, resumeSchema } from '../../src/modules/resumes/resume.schema';
import type { TestApp } from './app';
import { testDatabase } from './database';

const BATCH = 5000;
const HOUR_MS = 3_600_000;
const SURNAMES = [...'王李张刘陈杨赵黄周吴'];
const GIVEN = [...'芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚'];
const PLACES = ['浙江杭州', '安徽合肥', '江西上饶', '河南省信阳', '四川成都', '浙江衢州', '湖北黄冈'];
const ETHNICITIES = ['汉族', '汉', '回族', '畲族', '汉族'];
const STATUSES = ['published', 'published', 'published', 'draft', 'published', 'archived'] as const;
const termsOfName = new Map<string, string[]>();

/**
 * Puts the n-th resumes (`to` left out) straight into the database beside those that are there, and builds the
 * indexes afterwards, which is many times faster. Of a phone only some parts can be searched for.
 */
export async function loadResumes(app: TestApp, { from, to }: { from: number; to: number }): Promise<void> {
  const resumes = app.connection.model(RESUME).collection;
  await resumes.dropIndexes();
  const now = Date.now();
  for (let start = from; start < to; start += BATCH) {
    const size = Math.min(BATCH, to - start);
    const batch = Array.from({ length: size }, (_, i) => resume(start + i, now));
    await resumes.insertMany(batch, { ordered: false, writeConcern: { w: 1 } });
  }
  await buildIndexes(app, resumes.collectionName);
}

/** On a connection without a time limit: one command over everything takes longer than any request may. */
async function buildIndexes(app: TestApp, collection: string): Promise<void> {
  const client = await mongo.MongoClient.connect(testDatabase().uri);
  const indexes = resumeSchema.indexes().map(([key, options]) => asDescribed(key, options));
  await client.db(app.database).collection(collection).createIndexes(indexes);
  await client.close();
}

function asDescribed(key: IndexDefinition, options: IndexOptions): mongo.IndexDescription {
  return { key, ...options } as mongo.IndexDescription;
}

/** Spreads what the n-th resume is by steps that share no divisor, so that all combinations occur. */
function resume(n: number, now: number): Resume {
  const pick = <T>(values: readonly T[], step: number): T =>
    values[Math.floor(n / step) % values.length] as T;
  const name = pick(SURNAMES, 1) + pick(GIVEN, 7);
  const phone = `1${3 + (n % 7)}${String(n * 7919 + 100_000_000).slice(-9)}`;
  const createdAt = new Date(now - n * HOUR_MS);
  const born = `${1950 + (n % 55)}-0${1 + (n % 9)}-1${n % 10}`;
  return {
    _id: new Types.ObjectId(),
    name,
    phone,
    jobType: pick(valuesOf(JOB_TYPES), 3),
    status: pick(STATUSES, 1),
    leadSource: 'other',
    orderStatus: pick(valuesOf(ORDER_STATUSES), 2),
    ...(n % 11 ? { bornOn: born } : {}),
    nativePlace: pick(PLACES, 5),
    ethnicity: pick(ETHNICITIES, 2),
    selfIntroduction: n % 5 ? '从事家政工作多年，认真负责。' : undefined,
    introduced: Boolean(n % 5),
    derivedFields: [],
    createdBy: null,
    searchTerms: [...nameTerms(name), phone.slice(0, 2), phone.slice(0, 4), phone.slice(3, 7), phone],
    createdAt,
    updatedAt: createdAt,
  };
}

function nameTerms(name: string): string[] {
  let terms = termsOfName.get(name);
  if (!terms) termsOfName.set(name, (terms = searchTerms(name)));
  return terms;
}
