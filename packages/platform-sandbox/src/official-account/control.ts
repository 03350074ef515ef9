import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { ControlError } from '../control/control-error';
import type { Delivery, EventPusher } from './event-pusher';
import { sceneOf, type Followers } from './followers';
import type { QrCodes } from './qr-codes';

interface Account {
  pusher: EventPusher;
  followers: Followers;
  qrCodes: QrCodes;
}

interface PushOrder {
  fromUserName: string;
  event: string;
  eventKey: string;
  aes: boolean;
  times: number;
  delayMs: number;
  unionid?: string;
}

const PUSH_ORDER = {
  type: 'object',
  additionalProperties: false,
  required: ['fromUserName', 'event'],
  properties: {
    fromUserName: { type: 'string', minLength: 1, maxLength: 128 },
    event: { type: 'string', minLength: 1, maxLength: 64 },
    eventKey: { type: 'string', maxLength: 256, default: '' },
    aes: { type: 'boolean', default: false },
    times: { type: 'integer', minimum: 1, maximum: 20, default: 1 },
    delayMs: { type: 'integer', minimum: 0, maximum: 600_000, default: 0 },
    unionid: { type: 'string', maxLength: 128 },
  },
};

/** The followers' side of the official account. */
export function officialAccountControl(app: FastifyInstance, account: Account): void {
  app.post<{ Body: PushOrder }>('/push', { schema: { body: PUSH_ORDER } }, ({ body }) => push(account, body));
  app.post('/verify', () => {
    requireTarget(account);
    return account.pusher.verify();
  });
  app.get('/qrcodes', () => account.qrCodes.outstanding());
  app.get('/followers', () => account.followers.list());
}

/** Carries an order out; the answer is that to the last of its deliveries. */
async function push(account: Account, order: PushOrder): Promise<Delivery & { answers: Delivery[] }> {
  const { fromUserName, event, eventKey, aes, times, delayMs, unionid } = order;
  requireTarget(account);
  // WeChat knows of a new follower before the service does
  account.followers.note(fromUserName, event, eventKey, unionid);
  const ticket = account.qrCodes.ticketOf(sceneOf(eventKey));
  const message = account.pusher.compose({ fromUserName, event, eventKey, ticket, aes });
  if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
  const answers: Delivery[] = [];
  for (let time = 0; time < times; time++)
    answers.push(await account.pusher.deliver(message, fromUserName, aes));
  return { ...(answers.at(-1) as Delivery), answers };
}

function requireTarget(account: Account): void {
  if (account.pusher.eventUrl === undefined)
    throw new ControlError(
      409,
      'nowhere to push to: POST /_control/configure {"officialAccount":{"eventUrl":"…"}}',
    );
}
