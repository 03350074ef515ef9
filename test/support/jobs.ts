import type { Job } from '../../src/modules/jobs/job.schema';
import { JobsService } from '../../src/modules/jobs/jobs.service';
import { Transactions } from '../../src/database/transactions';
import type { Actor, Answer } from './actor';
import type { TestApp } from './app';

/** What a command of the marketplace answers. */
export const DONE = { code: 0, message: '', data: null };

/** The people's square in Shanghai. */
export const SHANGHAI = { longitude: 121.473701, latitude: 31.230416 };

export function jobInput(overrides: Record<string, unknown> = {}) {
  return {
    positions: '保洁',
    ...SHANGHAI,
    address: '上海市黄浦区南京东路 100 号',
    contact: '13800138000',
    contact_person_name: '段先生',
    description: '包吃住，月休 4 天。',
    photo_urls: ['https://example.com/photos/store-1.jpg'],
    first_area_id: 31,
    first_area_des: '上海市',
    second_area_id: 3101,
    second_area_des: '上海市辖区',
    third_area_id: 310101,
    third_area_des: '黄浦区',
    four_area_id: 310101001,
    four_area_des: '南京东路街道',
    salary_min: 6000,
    salary_max: 8000,
    ...overrides,
  };
}

/** Posts a job and finds out its number, which the answer does not tell. */
export async function post(member: Actor, overrides: Record<string, unknown> = {}): Promise<number> {
  const answer = await member.post('/job/create', jobInput(overrides));
  if (answer.status !== 200) throw new Error(`not posted: ${answer.text}`);
  const mine = await member.post('/jobs/my', { page_size: 100 });
  return Math.max(...mine.body.data.list.map(({ id }: { id: number }) => id));
}

let requests = 0;
/** A request_id that nobody has used. */
export const newLook = (): string => `look-${++requests}-${Date.now()}`;

export function list(
  actor: Actor,
  filter: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
): Promise<Answer> {
  return actor.post('/jobs/list', { request_id: newLook(), query_type: 1, filter, page_size: 100, ...more });
}

/** The numbers of the jobs of a list, in its order. */
export async function idsOf(answer: Answer | Promise<Answer>): Promise<number[]> {
  const { status, text, body } = await answer;
  if (status !== 200) throw new Error(`no list: ${text}`);
  return (body.data.jobs as { id: number }[]).map(({ id }) => id);
}

/** Tops a job, as a paid order does. */
export function top(app: TestApp, id: number, hours = 72): Promise<Job> {
  return app.app
    .get(Transactions)
    .run({}, (session) => app.app.get(JobsService).extendTop(id, hours, session));
}

/** Refreshes a job, as a paid order does. */
export function refreshPaid(app: TestApp, id: number): Promise<Job> {
  return app.app.get(Transactions).run({}, (session) => app.app.get(JobsService).refreshPaid(id, session));
}

export function storedJobs(app: TestApp) {
  return app.connection.collection<Job>('marketplace_jobs');
}
