import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Settings } from '../../src/config/settings';
import { LEASE_MS } from '../../src/common/idempotency/idempotency.schema';
import { type LocalFile, ObjectStorage } from '../../src/platforms/storage/object-storage';
import type { Actor, Answer } from '../support/actor';
import { TestApp } from '../support/app';
import { NOBODY } from '../support/customers';
import { eventually } from '../support/eventually';
import { createResume, film, form, jpeg, openFile, png, resumeOf, RESUMES } from '../support/files';
import { refusal } from '../support/refusal';

const key = (value: string) => ({ 'idempotency-key': value });
const replayed = ({ headers }: Answer) => headers.get('idempotency-replayed');

describe('an upload repeated under its Idempotency-Key', () => {
  let app: TestApp;
  let employee: Actor;
  let image: Buffer;
  let id: string;
  beforeAll(async () => {
    app = await TestApp.start();
    employee = await app.asEmployee();
    image = await jpeg();
  });
  beforeEach(async () => {
    id = await createResume(employee);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    expect(readdirSync(join(app.app.get(Settings).dataDir, 'uploads'))).toEqual([]);
  });
  afterAll(() => app.stop());

  const storage = () => app.app.get(ObjectStorage);
  const files = () => app.connection.collection<{ _id: string; state: string }>('stored_files');
  const claims = () => app.connection.collection('idempotency_claims');
  /** Every test has keys of its own: they belong to the caller and the route, not to the resume. */
  let keys = 0;
  const freshKey = () => key(`upload-${keys++}`);

  interface Sent {
    type?: string;
    bytes?: Buffer;
    name?: string;
    to?: string;
    by?: Actor;
  }
  const upload = (
    headers: Record<string, string>,
    { type = 'certificate', bytes = image, name = 'a.jpg', to = id, by = employee }: Sent = {},
  ) => by.post(`${RESUMES}/${to}/upload-file`, form(['type', type], ['file', { bytes, name }]), headers);
  const certificates = async () =>
    (await resumeOf(employee, id)).certificates as { id: string; url: string }[];

  /** All objects in the storage belong to files that a record refers to. */
  async function expectNothingLeftOver() {
    const attached = new Set((await files().find({ state: 'attached' }).toArray()).map(({ _id }) => _id));
    expect(await files().countDocuments()).toBe(attached.size);
    for await (const object of storage().list('objects/')) expect(attached).toContain(object.split('/')[2]);
  }

  it('gets the first answer, byte for byte, and there is one file', async () => {
    const once = freshKey();
    const [first, second] = [await upload(once), await upload(once)];
    expect(first).toMatchObject({ status: 200, body: { message: '上传成功', data: { resumeId: id } } });
    expect(second).toMatchObject({ status: 200, text: first.text });
    expect([replayed(first), replayed(second)]).toEqual([null, 'true']);
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'));
    const [only, ...others] = await certificates();
    expect(others).toEqual([]);
    expect((await openFile(app.url, only!.url)).status).toBe(200);
    await expectNothingLeftOver();
  });

  it('of several files at once is one batch too', async () => {
    const once = freshKey();
    const video = film(200_000);
    const send = (picture: Buffer) =>
      employee.post(
        `${RESUMES}/${id}/upload-files`,
        form(
          ['types', '["certificate","selfIntroductionVideo"]'],
          ['files', { bytes: picture, name: '1.jpg' }],
          ['files', { bytes: video, name: '2.mp4' }],
        ),
        once,
      );
    const [first, second] = [await send(image), await send(image)];
    expect(first).toMatchObject({ status: 200, body: { data: { totalCount: 2 } } });
    expect(second).toMatchObject({ status: 200, text: first.text });
    expect(await send(await png())).toMatchObject(refusal('IDEMPOTENCY_KEY_REUSED'));
    expect(await certificates()).toHaveLength(1);
    await expectNothingLeftOver();
  });

  it('is the same request whatever its boundary, the order of its fields and what nobody reads in it', async () => {
    const once = freshKey();
    const first = await upload(once);
    const file = { bytes: image, name: 'a.jpg', type: 'image/jpeg' };
    const other = form(['file', file], ['unknown', 'ignored'], ['type', 'certificate']);
    const second = await employee.post(`${RESUMES}/${id}/upload-file`, other, once);
    expect(second).toMatchObject({ status: 200, text: first.text });
  });

  it.each<[string, () => Sent | Promise<Sent>]>([
    ['another byte at its end', () => ({ bytes: Buffer.concat([image, Buffer.from([0])]) })],
    ['another name', () => ({ name: 'b.jpg' })],
    ['another type', () => ({ type: 'cookingPhoto' })],
    ['another resume', async () => ({ to: await createResume(employee) })],
  ])('is refused with %s', async (_what, difference) => {
    const once = freshKey();
    await upload(once);
    expect(await upload(once, await difference())).toMatchObject(refusal('IDEMPOTENCY_KEY_REUSED'));
    expect(await certificates()).toHaveLength(1);
    await expectNothingLeftOver();
  });

  it("does not see another person's key, and makes two files without one", async () => {
    const once = freshKey();
    await upload(once);
    expect(replayed(await upload(once, { by: await app.asManager() }))).toBeNull();
    await upload({});
    await upload({});
    expect(await certificates()).toHaveLength(4);
  });

  it('with a key of another form is refused, whatever it brings', async () => {
    expect(await upload(key('with space'))).toMatchObject(refusal('INVALID_PARAMS', 'Idempotency-Key'));
    expect(await certificates()).toEqual([]);
  });

  it('gets the same refusal again when the picture was no good', async () => {
    const once = freshKey();
    const half = { bytes: (await jpeg({ width: 300, height: 300 })).subarray(0, 2000) };
    const [first, second] = [await upload(once, half), await upload(once, half)];
    expect(first).toMatchObject(refusal('INVALID_FILE_TYPE'));
    expect(second).toMatchObject({ status: 415, text: first.text });
    expect([replayed(first), replayed(second)]).toEqual([null, 'true']);
    await expectNothingLeftOver();
  });

  it('takes no key when it is refused before its content is known', async () => {
    const once = freshKey();
    const before = await claims().countDocuments();
    const tooLarge = { bytes: Buffer.concat([image, Buffer.alloc(5 * 1024 * 1024)]) };
    expect(await upload(once, tooLarge)).toMatchObject(refusal('FILE_TOO_LARGE'));
    expect(await upload(once, { to: NOBODY })).toMatchObject(refusal('NOT_FOUND'));
    expect(await claims().countDocuments()).toBe(before);
    expect(await upload(once)).toMatchObject({ status: 200 });
  });

  it('runs again when the service failed, and nothing is left of the first try', async () => {
    const once = freshKey();
    jest.spyOn(storage(), 'put').mockRejectedValue(new Error('disk full'));
    expect(await upload(once)).toMatchObject(refusal('INTERNAL_ERROR'));
    jest.restoreAllMocks();
    const second = await upload(once);
    expect([second.status, replayed(second)]).toEqual([200, null]);
    expect(await certificates()).toHaveLength(1);
    await expectNothingLeftOver();
  });

  it('makes one file when ten come at once, five at each of two instances', async () => {
    const other = await TestApp.start({
      database: app.database,
      env: { STORAGE_DIR: app.app.get(Settings).storageDir },
    });
    const once = freshKey();
    const by = [employee, employee.at(other.url)];
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => upload(once, { by: by[i % 2] })));
    const [first, ...more] = answers.filter((answer) => answer.status === 200 && !replayed(answer));
    expect([first?.status, more]).toEqual([200, []]);
    for (const answer of answers.filter((candidate) => candidate !== first)) {
      if (answer.status === 200) expect(answer.text).toBe(first!.text);
      else expect(answer).toMatchObject(refusal('IDEMPOTENCY_IN_PROGRESS'));
    }
    for (const caller of by) expect((await upload(once, { by: caller })).text).toBe(first!.text);
    expect(await certificates()).toHaveLength(1);
    await expectNothingLeftOver();
    await other.app.close();
  });

  describe('while the storage takes long', () => {
    /** Uploads, and holds it in its first writing to the storage until it is let go. */
    async function heldUpload(headers: Record<string, string>) {
      const put = storage().put.bind(storage());
      let letGo: () => void = () => undefined;
      const released = new Promise<void>((done) => (letGo = done));
      const reached = new Promise<void>((held) => {
        jest.spyOn(storage(), 'put').mockImplementationOnce(async (name: string, file: LocalFile) => {
          held();
          await released;
          await put(name, file);
        });
      });
      const answer = upload(headers);
      await reached;
      return { answer, letGo };
    }
    const underWay = () => claims().findOne({ answer: { $exists: false } });

    it('is in progress to others, and its lease goes on', async () => {
      jest.useFakeTimers({ doNotFake: EVERYTHING_BUT_INTERVALS });
      try {
        const once = freshKey();
        const { answer, letGo } = await heldUpload(once);
        expect(await upload(once)).toMatchObject(refusal('IDEMPOTENCY_IN_PROGRESS'));
        await claims().updateOne({ answer: { $exists: false } }, { $set: { leaseEndsAt: new Date(0) } });
        jest.advanceTimersByTime(LEASE_MS / 3);
        await eventually(async () =>
          expect(Number((await underWay())?.['leaseEndsAt'])).toBeGreaterThan(Date.now()),
        );
        letGo();
        expect(await answer).toMatchObject({ status: 200 });
        expect(await certificates()).toHaveLength(1);
      } finally {
        jest.useRealTimers();
      }
    });

    it('yields to the call that has taken its claim over, and takes back what it stored', async () => {
      const once = freshKey();
      const { answer, letGo } = await heldUpload(once);
      await claims().updateOne({ answer: { $exists: false } }, { $set: { leaseEndsAt: new Date(0) } });
      const second = await upload(once);
      expect([second.status, replayed(second)]).toEqual([200, null]);
      letGo();
      expect(await answer).toMatchObject(refusal('IDEMPOTENCY_IN_PROGRESS'));
      expect((await upload(once)).text).toBe(second.text);
      expect(await certificates()).toHaveLength(1);
      await expectNothingLeftOver();
    });
  });
});

/** What fake timers leave alone when they are to fake intervals only. */
const EVERYTHING_BUT_INTERVALS: FakeableAPI[] = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setTimeout',
  'clearTimeout',
];
