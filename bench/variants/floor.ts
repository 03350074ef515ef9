import fastify from 'fastify';
import { type Filter, MongoClient, ObjectId } from 'mongodb';
import { type CustomerRow, detail, LIST_FIELDS, listItem, namesOf, pageOf, success } from './customer';
import {
  PUBLISHED,
  RESUME_DETAIL_FIELDS,
  RESUME_INDEX,
  RESUME_LIST_FIELDS,
  RESUME_ORDER,
  resumeDetail,
  resumeListItem,
  type ResumeRow,
} from './resume';

interface ListQuery {
  page?: string;
  pageSize?: string;
  contractStatus?: string;
}

/**
 * The floor: what the same answers cost with nothing but Fastify and the driver. The same queries, the same bytes;
 * no access check, no validation, no limits, no log.
 */
async function main(): Promise<void> {
  const client = await MongoClient.connect(process.env['MONGODB_URI'] ?? '', { maxPoolSize: 50 });
  const database = client.db(process.env['MONGODB_DATABASE']);
  const customers = database.collection<CustomerRow>('customers');
  const resumes = database.collection<ResumeRow>('resumes');
  const nameOf = namesOf(await database.collection<{ name: string }>('users').find().toArray());
  const app = fastify({ logger: false, forceCloseConnections: true });

  app.get('/ready', () => ({ status: 'ok' }));

  app.get<{ Querystring: ListQuery }>('/api/customers/miniprogram/list', async ({ query }) => {
    const page = Number(query.page ?? 1);
    const pageSize = Number(query.pageSize ?? 10);
    const { contractStatus } = query;
    const filter: Filter<CustomerRow> = contractStatus
      ? { contractStatus, updatedAt: { $gte: new Date(0) } }
      : {};
    const [rows, total] = await Promise.all([
      customers
        .find(filter, { projection: LIST_FIELDS, hint: 'all_updated' })
        .sort({ updatedAt: -1, _id: -1 })
        .skip((page - 1) * pageSize)
        .limit(pageSize)
        .toArray(),
      contractStatus
        ? customers.countDocuments(filter, { hint: 'all_updated' })
        : customers.estimatedDocumentCount(),
    ]);
    return success(
      pageOf(
        rows.map((row) => listItem(row, nameOf)),
        total,
        page,
        pageSize,
      ),
    );
  });

  app.get<{ Params: { id: string } }>('/api/customers/miniprogram/:id', async ({ params }, reply) => {
    const _id = new ObjectId(params.id);
    const row = await customers.findOne({ _id }, { projection: { searchTerms: 0 } });
    return row ? success(detail(row, nameOf)) : reply.code(404).send();
  });

  app.get<{ Querystring: ListQuery }>('/api/resumes/public/list', async ({ query }) => {
    const page = Number(query.page ?? 1);
    const pageSize = Number(query.pageSize ?? 10);
    const [rows, total] = await Promise.all([
      resumes
        .find(PUBLISHED, { projection: RESUME_LIST_FIELDS, hint: RESUME_INDEX })
        .sort(RESUME_ORDER)
        .skip((page - 1) * pageSize)
        .limit(pageSize)
        .toArray(),
      resumes.countDocuments(PUBLISHED, { hint: RESUME_INDEX }),
    ]);
    return success(pageOf(rows.map(resumeListItem), total, page, pageSize));
  });

  app.get<{ Params: { id: string } }>('/api/resumes/public/:id', async ({ params }, reply) => {
    const filter = { _id: new ObjectId(params.id), ...PUBLISHED };
    const row = await resumes.findOne(filter, { projection: RESUME_DETAIL_FIELDS });
    return row ? success(resumeDetail(row)) : reply.code(404).send();
  });

  await app.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
  process.once('SIGTERM', () => void app.close().then(() => client.close()));
}

void main();
