import { MongoBackend } from '@agendajs/mongo-backend';
import { Agenda, type Job } from 'agenda';
import { setTimeout as sleep } from 'node:timers/promises';
import { Embedded } from './support/embedded';

const embedded = new Embedded();
let agendas: Agenda[] = [];

beforeAll(() => embedded.start());
afterAll(() => embedded.stop());
afterEach(async () => {
  await Promise.all(agendas.map((agenda) => agenda.stop()));
  agendas = [];
});

/** An instance as the service would have it, that looks for work ten times a second. */
async function instance(name: string, run: (job: Job) => Promise<void>): Promise<Agenda> {
  const backend = new MongoBackend({ mongo: embedded.db, collection: 'jobs' });
  const agenda = new Agenda({ backend, processEvery: 100, name: `instance ${agendas.length}` });
  agenda.define(name, run);
  agendas.push(agenda);
  await agenda.ready;
  return agenda;
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 200 && !isTrue(); attempt++) await sleep(50);
  expect(isTrue()).toBe(true);
}

describe('agenda', () => {
  it('runs each job once, whichever of two instances takes it', async () => {
    const done: number[] = [];
    const run = async (job: Job): Promise<void> => {
      done.push((job.attrs.data as { n: number }).n);
    };
    const [first, second] = [await instance('once', run), await instance('once', run)];
    await Promise.all(Array.from({ length: 12 }, (_, n) => (n % 2 ? first : second).now('once', { n })));
    await Promise.all([first.start(), second.start()]);
    await until(() => done.length >= 12);
    await sleep(500);
    expect([...done].sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, n) => n));
  });

  it('runs a recurring job again and again, and keeps one record of it', async () => {
    let runs = 0;
    const agenda = await instance('recurring', async () => {
      runs += 1;
    });
    await agenda.every('1 second', 'recurring');
    await agenda.every('1 second', 'recurring');
    await agenda.start();
    await until(() => runs >= 3);
    expect(await embedded.db.collection('jobs').countDocuments({ name: 'recurring' })).toBe(1);
  });

  it('runs after a restart what was scheduled before it', async () => {
    const before = await instance('later', async () => undefined);
    await before.schedule(new Date(Date.now() + 1000), 'later', { kept: true });
    await before.stop();
    agendas = [];
    await embedded.restart();
    const data: unknown[] = [];
    const after = await instance('later', async (job) => {
      data.push(job.attrs.data);
    });
    await after.start();
    await until(() => data.length > 0);
    expect(data).toEqual([{ kept: true }]);
  });
});
