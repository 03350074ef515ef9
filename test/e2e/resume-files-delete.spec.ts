import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { NOBODY } from '../support/customers';
import { createResume, film, jpeg, openFile, resumeOf, RESUMES, upload } from '../support/files';
import { refusal } from '../support/refusal';

describe('DELETE /api/resumes/miniprogram/:id/delete-file', () => {
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

  const remove = (body: object, target = id, actor = admin) =>
    actor.delete(`${RESUMES}/${target}/delete-file`, body);
  const added = async (fileType: string, bytes?: Buffer): Promise<string> =>
    (await upload(admin, id, fileType, bytes ?? (await jpeg()))).body.data.fileUrl as string;

  it.each([
    ['certificate', 'certificates', []],
    ['idCardFront', 'idCardFront', null],
    ['selfIntroductionVideo', 'selfIntroductionVideo', null],
  ])('takes a %s out of the resume and out of the storage', async (fileType, key, empty) => {
    const fileUrl = await added(fileType, fileType === 'selfIntroductionVideo' ? film() : undefined);
    expect(await remove({ fileUrl, fileType })).toMatchObject({
      status: 200,
      body: { message: '删除成功', data: { resumeId: id, deletedFileUrl: fileUrl, fileType } },
    });
    expect((await resumeOf(admin, id))[key]).toEqual(empty);
    expect((await openFile(app.url, fileUrl)).status).toBe(404);
    const name = new URL(fileUrl).pathname.split('/').at(-1)!.split('.')[0]!;
    expect(await app.connection.collection('stored_files').countDocuments({ _id: name as never })).toBe(0);
  });

  it('takes the fields from the query too', async () => {
    const fileUrl = await added('certificate');
    const query = new URLSearchParams({ fileUrl, fileType: 'certificate' });
    expect((await admin.delete(`${RESUMES}/${id}/delete-file?${query.toString()}`)).status).toBe(200);
    expect((await resumeOf(admin, id)).certificates).toEqual([]);
  });

  it('leaves the other files alone', async () => {
    const urls = [await added('certificate'), await added('certificate'), await added('certificate')];
    await remove({ fileUrl: urls[1], fileType: 'certificate' });
    const { certificates } = await resumeOf(admin, id);
    expect(certificates.map(({ url }: { url: string }) => url)).toEqual([urls[0], urls[2]]);
    expect((await openFile(app.url, urls[0]!)).status).toBe(200);
  });

  it('knows a private file by an address whose signature is another one', async () => {
    await added('medicalReport');
    const [{ url }] = (await resumeOf(admin, id)).medicalReports;
    const fileUrl = url.replace(/signature=.*/, 'signature=old');
    expect((await remove({ fileUrl, fileType: 'medicalReport' })).status).toBe(200);
  });

  it('finds no file of another type, of another resume, of another place, or twice', async () => {
    const fileUrl = await added('certificate');
    const other = await createResume(admin);
    const wrong: [object, string][] = [
      [{ fileUrl, fileType: 'cookingPhoto' }, id],
      [{ fileUrl, fileType: 'certificate' }, other],
      [{ fileUrl, fileType: 'certificate' }, NOBODY],
      [{ fileUrl: 'https://elsewhere.cn/a.jpg', fileType: 'certificate' }, id],
      [{ fileUrl: '../../etc/passwd', fileType: 'certificate' }, id],
    ];
    for (const [body, target] of wrong)
      expect(await remove(body, target)).toMatchObject(refusal('NOT_FOUND'));
    expect((await openFile(app.url, fileUrl)).status).toBe(200);
    expect((await remove({ fileUrl, fileType: 'certificate' })).status).toBe(200);
    expect(await remove({ fileUrl, fileType: 'certificate' })).toMatchObject(refusal('NOT_FOUND'));
  });

  it.each<[object, string]>([
    [{ fileType: 'certificate' }, 'fileUrl'],
    [{ fileUrl: '', fileType: 'certificate' }, 'fileUrl'],
    [{ fileUrl: { $ne: '' }, fileType: 'certificate' }, 'fileUrl'],
    [{ fileUrl: 'x' }, 'fileType'],
    [{ fileUrl: 'x', fileType: 'avatar' }, 'fileType'],
  ])('refuses %j and names %s', async (body, field) => {
    expect(await remove(body)).toMatchObject(refusal('INVALID_PARAMS', field));
  });

  it('lets exactly one of several simultaneous deletions succeed', async () => {
    const fileUrl = await added('certificate');
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => remove({ fileUrl, fileType: 'certificate' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404]);
  });

  it('is closed to interviewers and guests', async () => {
    const body = { fileUrl: await added('certificate'), fileType: 'certificate' };
    expect(await remove(body, id, await app.asHr())).toMatchObject(refusal('FORBIDDEN'));
    expect(await remove(body, id, app.asGuest())).toMatchObject(refusal('UNAUTHORIZED'));
    expect((await resumeOf(admin, id)).certificates).toHaveLength(1);
  });

  it('leaves a record of who deleted what', async () => {
    const fileUrl = await added('certificate');
    await remove({ fileUrl, fileType: 'certificate' });
    const log = await app.connection
      .collection('audit_logs')
      .findOne({ entity: 'resume', entityId: id, action: 'delete-file' });
    expect(log).toMatchObject({
      actorId: admin.id,
      before: { certificates: [{}] },
      after: { certificates: [] },
    });
  });
});
