import { type IndexDefinition, type IndexOptions, mongo, Types } from 'mongoose';
import {
  CONTRACT_STATUSES,
  LEAD_LEVELS,
  LEAD_SOURCES,
  SERVICE_TYPES,
  STAGES,
} from '../../src/modules/customers/customer.enums';
import { CUSTOMER, type Customer, customerSchema } from '../../src/modules/customers/customer.schema';
import { searchTerms } from '../../src/common/search/search-terms';
import type { TestApp } from './app';
import { testDatabase } from './database';

const BATCH = 5000;
const HOUR_MS = 3_600_000;
const SURNAMES = [...'王李张刘陈杨赵黄周吴'];
const GIVEN = [...'芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚'];
const termsOfName = new Map<string, string[]>();

interface Load {
  /** the n-th customers, `to` left out, are put beside those that are there */
  from: number;
  to: number;
  owners: string[];
}

/**
 * Puts customers straight into the database, shared out among `owners` and nobody, and builds the indexes
 * afterwards, which is many times faster. Of a phone only its beginnings and the whole can be searched for.
 */
export async function loadCustomers(app: TestApp, { from, to, owners }: Load): Promise<void> {
  const customers = app.connection.model(CUSTOMER).collection;
  await customers.dropIndexes();
  const now = Date.now();
  const ownerIds = [...owners.map((owner) => new Types.ObjectId(owner)), null];
  for (let start = from; start < to; start += BATCH) {
    const size = Math.min(BATCH, to - start);
    const batch = Array.from({ length: size }, (_, i) => customer(start + i, now, ownerIds));
    await customers.insertMany(batch, { ordered: false, writeConcern: { w: 1 } });
  }
  await buildIndexes(app, customers.collectionName);
}

/** On a connection without a time limit: one command over everything takes longer than any request may. */
async function buildIndexes(app: TestApp, collection: string): Promise<void> {
  const client = await mongo.MongoClient.connect(testDatabase().uri);
  const indexes = customerSchema.indexes().map(([key, options]) => asDescribed(key, options));
  await client.db(app.database).collection(collection).createIndexes(indexes);
  await client.close();
}

function asDescribed(key: IndexDefinition, options: IndexOptions): mongo.IndexDescription {
  return { key, ...options } as mongo.IndexDescription;
}

/** Spreads what the n-th customer is by steps that share no divisor, so that all combinations occur. */
function customer(n: number, now: number, owners: (Types.ObjectId | null)[]): Omit<Customer, 'wechatId'> {
  const pick = <T>(values: readonly T[], step: number): T =>
    values[Math.floor(n / step) % values.length] as T;
  const name = pick(SURNAMES, 1) + pick(GIVEN, 7);
  const phone = `1${3 + (n % 7)}${String(n * 7919 + 100_000_000).slice(-9)}`;
  const createdAt = new Date(now - n * HOUR_MS);
  return {
    _id: new Types.ObjectId(),
    customerId: `CUS${String(n).padStart(11, '0')}`,
    name,
    phone,
    serviceType: pick(SERVICE_TYPES, 2),
    leadSource: pick(LEAD_SOURCES, 3),
    leadLevel: pick(LEAD_LEVELS, 5),
    contractStatus: pick(CONTRACT_STATUSES, 11),
    status: pick(STAGES, 13),
    assignedTo: pick(owners, 1),
    assignedBy: null,
    assignedAt: null,
    createdBy: owners[0] as Types.ObjectId,
    lastFollowUpAt: null,
    lastFollowUpBy: null,
    nextFollowUpAt: n % 3 ? null : new Date(now + ((n % 90) - 45) * 24 * HOUR_MS),
    searchTerms: [...nameTerms(name), phone.slice(0, 2), phone.slice(0, 4), phone],
    createdAt,
    updatedAt: new Date(createdAt.getTime() + (n % 24) * HOUR_MS),
  };
}

function nameTerms(name: string): string[] {
  let terms = termsOfName.get(name);
  if (!terms) termsOfName.set(name, (terms = searchTerms(name)));
  return terms;
}

/** Gives one customer `count` follow-ups and assignment logs, and as many to customers around it. */
export async function loadHistory(
  app: TestApp,
  customerId: string,
  count: number,
  staff: string,
): Promise<void> {
  const own = new Types.ObjectId(customerId);
  const by = new Types.ObjectId(staff);
  const ofWhom = Array.from({ length: 2 * count }, (_, i) => (i % 2 ? own : new Types.ObjectId()));
  const at = (i: number) => new Date(Date.now() - i * HOUR_MS);
  const followUps = ofWhom.map((whose, i) => {
    return {
      customerId: whose,
      content: '跟进',
      type: 'phone',
      status: null,
      nextFollowUpAt: null,
      system: false,
      createdBy: by,
      createdAt: at(i),
    };
  });
  const logs = ofWhom.map((whose, i) => {
    return {
      customerId: whose,
      oldAssignedTo: null,
      newAssignedTo: by,
      assignedBy: by,
      assignedAt: at(i),
      reason: '',
      action: 'assign',
    };
  });
  await app.connection.collection('customer_follow_ups').insertMany(followUps);
  await app.connection.collection('customer_assignment_logs').insertMany(logs);
}
