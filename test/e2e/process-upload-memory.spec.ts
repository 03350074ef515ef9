import { existsSync } from 'node:fs';
import type { Actor } from '../support/actor';
import { freshDatabaseName } from '../support/database';
import { createResume, film, form, RESUMES } from '../support/files';
import { asBoss, BOSS, endProcesses, onTestDatabase, ServiceProcess } from '../support/service-process';

/** UPLOAD_COUNT=20 UPLOAD_MB=50 measures what docs/performance.md tells. */
const COUNT = Number(process.env['UPLOAD_COUNT'] ?? 10);
const MEGABYTES = Number(process.env['UPLOAD_MB'] ?? 15);
/** Megabytes that the process may grow by: half of what holding the files whole would take. */
const MOST_GROWTH = (COUNT * MEGABYTES) / 2;

const onLinux = existsSync('/proc/self/status') ? describe : describe.skip;

onLinux('the memory of many large uploads at once', () => {
  const database = freshDatabaseName();
  let service: ServiceProcess;
  let boss: Actor;
  beforeAll(async () => {
    service = await ServiceProcess.start({ ...onTestDatabase(database), ...BOSS });
    boss = await asBoss(service);
  });
  afterAll(() => endProcesses(database));

  it('does not grow with their sizes', async () => {
    const video = film(MEGABYTES * 1024 * 1024);
    const send = (id: string, bytes: Buffer) =>
      boss.post(
        `${RESUMES}/${id}/upload-file`,
        form(['type', 'selfIntroductionVideo'], ['file', { bytes, name: 'a.mp4' }]),
      );
    const resumes = [];
    for (let i = 0; i < COUNT; i++) resumes.push(await createResume(boss));
    // what the first upload loads is not of the others' making
    await send(resumes[0]!, film());
    const before = service.residentMegabytes;
    const curve: number[] = [];
    const watch = setInterval(() => curve.push(Math.round(service.residentMegabytes)), 50);
    const startedAt = performance.now();
    const answers = await Promise.all(resumes.map((id) => send(id, video)));
    const seconds = (performance.now() - startedAt) / 1000;
    clearInterval(watch);
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(COUNT).fill(200));
    expect(answers.map(({ body }) => body.data.fileSize)).toEqual(Array<number>(COUNT).fill(video.length));
    const peak = Math.max(...curve);
    if (process.env['UPLOAD_COUNT'])
      console.log({ before: Math.round(before), peak, seconds, curve: curve.join(' ') });
    expect(peak - before).toBeLessThan(MOST_GROWTH);
  });
});
