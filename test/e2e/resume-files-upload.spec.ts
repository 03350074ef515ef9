import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Types } from 'mongoose';
import sharp from 'sharp';
import { Settings } from '../../src/config/settings';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { NOBODY } from '../support/customers';
import {
  bytesOf,
  createResume,
  film,
  form,
  jpeg,
  openFile,
  PDF,
  png,
  resumeOf,
  RESUMES,
  upload,
  webp,
} from '../support/files';
import { refusal } from '../support/refusal';

/** What is left of uploads on this machine when no request is under way. */
function spooled(app: TestApp): string[] {
  return readdirSync(join(app.app.get(Settings).dataDir, 'uploads'));
}

describe('POST /api/resumes/miniprogram/:id/upload-file', () => {
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
  afterEach(() => expect(spooled(app)).toEqual([]));
  afterAll(() => app.stop());

  const stored = () => app.connection.collection('stored_files');

  it.each([
    ['idCardFront', 'idCardFront'],
    ['idCardBack', 'idCardBack'],
    ['personalPhoto', 'personalPhotos'],
    ['certificate', 'certificates'],
    ['medicalReport', 'medicalReports'],
    ['confinementMealPhoto', 'confinementMealPhotos'],
    ['cookingPhoto', 'cookingPhotos'],
    ['complementaryFoodPhoto', 'complementaryFoodPhotos'],
    ['positiveReviewPhoto', 'positiveReviewPhotos'],
  ])('keeps an image as %s under %s, with a thumbnail', async (type, key) => {
    const answer = await upload(admin, id, type, await jpeg({ width: 900, height: 600 }), '我的照片.jpg');
    expect(answer).toMatchObject({
      status: 200,
      body: { message: '上传成功', data: { fileType: type, fileName: '我的照片.jpg', resumeId: id } },
    });
    const [file] = [(await resumeOf(admin, id))[key]].flat();
    expect(file).toMatchObject({
      fileName: '我的照片.jpg',
      mimeType: 'image/jpeg',
      fileSize: answer.body.data.fileSize,
    });
    const opened = await openFile(app.url, answer.body.data.fileUrl);
    const bytes = await bytesOf(opened);
    expect(bytes).toHaveLength(answer.body.data.fileSize);
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'jpeg', width: 900, height: 600 });
    const thumbnail = await bytesOf(await openFile(app.url, file.thumbnailUrl));
    expect(await sharp(thumbnail).metadata()).toMatchObject({ format: 'jpeg', width: 400, height: 267 });
  });

  it.each([
    ['image/png', () => png()],
    ['image/webp', () => webp()],
  ])('keeps %s in its own format', async (mimeType, make) => {
    const { body } = await upload(admin, id, 'cookingPhoto', await make());
    const opened = await openFile(app.url, body.data.fileUrl);
    expect(opened.headers.get('content-type')).toBe(mimeType);
    expect(`image/${(await sharp(await bytesOf(opened)).metadata()).format}`).toBe(mimeType);
  });

  it.each([
    ['selfIntroductionVideo', 'video/mp4', film()],
    ['selfIntroductionVideo', 'video/quicktime', film(4096, 'qt  ')],
    ['medicalReport', 'application/pdf', PDF],
  ])('keeps %s of type %s byte by byte, without a thumbnail', async (type, mimeType, bytes) => {
    const { body } = await upload(admin, id, type, bytes, 'a.bin');
    expect(body.data.fileSize).toBe(bytes.length);
    const opened = await openFile(app.url, body.data.fileUrl);
    expect(opened.headers.get('content-type')).toBe(mimeType);
    expect(await bytesOf(opened)).toEqual(bytes);
    const resume = await resumeOf(admin, id);
    const [file] = [resume.selfIntroductionVideo ?? resume.medicalReports].flat();
    expect(file).not.toHaveProperty('thumbnailUrl');
  });

  it('takes the type from the bytes, whatever name and header say', async () => {
    const { body } = await admin.post(
      `${RESUMES}/${id}/upload-file`,
      form(['type', 'personalPhoto'], ['file', { bytes: await png(), name: 'a.exe', type: 'text/html' }]),
    );
    expect(body.data.fileUrl).toMatch(/\.png$/);
    const text = { bytes: Buffer.from('#!/bin/sh\nrm -rf /\n'), name: 'a.jpg', type: 'image/jpeg' };
    const refused = await admin.post(
      `${RESUMES}/${id}/upload-file`,
      form(['type', 'personalPhoto'], ['file', text]),
    );
    expect(refused).toMatchObject(refusal('INVALID_FILE_TYPE'));
    expect(refused.body.message).toBe('不支持的文件类型，可以上传：JPG、PNG、WebP');
  });

  it('takes the fields in any order', async () => {
    const file = { bytes: await jpeg(), name: 'a.jpg' };
    const answer = await admin.post(
      `${RESUMES}/${id}/upload-file`,
      form(['file', file], ['other', 'ignored'], ['type', 'certificate']),
    );
    expect(answer).toMatchObject({ status: 200, body: { data: { fileType: 'certificate' } } });
  });

  it.each(['manager', 'employee'] as const)('is open to the %s', async (role) => {
    expect((await upload(await app.asStaff(role), id, 'certificate', await jpeg())).status).toBe(200);
  });

  it('is closed to interviewers and to those without a token', async () => {
    expect(await upload(await app.asHr(), id, 'certificate', await jpeg())).toMatchObject(
      refusal('FORBIDDEN'),
    );
    expect(await upload(app.asGuest(), id, 'certificate', await jpeg())).toMatchObject(
      refusal('UNAUTHORIZED'),
    );
  });

  it('knows no resume of another key, and no key of another form', async () => {
    expect(await upload(admin, NOBODY, 'certificate', await jpeg())).toMatchObject(refusal('NOT_FOUND'));
    expect(await upload(admin, 'nobody', 'certificate', await jpeg())).toMatchObject(
      refusal('INVALID_PARAMS', 'id'),
    );
  });

  it.each<[string, string, (image: Buffer) => unknown]>([
    ['no file', 'file', () => form(['type', 'certificate'])],
    ['no type', 'type', (bytes) => form(['file', { bytes, name: 'a.jpg' }])],
    ['an unknown type', 'type', (bytes) => form(['type', 'avatar'], ['file', { bytes, name: 'a.jpg' }])],
    [
      'a type of every object',
      'type',
      (bytes) => form(['file', { bytes, name: 'a.jpg' }], ['type', 'constructor']),
    ],
    [
      'an empty file',
      'file',
      () => form(['type', 'certificate'], ['file', { bytes: Buffer.alloc(0), name: 'a.jpg' }]),
    ],
    [
      'two files',
      'file',
      (bytes) =>
        form(['type', 'certificate'], ['file', { bytes, name: 'a.jpg' }], ['file', { bytes, name: 'b.jpg' }]),
    ],
    [
      'a file in another field',
      'file',
      (bytes) => form(['type', 'certificate'], ['image', { bytes, name: 'a.jpg' }]),
    ],
    ['a file that is text', 'file', () => form(['type', 'certificate'], ['file', 'hello'])],
    ['JSON', 'file', () => ({ type: 'certificate', file: 'hello' })],
  ])('refuses %s and names %s', async (_, field, make) => {
    const body = make(await jpeg());
    expect(await admin.post(`${RESUMES}/${id}/upload-file`, body)).toMatchObject(
      refusal('INVALID_PARAMS', field),
    );
    expect((await resumeOf(admin, id)).certificates).toEqual([]);
  });

  it.each<[string, Buffer | Promise<Buffer>]>([
    ['personalPhoto', PDF],
    ['idCardFront', PDF],
    ['certificate', film()],
    ['medicalReport', film()],
    ['selfIntroductionVideo', jpeg()],
    ['selfIntroductionVideo', PDF],
  ])('refuses as %s what that cannot be, before and after the type is known', async (type, content) => {
    const file = { bytes: await content, name: 'a.jpg' };
    for (const body of [form(['type', type], ['file', file]), form(['file', file], ['type', type])])
      expect(await admin.post(`${RESUMES}/${id}/upload-file`, body)).toMatchObject(
        refusal('INVALID_FILE_TYPE'),
      );
  });

  it.each([
    ['../../../../etc/passwd.jpg', 'passwd.jpg'],
    ['..\\..\\boot.ini.jpg', 'boot.ini.jpg'],
    ['a\u0000b\u202egpj.exe', 'abgpj.exe'],
    ['..', 'file'],
    [`${'长'.repeat(300)}.jpg`, `${'长'.repeat(96)}.jpg`],
  ])('shows the name %j as %j and stores nothing under it', async (name, shown) => {
    const { body } = await upload(admin, id, 'certificate', await jpeg(), name);
    expect(body.data.fileName).toBe(shown);
    expect(body.data.fileUrl).toMatch(/\/files\/[0-9a-f]{32}\.jpg$/);
    expect((await openFile(app.url, body.data.fileUrl)).status).toBe(200);
  });

  it('replaces the one image of an identity card, and removes the former one with its thumbnail', async () => {
    const first = (await upload(admin, id, 'idCardFront', await jpeg())).body.data.fileUrl;
    const { thumbnailUrl } = (await resumeOf(admin, id)).idCardFront;
    const second = (await upload(admin, id, 'idCardFront', await png())).body.data.fileUrl;
    for (const gone of [first, thumbnailUrl]) expect((await openFile(app.url, gone)).status).toBe(404);
    expect((await openFile(app.url, second)).status).toBe(200);
    expect((await resumeOf(admin, id)).idCardFront.mimeType).toBe('image/png');
    const former = new URL(first).pathname.slice('/files/'.length, -'.jpg'.length);
    expect(await stored().countDocuments({ _id: former as never })).toBe(0);
    const directory = join(app.app.get(Settings).storageDir, 'objects', former.slice(0, 2), former);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('loses nothing when ten are uploaded at once, through two instances', async () => {
    const other = await TestApp.start({
      database: app.database,
      env: { STORAGE_DIR: app.app.get(Settings).storageDir },
    });
    const image = await jpeg();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        upload(i % 2 ? admin : admin.at(other.url), id, 'certificate', image, `${i}.jpg`),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(10).fill(200));
    const { certificates } = await resumeOf(admin, id);
    expect(certificates.map(({ fileName }: { fileName: string }) => fileName).sort()).toEqual(
      Array.from({ length: 10 }, (_, i) => `${i}.jpg`),
    );
    for (const { url } of certificates) expect((await openFile(app.url, url)).status).toBe(200);
    await other.app.close();
  });

  it('keeps exactly one when several replace an identity card at once', async () => {
    const image = await jpeg();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => upload(admin, id, 'idCardBack', image)),
    );
    const { idCardBack } = await resumeOf(admin, id);
    const opened = await Promise.all(answers.map(({ body }) => openFile(app.url, body.data.fileUrl)));
    expect(opened.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404]);
    const left = answers[opened.findIndex(({ status }) => status === 200)]!;
    expect(new URL(idCardBack.url).pathname).toBe(new URL(left.body.data.fileUrl).pathname);
  });

  it('takes fifty of a kind and no more', async () => {
    const image = await jpeg();
    await upload(admin, id, 'cookingPhoto', image);
    const resumes = app.connection.collection('resumes');
    const [one] = (await resumes.findOne({ _id: new Types.ObjectId(id) }))!['cookingPhotos'];
    const many = Array.from({ length: 49 }, (_, i) => ({ ...one, id: String(i) }));
    await resumes.updateOne({ _id: new Types.ObjectId(id) }, { $set: { cookingPhotos: many } });
    expect((await upload(admin, id, 'cookingPhoto', image)).status).toBe(200);
    const before = await stored().countDocuments();
    expect(await upload(admin, id, 'cookingPhoto', image)).toMatchObject(refusal('INVALID_PARAMS', 'type'));
    expect((await resumeOf(admin, id)).cookingPhotos).toHaveLength(50);
    expect(await stored().countDocuments()).toBe(before);
  });

  it('leaves a record of who added what', async () => {
    const { body } = await upload(admin, id, 'certificate', await jpeg());
    const log = await app.connection
      .collection('audit_logs')
      .findOne({ entity: 'resume', entityId: id, action: 'upload-file' });
    expect(log).toMatchObject({ actorId: admin.id, after: { certificates: [{ fileName: '照片.jpg' }] } });
    expect(JSON.stringify(log)).not.toContain(body.data.fileUrl);
  });
});
