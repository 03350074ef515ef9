import { Types } from 'mongoose';
import { checkCharacter } from '../../src/common/validation/id-number';
import type { Resume } from '../../src/modules/resumes/resume.schema';
import type { Actor, Answer } from './actor';
import type { TestApp } from './app';
import { phone } from './factories';

export const RESUMES = '/api/resumes/miniprogram';
export const PUBLIC = '/api/resumes/public';

export function resumeInput(overrides: Record<string, unknown> = {}) {
  return { name: '张桂芳', phone: phone(), jobType: 'yuexin', ...overrides };
}

/** Of one area, day and sex there are so many numbers. */
const ORDERS = 500;
let numbers = 0;

/** An identity number of nobody, since its area code, 990000 and following, is no place's; each time another one. */
export function idNumberOf(birthDay: string, sex: 'female' | 'male' = 'female'): string {
  const count = numbers++;
  const area = 990_000 + Math.floor(count / ORDERS);
  const order = (count % ORDERS) * 2 + (sex === 'male' ? 1 : 0);
  const digits = `${area}${birthDay.replaceAll('-', '')}${String(order).padStart(3, '0')}`;
  return digits + checkCharacter(digits);
}

/** Creates a resume through the API, as `actor`, and gives its detail. */
export async function createResume(
  actor: Actor,
  overrides: Record<string, unknown> = {},
): Promise<Answer['body']> {
  const answer = await actor.post(`${RESUMES}/create`, resumeInput(overrides));
  if (answer.status !== 200) throw new Error(`the resume was not created: ${answer.text}`);
  return answer.body.data.resume;
}

/** Registers somebody through the public form, and gives what they get back. */
export async function selfRegister(
  guest: Actor,
  overrides: Record<string, unknown> = {},
): Promise<Answer['body']> {
  const answer = await guest.post(
    `${RESUMES}/self-register`,
    resumeInput({ gender: 'female', age: 40, ...overrides }),
  );
  if (answer.status !== 200) throw new Error(`nobody was registered: ${answer.text}`);
  return answer.body.data;
}

/** What the database holds of a resume. */
export async function storedResume(app: TestApp, id: string): Promise<Resume> {
  const record = await app.connection.collection<Resume>('resumes').findOne({ _id: new Types.ObjectId(id) });
  if (!record) throw new Error(`no resume ${id} is stored`);
  return record;
}

/** Sets what only time or other routes would set. */
export async function setStoredResume(
  app: TestApp,
  id: string,
  fields: Record<string, unknown>,
): Promise<void> {
  await app.connection
    .collection<Resume>('resumes')
    .updateOne({ _id: new Types.ObjectId(id) }, { $set: fields });
}

/** The Shanghai day that many whole years before today. */
export function birthDayOfAge(years: number): string {
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  // 1 January has always passed, so that the age does not depend on the day of the test
  return `${Number(today.slice(0, 4)) - years}-01-01`;
}
