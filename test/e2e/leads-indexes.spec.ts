import { Types } from 'mongoose';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { onRealMongo } from '../support/database';
import { eventually } from '../support/eventually';
import { type Command, explain, readsOf } from '../support/explain';
import { ACTION, actionInput, queuedMessages, subscribedAdvisor, sweepNow } from '../support/leads';

const RECORDS = 1000;
const WAITING = new Date(Date.now() + 3_600_000);

onRealMongo('the indexes of leads, messages and jobs', () => {
  let app: TestApp;
  let advisor: Actor;
  beforeAll(async () => {
    app = await TestApp.start({ env: { JOBS_POLL_MS: '200' } });
    advisor = await subscribedAdvisor(app, 'o_indexed');
    const rows = <T>(make: (i: number) => T) => Array.from({ length: RECORDS }, (_, i) => make(i));
    const phones = rows((i) => String(13800000000 + i));
    await app.connection
      .collection('customers')
      .insertMany(phones.map((phone, i) => ({ phone, customerId: `CUS9${String(i).padStart(10, '0')}` })));
    await app.connection.collection('customer_actions').insertMany(
      rows((i) => ({
        openid: `o_old${i}`,
        advisorId: new Types.ObjectId(i % 2 ? advisor.id : undefined),
        actionType: 'view_resume',
        noticeQueuedAt: i % 100 ? new Date(0) : null,
      })),
    );
    await app.connection.collection('jobs').insertMany(
      rows((i) => ({
        name: 'messages.send',
        priority: 0,
        type: 'normal',
        lockedAt: null,
        nextRunAt: new Date(+WAITING + i),
      })),
    );
    await queuedMessages(app).insertMany(
      rows((i) => ({
        _id: new Types.ObjectId(),
        channel: 'subscribe',
        recipientId: new Types.ObjectId(advisor.id),
        touser: 'o_later',
        templateId: 'tmpl_customer',
        data: {},
        page: '',
        status: i % 2 ? 'queued' : 'sent',
        attempts: 0,
        nextAttemptAt: WAITING,
        doubts: 0,
        createdAt: new Date(),
      })),
    );
  });
  afterAll(() => app.stop());

  /** The next command of that kind on a collection that the service sends. */
  function next(name: string, collection: string): Promise<Command> {
    const client = app.connection.getClient();
    return new Promise((found) => {
      const look = ({ commandName, command }: { commandName: string; command: Command }) => {
        if (commandName !== name || command[name] !== collection) return;
        client.off('commandStarted', look);
        found(command);
      };
      client.on('commandStarted', look);
    });
  }

  it('let an action read no more than it finds', async () => {
    const act = () => app.asGuest().post(ACTION, actionInput(advisor.id, { customerPhone: '13800000500' }));
    const reads = await readsOf(app, 'customer', act);
    expect(reads.map((command) => command['find'])).toEqual(['customers', 'customer_actions']);
    for (const read of reads) {
      const { documentsExamined, returned, stages } = await explain(app, read);
      expect(stages).not.toContain('COLLSCAN');
      expect(documentsExamined).toBeLessThanOrEqual(Math.max(returned, 1));
    }
  });

  it('let the queue look for its next job without passing over those that wait', async () => {
    const { findAndModify, query, sort, update } = await eventually(() => next('findAndModify', 'jobs'));
    expect(JSON.stringify(query)).toContain('lockedAt');
    const command = { findAndModify, query: { ...(query as object), name: 'messages.send' }, sort, update };
    const report = await app.connection.db!.command({ explain: command, verbosity: 'executionStats' });
    const { totalKeysExamined, totalDocsExamined } = report['executionStats'] as Record<string, number>;
    expect(totalKeysExamined).toBeLessThanOrEqual(5);
    expect(totalDocsExamined).toBeLessThanOrEqual(1);
  });

  it('let the sweep read what it takes', async () => {
    const swept = next('find', 'outgoing_messages');
    await sweepNow(app);
    const { documentsExamined, stages } = await explain(app, await swept);
    expect(stages).not.toContain('COLLSCAN');
    expect(documentsExamined).toBe(0);
  });
});
