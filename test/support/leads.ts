import { Types } from 'mongoose';
import type { OutgoingMessage } from '../../src/modules/messages/outgoing-message.schema';
import type { Role } from '../../src/common/access/principal';
import type { Actor, Answer } from './actor';
import type { TestApp } from './app';
import { phone } from './factories';

export const ACTION = '/api/customer/action';
export const SUBSCRIBE = '/api/advisor/subscribe';
export const TEMPLATE = 'tmpl_customer';

/** Binds WeChat identities to an account, as a log-in or a scanned code would. */
export async function bind(
  app: TestApp,
  userId: string,
  identity: { openid?: string; officialOpenid?: string },
): Promise<void> {
  await app.connection.collection('users').updateOne({ _id: new Types.ObjectId(userId) }, { $set: identity });
}

/** A member of staff bound to `openid` who wants to be told. */
export async function subscribedAdvisor(
  app: TestApp,
  openid: string,
  role: Role = 'employee',
): Promise<Actor> {
  const advisor = await app.asStaff(role);
  await bind(app, advisor.id, { openid });
  const answer = await subscribe(advisor, { openid });
  if (answer.status !== 200) throw new Error(`not subscribed: ${answer.text}`);
  return advisor;
}

export function subscribe(advisor: Actor, overrides: Record<string, unknown> = {}): Promise<Answer> {
  return advisor.post(SUBSCRIBE, {
    advisorId: advisor.id,
    templateId: TEMPLATE,
    subscribed: true,
    ...overrides,
  });
}

let people = 0;

/** An action of somebody new, with a phone that is nobody's. */
export function actionInput(advisorId: string, overrides: Record<string, unknown> = {}) {
  return {
    customerId: `o_person${++people}`,
    advisorId,
    actionType: 'view_resume',
    customerName: '张三',
    customerPhone: phone(),
    ...overrides,
  };
}

export function queuedMessages(app: TestApp) {
  return app.connection.collection<OutgoingMessage>('outgoing_messages');
}

export function messagesTo(app: TestApp, touser: string): Promise<OutgoingMessage[]> {
  return queuedMessages(app).find({ touser }).sort({ createdAt: 1 }).toArray();
}

/** Has the regular sweep of the queue come now rather than in a few seconds. */
export async function sweepNow(app: TestApp): Promise<void> {
  await app.connection
    .collection('jobs')
    .updateOne({ name: 'messages.sweep' }, { $set: { nextRunAt: new Date(0), lockedAt: null } });
}
