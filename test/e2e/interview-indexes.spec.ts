import { RoomSweep } from '../../src/modules/interview/room-sweep';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { onRealMongo } from '../support/database';
import { EventReader } from '../support/event-reader';
import { eventually } from '../support/eventually';
import { type Command, explain, expectBounded, readsOf } from '../support/explain';
import { INTERVIEW, joined } from '../support/interview';
import { loadRooms } from '../support/interview-load';

const LOADING_MS = 900_000;
const FEW = 1000;
const MANY = 10_000;
/** Of a room that runs. */
const ROOM_ID = 'room_50';

type Query = Record<string, string | number>;

const LISTED: Query[] = [
  {},
  { status: 'active' },
  { status: 'ended' },
  ...['张', '张娜', '面试', 'z', 'zhangn', 'zn', '没有人', 'room_7'].map((keyword) => ({ keyword })),
  { keyword: '面试', status: 'active' },
  { keyword: 'z', status: 'ended' },
  { page: 5, pageSize: 100 },
  { page: 100, pageSize: 100, status: 'ended' },
  { page: 3, pageSize: 100, keyword: '试' },
];

onRealMongo('the reads of interview rooms', () => {
  let app: TestApp;
  let hosts: Actor[];
  /** by the name of a request: what the service sends to the database for it */
  const sent = new Map<string, Command[]>();
  const note = async (name: string, work: () => Promise<unknown>) =>
    sent.set(name, await readsOf(app, 'interview', work));

  beforeAll(async () => {
    app = await TestApp.start();
    hosts = await Promise.all([1, 2, 3].map(() => app.asHr()));
    await loadRooms(app, { from: 0, to: FEW, hosts: hosts.map(({ id }) => id) });
    const people = { host: hosts[0] as Actor, manager: await app.asManager(), guest: app.asGuest() };
    const list = (who: 'host' | 'manager', query: Query) =>
      note(`${who} rooms ${JSON.stringify(query)}`, async () =>
        expect((await people[who].get(`${INTERVIEW}/rooms`, query)).status).toBe(200),
      );
    for (const query of LISTED) for (const who of ['host', 'manager'] as const) await list(who, query);
    await note('latest-room', () => people.host.get(`${INTERVIEW}/latest-room`));
    await note('room', () => people.guest.get(`${INTERVIEW}/room/${ROOM_ID}`));
    await note('join', () => joined(people.guest, ROOM_ID));
    await note('sweep', () => app.app.get(RoomSweep).sweep());
    await note('the look for changes', watchForASecond);
    await note('the sweep of closings', sweepClosings);
  }, LOADING_MS);
  afterAll(() => app.stop(), LOADING_MS);

  async function watchForASecond(): Promise<void> {
    const readers = [];
    for (const n of [0, 50, 100]) readers.push(await EventReader.open(app.url, `room_${n}`));
    await Promise.all(readers.map((reader) => reader.next()));
    // changed elsewhere
    await app.connection
      .collection('interview_rooms')
      .updateOne({ roomId: ROOM_ID }, { $inc: { revision: 1 } });
    await readers[1]?.next();
    for (const reader of readers) reader.close();
  }

  async function sweepClosings(): Promise<void> {
    const jobs = app.connection.collection('jobs');
    const job = { name: 'interview.closing-sweep' };
    await jobs.updateOne(job, { $set: { nextRunAt: new Date(0), lastFinishedAt: null } });
    // its next run is written down before it runs
    await eventually(async () => expect((await jobs.findOne(job))?.['lastFinishedAt']).toBeInstanceOf(Date), {
      within: 10_000,
    });
  }

  it.each([FEW, MANY])(
    'are bounded at %d rooms',
    async (size) => {
      if (size > FEW) await loadRooms(app, { from: FEW, to: size, hosts: hosts.map(({ id }) => id) });
      expect(await app.connection.collection('interview_rooms').countDocuments()).toBe(size);
      expect(sent.size).toBe(2 * LISTED.length + 6);
      for (const [name, commands] of sent) {
        expect([name, commands.length > 0]).toEqual([name, true]);
        for (const command of commands) {
          const explained = await explain(app, command);
          try {
            expectBounded(explained);
          } catch (error) {
            throw new Error(`${name}: ${JSON.stringify({ command, explained })}`, { cause: error });
          }
        }
      }
      // three finds, of which each has its own index
      expect(sent.get('sweep')).toHaveLength(3);
      // the look itself reads no document
      const look = await explain(app, sent.get('the look for changes')?.at(-2) as Command);
      expect(look).toMatchObject({ documentsExamined: 0, returned: 3 });
    },
    LOADING_MS,
  );
});
