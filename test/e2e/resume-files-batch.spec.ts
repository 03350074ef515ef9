import type { Collection } from '../../src/database/collections';
import { collectionToken } from '../../src/database/collections';
import { ObjectStorage } from '../../src/platforms/storage/object-storage';
import { RESUME } from '../../src/modules/resumes/resume.schema';
import { AUDIT_LOG } from '../../src/common/audit/audit-log.schema';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { NOBODY } from '../support/customers';
import {
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
  uploadSeveral,
} from '../support/files';
import { refusal } from '../support/refusal';

describe('POST /api/resumes/miniprogram/:id/upload-files', () => {
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
  afterAll(() => app.stop());

  /** Everything that an upload leaves behind: the resume, the records of files, the objects. */
  async function everything() {
    const objects: string[] = [];
    for await (const key of app.app.get(ObjectStorage).list('objects/')) objects.push(key);
    const files = await app.connection.collection('stored_files').find().toArray();
    return { resume: await resumeOf(admin, id), files, objects: objects.sort() };
  }

  it('keeps files of several types together, in their order', async () => {
    const answer = await uploadSeveral(admin, id, [
      ['idCardFront', await jpeg()],
      ['certificate', await png()],
      ['certificate', await jpeg()],
      ['medicalReport', PDF],
      ['selfIntroductionVideo', film()],
    ]);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        data: {
          resumeId: id,
          totalCount: 5,
          uploadedFiles: [
            'idCardFront',
            'certificate',
            'certificate',
            'medicalReport',
            'selfIntroductionVideo',
          ].map((fileType, index) => ({ fileType, index, fileName: `${index}.bin`, resumeId: id })),
        },
      },
    });
    const resume = await resumeOf(admin, id);
    expect(resume).toMatchObject({
      idCardFront: { fileName: '0.bin' },
      certificates: [{ fileName: '1.bin' }, { fileName: '2.bin' }],
      medicalReports: [{ mimeType: 'application/pdf' }],
      selfIntroductionVideo: { mimeType: 'video/mp4' },
    });
    for (const { fileUrl } of answer.body.data.uploadedFiles)
      expect((await openFile(app.url, fileUrl)).status).toBe(200);
  });

  it('takes the types after the files', async () => {
    const file = { bytes: await jpeg(), name: 'a.jpg' };
    const body = form(['files', file], ['types', '["certificate"]']);
    expect((await admin.post(`${RESUMES}/${id}/upload-files`, body)).status).toBe(200);
  });

  it.each<[string, string]>([
    ['no JSON', 'certificate'],
    ['broken JSON', '["certificate"'],
    ['no array', '"certificate"'],
    ['too few', '["certificate"]'],
    ['too many', '["certificate","certificate","certificate"]'],
    ['an unknown one', '["certificate","avatar"]'],
    ['no words', '["certificate",1]'],
    ['two of what there is one of', '["idCardBack","idCardBack"]'],
    ['nothing', ''],
  ])('refuses types that are %s, and keeps nothing', async (_, types) => {
    const file = { bytes: await jpeg(), name: 'a.jpg' };
    const before = await everything();
    expect(
      await admin.post(
        `${RESUMES}/${id}/upload-files`,
        form(['types', types], ['files', file], ['files', file]),
      ),
    ).toMatchObject(refusal('INVALID_PARAMS', 'types'));
    expect(await everything()).toEqual(before);
  });

  it('refuses a form without files, and one without types', async () => {
    const path = `${RESUMES}/${id}/upload-files`;
    expect(await admin.post(path, form(['types', '[]']))).toMatchObject(refusal('INVALID_PARAMS', 'files'));
    const file = { bytes: await jpeg(), name: 'a.jpg' };
    expect(await admin.post(path, form(['files', file]))).toMatchObject(refusal('INVALID_PARAMS', 'types'));
  });

  it.each<[string, () => Promise<Buffer>, string]>([
    ['text', async () => Buffer.from('hello'), 'INVALID_FILE_TYPE'],
    [
      'half an image',
      async () => (await jpeg({ width: 300, height: 300 })).subarray(0, 2000),
      'INVALID_FILE_TYPE',
    ],
    ['a PDF', async () => PDF, 'INVALID_FILE_TYPE'],
    ['too large', async () => Buffer.concat([await jpeg(), Buffer.alloc(5 * 1024 * 1024)]), 'FILE_TOO_LARGE'],
    ['empty', async () => Buffer.alloc(0), 'INVALID_PARAMS'],
  ])('keeps none of five when the last is %s', async (_, last, code) => {
    await upload(admin, id, 'idCardFront', await jpeg());
    const before = await everything();
    const image = await jpeg();
    const answer = await uploadSeveral(admin, id, [
      ['idCardFront', image],
      ['certificate', image],
      ['certificate', image],
      ['certificate', image],
      ['certificate', await last()],
    ]);
    expect(answer.body.code).toBe(code);
    expect(withoutSignatures(await everything())).toEqual(withoutSignatures(before));
  });

  it('keeps nothing when the storage gives up half-way', async () => {
    const before = await everything();
    const storage = app.app.get(ObjectStorage);
    const put = storage.put.bind(storage);
    let puts = 0;
    jest.spyOn(storage, 'put').mockImplementation(async (key, file) => {
      if (++puts > 3) throw new Error('disk full');
      await put(key, file);
    });
    const image = await jpeg();
    const answer = await uploadSeveral(admin, id, [
      ['certificate', image],
      ['certificate', image],
      ['certificate', image],
    ]);
    expect(answer).toMatchObject(refusal('INTERNAL_ERROR'));
    jest.restoreAllMocks();
    expect(await everything()).toEqual(before);
  });

  it.each([RESUME, AUDIT_LOG])('keeps nothing when %s cannot be written', async (name) => {
    const before = await everything();
    const collection = app.app.get<Collection<never>>(collectionToken(name), { strict: false });
    jest.spyOn(collection, 'insertOne').mockRejectedValue(new Error('disk full'));
    jest.spyOn(collection, 'replaceOne').mockRejectedValue(new Error('disk full'));
    expect(await uploadSeveral(admin, id, [['certificate', await jpeg()]])).toMatchObject(
      refusal('INTERNAL_ERROR'),
    );
    jest.restoreAllMocks();
    expect(await everything()).toEqual(before);
  });

  it('loses nothing when batches, single uploads and a change of the resume meet', async () => {
    const image = await jpeg();
    const answers = await Promise.all([
      uploadSeveral(admin, id, [
        ['certificate', image],
        ['certificate', image],
      ]),
      uploadSeveral(admin, id, [
        ['certificate', image],
        ['cookingPhoto', image],
      ]),
      upload(admin, id, 'certificate', image),
      admin.patch(`${RESUMES}/${id}`, { remarks: '可长期' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const resume = await resumeOf(admin, id);
    expect(resume.certificates).toHaveLength(4);
    expect(resume).toMatchObject({ remarks: '可长期', cookingPhotos: [{}] });
  });

  it('is closed to interviewers, guests, and for resumes that are not there', async () => {
    const files: [string, Buffer][] = [['certificate', await jpeg()]];
    expect(await uploadSeveral(await app.asHr(), id, files)).toMatchObject(refusal('FORBIDDEN'));
    expect(await uploadSeveral(app.asGuest(), id, files)).toMatchObject(refusal('UNAUTHORIZED'));
    expect(await uploadSeveral(admin, NOBODY, files)).toMatchObject(refusal('NOT_FOUND'));
  });
});

/** Signatures of private files' addresses change with the time. */
function withoutSignatures(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replace(/\?expires=\d+&signature=[\w-]+/g, ''));
}
