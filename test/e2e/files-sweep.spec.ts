import { spawnSync } from 'node:child_process';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Spool } from '../../src/common/uploads/spool';
import { Settings } from '../../src/config/settings';
import { FileStore } from '../../src/modules/files/file-store';
import { FileSweep } from '../../src/modules/files/file-sweep';
import type { StoredFile } from '../../src/modules/files/stored-file.schema';
import { ObjectStorage } from '../../src/platforms/storage/object-storage';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { createResume, jpeg, openFile, resumeOf, RESUMES, upload } from '../support/files';

const HOUR_MS = 3_600_000;

describe('the sweep of files that nothing refers to', () => {
  let app: TestApp;
  let admin: Actor;
  let id: string;
  beforeAll(async () => {
    app = await TestApp.start();
    admin = await app.asAdmin();
  });
  beforeEach(async () => {
    id = await createResume(admin);
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => app.stop());

  const files = () => app.connection.collection<StoredFile>('stored_files');
  const sweep = (later = 0) => app.app.get(FileSweep).sweep(new Date(Date.now() + later));
  const storage = () => app.app.get(ObjectStorage);
  async function objects(): Promise<string[]> {
    const keys: string[] = [];
    for await (const key of storage().list('objects/')) keys.push(key);
    return keys.sort();
  }
  /** From here on the process does as if it had died where the method is called. */
  const diesAt = (method: 'attach' | 'remove' | 'discard') =>
    jest.spyOn(app.app.get(FileStore), method).mockRejectedValue(new Error('the process ends here'));

  it('removes what was stored for a record and never attached, when it has been so for an hour', async () => {
    const before = await objects();
    diesAt('attach');
    diesAt('discard');
    expect((await upload(admin, id, 'certificate', await jpeg())).status).toBe(500);
    jest.restoreAllMocks();
    expect(await objects()).toHaveLength(before.length + 2);
    expect((await resumeOf(admin, id)).certificates).toEqual([]);
    expect(await sweep(HOUR_MS - 60_000)).toBe(0);
    expect(await sweep(HOUR_MS + 1)).toBe(1);
    expect(await objects()).toEqual(before);
    expect(await files().countDocuments({ state: 'pending' })).toBe(0);
  });

  it('removes what was stored half', async () => {
    const before = await objects();
    const put = storage().put.bind(storage());
    diesAt('discard');
    jest.spyOn(storage(), 'put').mockImplementation(async (key, file) => {
      if (key.endsWith('thumbnail.jpg')) throw new Error('the process ends here');
      await put(key, file);
    });
    expect((await upload(admin, id, 'certificate', await jpeg())).status).toBe(500);
    jest.restoreAllMocks();
    expect(await objects()).toHaveLength(before.length + 1);
    expect(await sweep(HOUR_MS + 1)).toBe(1);
    expect(await objects()).toEqual(before);
  });

  it.each(['replaced', 'deleted'])(
    'removes the objects of a %s file when the process died before it could',
    async (how) => {
      const fileUrl = (await upload(admin, id, 'idCardFront', await jpeg())).body.data.fileUrl;
      const before = await objects();
      diesAt('remove');
      const answer =
        how === 'replaced'
          ? await upload(admin, id, 'idCardFront', await jpeg())
          : await admin.delete(`${RESUMES}/${id}/delete-file`, { fileUrl, fileType: 'idCardFront' });
      expect(answer.status).toBe(200);
      jest.restoreAllMocks();
      // out of the resume and closed at once, whenever the bytes go
      expect((await openFile(app.url, fileUrl)).status).toBe(404);
      expect(await objects()).toEqual(expect.arrayContaining(before));
      expect(await sweep(1)).toBe(1);
      expect(await objects()).toHaveLength(before.length + (how === 'replaced' ? 0 : -2));
      expect(await sweep(1)).toBe(0);
    },
  );

  it('comes back to what a storage that was away has kept', async () => {
    const fileUrl = (await upload(admin, id, 'certificate', await jpeg())).body.data.fileUrl;
    jest.spyOn(storage(), 'delete').mockRejectedValue(new Error('away'));
    expect(
      (await admin.delete(`${RESUMES}/${id}/delete-file`, { fileUrl, fileType: 'certificate' })).status,
    ).toBe(200);
    expect(await sweep(1)).toBe(0);
    jest.restoreAllMocks();
    // not at once again: the rest has its turn first
    expect(await sweep(1)).toBe(0);
    expect(await sweep(11 * 60_000)).toBe(1);
  });

  it('leaves attached files alone, however old they are', async () => {
    await upload(admin, id, 'certificate', await jpeg());
    const before = await objects();
    expect(await sweep(1000 * HOUR_MS)).toBe(0);
    expect(await objects()).toEqual(before);
    const [{ url }] = (await resumeOf(admin, id)).certificates;
    expect((await openFile(app.url, url)).status).toBe(200);
  });

  it('wins against an upload that comes to its end an hour late: that fails, and leaves nothing', async () => {
    const store = app.app.get(FileStore);
    const attach = store.attach.bind(store);
    jest.spyOn(store, 'attach').mockImplementationOnce(async (references, session) => {
      await sweep(HOUR_MS + 1);
      await attach(references, session);
    });
    const before = await objects();
    const answer = await upload(admin, id, 'certificate', await jpeg());
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect((await resumeOf(admin, id)).certificates).toEqual([]);
    expect(await objects()).toEqual(before);
  });

  it('does twice at once no harm', async () => {
    for (let i = 0; i < 3; i++) {
      diesAt('attach');
      diesAt('discard');
      await upload(admin, id, 'certificate', await jpeg());
      jest.restoreAllMocks();
    }
    const removed = await Promise.all([sweep(HOUR_MS + 1), sweep(HOUR_MS + 1), sweep(HOUR_MS + 1)]);
    expect(removed.reduce((sum, count) => sum + count, 0)).toBe(3);
    expect(await files().countDocuments({ state: { $ne: 'attached' } })).toBe(0);
  });

  it('removes from the spool what processes that died have left there, and nothing of those that live', async () => {
    const directory = join(app.app.get(Settings).dataDir, 'uploads');
    const spool = app.app.get(Spool);
    const own = await spool.newPath('upload');
    const ended = spawnSync(process.execPath, ['-e', '']).pid;
    const parent = process.ppid;
    const of = (pid: number) => own.replace(`~${process.pid}-`, `~${pid}-`);
    const elsewhere = own.replace('upload-', 'upload-elsewhere.');
    const old = join(directory, 'upload-old');
    for (const path of [own, of(ended), of(parent), elsewhere, old]) writeFileSync(path, 'x');
    const twoHoursAgo = new Date(Date.now() - 2 * HOUR_MS);
    utimesSync(old, twoHoursAgo, twoHoursAgo);
    await spool.sweep(new Date());
    const left = () => readdirSync(directory).toSorted();
    expect(left()).toEqual([own, of(parent), elsewhere].map((path) => basename(path)).toSorted());
    // in a container, every process has the number of the one before
    await spool.sweep(new Date(), 'start');
    expect(left()).toEqual([of(parent), elsewhere].map((path) => basename(path)).toSorted());
  });
});
