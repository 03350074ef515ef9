import sharp from 'sharp';
import { FileSweep } from '../../src/modules/files/file-sweep';
import type { StoredFile } from '../../src/modules/files/stored-file.schema';
import { ObjectStorage } from '../../src/platforms/storage/object-storage';
import type { Actor, Answer } from '../support/actor';
import { TestApp } from '../support/app';
import {
  bytesOf,
  createResume,
  form,
  gif,
  jpeg,
  jpegOfPhone,
  openFile,
  PDF,
  png,
  resumeOf,
  upload,
  webp,
} from '../support/files';
import { DONE, jobInput, post } from '../support/jobs';
import { refused } from '../support/members';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MB = 1024 * 1024;

describe('POST /img/upload', () => {
  let app: TestApp;
  let member: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    member = await app.asMember();
  });
  afterAll(() => app.stop());

  const files = () => app.connection.collection<StoredFile>('stored_files');
  const sweep = (later: number) => app.app.get(FileSweep).sweep(new Date(Date.now() + later));
  const send = (actor: Actor, ...pictures: Buffer[]): Promise<Answer> =>
    actor.post(
      '/img/upload',
      form(...pictures.map((bytes, i) => ['file', { bytes, name: `${i}.jpg` }] as never)),
    );
  const urlOf = async (actor: Actor = member) => (await send(actor, await jpeg())).body.data.url as string;
  const opens = async (url: string) => (await openFile(app.url, url)).status === 200;
  async function objects(): Promise<number> {
    let count = 0;
    for await (const _key of app.app.get(ObjectStorage).list('objects/')) count++;
    return count;
  }

  describe('takes', () => {
    it.each([
      ['jpeg', jpeg, 'jpg'],
      ['png', png, 'png'],
      ['webp', webp, 'webp'],
    ])('a %s, which can be looked at right away', async (format, draw, ending) => {
      const answer = await send(member, await draw());
      const { url } = answer.body.data;
      expect(answer.body).toEqual({ code: 0, message: 'ok', data: { url } });
      expect(url).toMatch(new RegExp(`^http://.+/files/[0-9a-f]{32}\\.${ending}$`));
      const response = await openFile(app.url, url);
      expect(response.status).toBe(200);
      expect((await sharp(await bytesOf(response)).metadata()).format).toBe(format);
    });

    it('up to four, and names each', async () => {
      const answer = await send(member, await jpeg(), await png(), await webp(), await jpeg());
      const { url, urls } = answer.body.data;
      expect(urls).toHaveLength(4);
      expect(new Set(urls).size).toBe(4);
      expect(url).toBe(urls[0]);
      expect(urls.map((each: string) => each.split('.').at(-1))).toEqual(['jpg', 'png', 'webp', 'jpg']);
      for (const each of urls) expect(await opens(each)).toBe(true);
    });

    it('a photo as a phone makes it, without the place where it was taken', async () => {
      const { url } = (await send(member, await jpegOfPhone())).body.data;
      const { exif, orientation } = await sharp(await bytesOf(await openFile(app.url, url))).metadata();
      expect([exif, orientation ?? 1]).toEqual([undefined, 1]);
    });
  });

  describe('refuses', () => {
    it.each<[string, () => Promise<Buffer> | Buffer, number]>([
      ['what is no picture', () => PDF, 415],
      ['a picture of a kind that it does not take', gif, 415],
      ['a text that calls itself a picture', () => Buffer.from('<script>alert(1)</script>'.repeat(300)), 415],
      [
        'a picture that is cut off',
        async () => (await jpeg({ width: 800, height: 800 })).subarray(0, 2000),
        415,
      ],
      ['an empty file', () => Buffer.alloc(0), 400],
      ['more than 20 MB', async () => Buffer.concat([await jpeg(), Buffer.alloc(20 * MB)]), 413],
    ])('%s', async (_what, make, code) => {
      const before = await objects();
      expect(await send(member, await make())).toMatchObject(refused(code));
      expect(await objects()).toBe(before);
    });

    it('five pictures, and all of several when one of them is bad', async () => {
      const before = [await objects(), await files().countDocuments()];
      const picture = await jpeg();
      const five = await send(member, ...Array<Buffer>(5).fill(picture));
      expect(five).toMatchObject(refused(400, 'file: 最多上传 4 个文件'));
      const cut = (await jpeg({ width: 800, height: 800 })).subarray(0, 2000);
      expect(await send(member, picture, picture, cut)).toMatchObject(refused(415));
      expect([await objects(), await files().countDocuments()]).toEqual(before);
    });

    it('a body that is no form, and a form without a file', async () => {
      expect(await member.post('/img/upload', {})).toMatchObject(refused(400, /^file: /));
      const other = form(['picture', { bytes: await jpeg(), name: 'a.jpg' }]);
      expect(await member.post('/img/upload', other)).toMatchObject(refused(400, /^file: /));
    });

    it('who is not a member', async () => {
      expect(await send(app.asGuest(), await jpeg())).toMatchObject(refused(401));
      const admin = await app.asAdmin();
      expect(await send(admin, await jpeg())).toMatchObject(refused(401));
    });
  });

  describe('under an Idempotency-Key', () => {
    const keyed = async (key: string, ...pictures: Buffer[]) => {
      const parts = pictures.map((bytes, i) => ['file', { bytes, name: `${i}.jpg` }] as never);
      return member.post('/img/upload', form(...parts), { 'idempotency-key': key });
    };

    it('is kept once, and its address told again', async () => {
      const before = await objects();
      const picture = await jpeg();
      const first = await keyed('one', picture);
      const again = await keyed('one', picture);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect([again.status, again.body]).toEqual([200, first.body]);
      const { url } = first.body.data;
      expect(await opens(url)).toBe(true);
      // the picture and its thumbnail
      expect(await objects()).toBe(before + 2);
      const id = await post(member, { photo_urls: [url] });
      await sweep(2 * DAY_MS);
      expect((await member.post('/jobs/info', { job_id: id })).body.data.photo_urls).toEqual([url]);
      expect(await opens(url)).toBe(true);
    });

    it('is refused with other content, and tells a refusal again', async () => {
      expect((await keyed('two', await jpeg())).status).toBe(200);
      expect(await keyed('two', await png())).toMatchObject(refused(422));
      expect(await keyed('three', PDF)).toMatchObject(refused(415));
    });
  });

  describe('a picture that was uploaded', () => {
    it('goes after a day, when nobody has used it', async () => {
      const url = await urlOf();
      expect(await sweep(DAY_MS - HOUR_MS)).toBe(0);
      expect(await opens(url)).toBe(true);
      expect(await sweep(DAY_MS + 1000)).toBeGreaterThanOrEqual(1);
      expect(await opens(url)).toBe(false);
      const gone = await member.post('/job/create', jobInput({ photo_urls: [url] }));
      expect(gone).toMatchObject(refused(400, /^photo_urls: 图片已失效/));
      expect(await member.post('/user/update/info', { avatar: url })).toMatchObject(
        refused(400, /^avatar: /),
      );
    });

    it('stays while a job shows it, and goes with the change that drops it', async () => {
      const [kept, dropped] = [await urlOf(), await urlOf()];
      const foreign = 'https://cdn.example.com/1.jpg';
      const id = await post(member, { photo_urls: [kept, dropped, foreign] });
      await sweep(2 * DAY_MS);
      expect([await opens(kept), await opens(dropped)]).toEqual([true, true]);
      const change = { id, photo_urls: [foreign, kept] };
      expect((await member.post('/jobs/update', change)).body).toEqual(DONE);
      expect([await opens(kept), await opens(dropped)]).toEqual([true, false]);
      expect(await member.post('/jobs/update', { id, positions: '收银员' })).toMatchObject({ body: DONE });
      expect(await opens(kept)).toBe(true);
      await member.post('/jobs/update', { id, photo_urls: '' });
      expect(await opens(kept)).toBe(false);
    });

    it('stays while another record of the same member shows it', async () => {
      const url = await urlOf();
      const [one, other] = [
        await post(member, { photo_urls: [url] }),
        await post(member, { photo_urls: [url, url] }),
      ];
      await member.post('/user/update/info', { avatar: url });
      for (const id of [one, other]) {
        await member.post('/jobs/update', { id, photo_urls: '' });
        expect(await opens(url)).toBe(true);
      }
      await member.post('/user/update/info', { name: '小周' });
      expect(await opens(url)).toBe(true);
      await member.post('/user/update/info', { avatar: 'https://cdn.example.com/me.png' });
      expect(await opens(url)).toBe(false);
    });

    it('goes with a job that is taken down, and stays with one that its owner closes', async () => {
      const [first, second] = [await urlOf(), await urlOf()];
      const [closed, down] = [
        await post(member, { photo_urls: [first] }),
        await post(member, { photo_urls: [second] }),
      ];
      await member.post('/job/close', { job_id: closed });
      const admin = await app.asAdmin();
      await admin.post(`/api/admin/jobs/${down}/take-down`, { reason: '图片违规' });
      expect([await opens(first), await opens(second)]).toEqual([true, false]);
    });

    it("is not kept by another member's job, who may show it as any address", async () => {
      const url = await urlOf();
      const other = await app.asMember();
      const id = await post(other, { photo_urls: [url] });
      await post(member, { photo_urls: [url] });
      await other.post('/jobs/update', { id, photo_urls: '' });
      expect(await opens(url)).toBe(true);
    });

    it('and files of the CRM are two things: no job keeps or removes those', async () => {
      const admin = await app.asAdmin();
      const resume = await createResume(admin);
      await upload(admin, resume, 'personalPhoto', await jpeg());
      const [{ url }] = (await resumeOf(admin, resume)).personalPhotos;
      const id = await post(member, { photo_urls: [url] });
      await member.post('/jobs/update', { id, photo_urls: '' });
      expect(await opens(url)).toBe(true);
    });

    it('of another host is taken for what it is, whatever its path', async () => {
      const url = new URL(await urlOf());
      const elsewhere = `https://elsewhere.example.com${url.pathname}`;
      await post(member, { photo_urls: [elsewhere] });
      expect(await sweep(DAY_MS + 1000)).toBeGreaterThanOrEqual(1);
      expect(await opens(url.href)).toBe(false);
    });

    it('is used or swept, never both', async () => {
      const urls = await Promise.all(Array.from({ length: 6 }, () => urlOf()));
      const members = await Promise.all(urls.map(() => app.asMember()));
      await files().updateMany({ state: 'offered' }, { $set: { offeredTo: 'member:0' } });
      for (const [i, url] of urls.entries()) {
        const _id = /[0-9a-f]{32}/.exec(url)![0];
        await files().updateOne({ _id }, { $set: { offeredTo: `member:${members[i]!.memberId}` } });
      }
      const [answers] = await Promise.all([
        Promise.all(urls.map((url, i) => members[i]!.post('/job/create', jobInput({ photo_urls: [url] })))),
        sweep(DAY_MS + 1000),
      ]);
      for (const [i, url] of urls.entries()) expect(await opens(url)).toBe(answers[i]!.status === 200);
    });
  });

  it('may be called 60 times in ten minutes by a member', async () => {
    const strict = await TestApp.start({ env: { RATE_LIMIT_FACTOR: '0.05' } });
    const uploader = await strict.asMember();
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await uploader.post('/img/upload', {})).status);
    expect(statuses).toEqual([400, 400, 400, 429]);
    expect((await (await strict.asMember()).post('/img/upload', {})).status).toBe(400);
    await strict.stop();
  });

  it('may be sent 500 MB a day by a member, of which nothing more is kept then', async () => {
    // two uploads, and 12.5 MB
    const strict = await TestApp.start({ env: { RATE_LIMIT_FACTOR: '0.025' } });
    const [uploader, other] = [await strict.asMember(), await strict.asMember()];
    const large = Buffer.concat([await jpeg(), Buffer.alloc(13 * MB)]);
    expect((await send(uploader, large)).status).toBe(200);
    const beyond = await send(uploader, await jpeg());
    expect(beyond).toMatchObject(refused(429));
    expect(Number(beyond.headers.get('retry-after'))).toBeGreaterThan(80_000);
    expect(await strict.connection.collection('stored_files').countDocuments()).toBe(1);
    expect((await send(other, await jpeg())).status).toBe(200);
    await strict.stop();
  });
});
