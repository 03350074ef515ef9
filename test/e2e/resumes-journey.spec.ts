import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { phone } from '../support/factories';
import { openFile, resumeOf, upload, uploadSeveral } from '../support/files';
import { backOf, frontOf } from '../support/id-cards/card';
import { type CardHolder, cardHolder } from '../support/id-cards/person';
import { IDEAL, photograph } from '../support/id-cards/photograph';
import { AT_EASE, readCard } from '../support/id-cards/upload';
import { refusal } from '../support/refusal';
import { PUBLIC, RESUMES } from '../support/resumes';

/** Everything in order, as a worker, an employee and a family go through it. */
describe('the way of a worker from registration to the archive', () => {
  let app: TestApp;
  let worker: Actor;
  let employee: Actor;
  let family: Actor;
  const holder: CardHolder = cardHolder(0);
  const number = phone();
  const sex = holder.gender === '男' ? 'male' : 'female';
  let id: string;
  let portrait: string;
  beforeAll(async () => {
    app = await TestApp.start({ env: AT_EASE });
    worker = app.asGuest();
    family = app.asGuest();
    employee = await app.asEmployee();
    const registered = await worker.post(
      `${RESUMES}/self-register`,
      { name: holder.name, phone: number, gender: sex, age: 30, jobType: 'yuexin' },
      { 'idempotency-key': 'registered-once' },
    );
    expect(registered).toMatchObject({ status: 200, body: { data: { status: 'draft' } } });
    id = registered.body.data.id as string;
  });
  afterAll(() => app.stop());

  const publicList = async () =>
    (await family.get(`${PUBLIC}/list`, { keyword: number.slice(3) })).body.data.list as { id: string }[];
  const review = (action: string) => employee.post(`/api/resumes/${id}/review`, { action });

  it('begins with a draft, which staff find and nobody else sees', async () => {
    const drafts = await employee.get(`${RESUMES}/list`, { status: 'draft' });
    expect(drafts.body.data.list).toMatchObject([{ id, name: holder.name, leadSource: 'self-registration' }]);
    expect(await publicList()).toEqual([]);
    expect(await family.get(`${PUBLIC}/${id}`)).toMatchObject(refusal('NOT_FOUND'));
    const picture = await photograph(await frontOf(holder), IDEAL, 1);
    expect(await upload(worker, id, 'idCardFront', picture)).toMatchObject(refusal('UNAUTHORIZED'));
  });

  it('is completed by what the card says, which corrects the age that was told', async () => {
    const front = await photograph(await frontOf(holder), IDEAL, 1);
    const { body } = await readCard(employee, front);
    const { name, gender, ethnicity, birthDate, idNumber, address, warnings } = body.data;
    expect([name, gender, idNumber, warnings]).toEqual([holder.name, holder.gender, holder.idNumber, []]);
    const facts = { name, gender: sex, ethnicity, idNumber, birthDate, hukouAddress: address };
    const completed = await employee.patch(`${RESUMES}/${id}`, facts);
    expect(completed).toMatchObject({ status: 200, body: { data: { ...facts, phone: number } } });
    expect(completed.body.data.age).not.toBe(30);
    expect(completed.body.data).toMatchObject({
      zodiac: expect.any(String) as string,
      zodiacSign: expect.any(String) as string,
    });
  });

  it('gets its pictures: the card stays private, the portrait does not', async () => {
    const [front, back] = await Promise.all(
      [await frontOf(holder), await backOf(holder)].map((card, i) => photograph(card, IDEAL, i)),
    );
    const added = await uploadSeveral(employee, id, [
      ['idCardFront', front!],
      ['idCardBack', back!],
      ['personalPhoto', front!],
    ]);
    const addresses = added.body.data.uploadedFiles.map(({ fileUrl }: { fileUrl: string }) => fileUrl);
    const [card, , shown] = addresses as [string, string, string];
    expect((await openFile(app.url, card)).status).toBe(200);
    expect((await openFile(app.url, card.split('?')[0]!)).status).toBe(403);
    expect((await openFile(app.url, shown)).status).toBe(200);
    portrait = shown;
    expect((await resumeOf(employee, id)).idCardFront).toMatchObject({ mimeType: 'image/jpeg' });
  });

  it('is published by a review, once, and shown to families without what is nobody’s business', async () => {
    expect(await review('publish')).toMatchObject({ status: 200, body: { data: { status: 'published' } } });
    expect(await review('publish')).toMatchObject(refusal('CONFLICT'));
    expect(await publicList()).toMatchObject([{ id, name: holder.name, phone: number }]);
    const page = await family.get(`${PUBLIC}/${id}`);
    expect(page.body.data).toMatchObject({ id, gender: sex, personalPhotos: [{ url: portrait }] });
    for (const secret of [holder.idNumber, holder.birthDate, holder.address, 'idCard'])
      expect(page.text).not.toContain(secret);
    expect((await openFile(app.url, portrait)).headers.get('content-type')).toBe('image/jpeg');
  });

  it('is shared masked, until it is archived, which ends all of it', async () => {
    const shared = await employee.post(`/api/resumes/${id}/share`);
    const { token, shareUrl, path } = shared.body.data as Record<string, string>;
    expect(path).toBe(`/pages/public/detail/index?token=${token}`);
    const opened = await family.get(new URL(shareUrl!).pathname);
    const masked = { name: `${holder.name[0]}**`, phone: `${number.slice(0, 3)}****${number.slice(7)}` };
    expect(opened).toMatchObject({ status: 200, body: { data: masked } });
    for (const secret of [holder.name, number, holder.idNumber]) expect(opened.text).not.toContain(secret);

    expect((await employee.patch(`${RESUMES}/${id}`, { status: 'archived' })).status).toBe(200);
    expect(await family.get(`/api/resumes/shared/${token}`)).toMatchObject(refusal('SHARE_LINK_INVALID'));
    expect(await family.get(`${PUBLIC}/${id}`)).toMatchObject(refusal('NOT_FOUND'));
    expect(await publicList()).toEqual([]);
    expect(await employee.post(`/api/resumes/${id}/share`)).toMatchObject(refusal('CONFLICT'));
    const trail = await app.connection.collection('audit_logs').distinct('action', { entityId: id });
    expect(trail.sort()).toEqual(['review-publish', 'self-register', 'share', 'update', 'upload-file']);
  });

  it('has left neither number nor token in the log', () => {
    const log = app.logLines.join('');
    for (const secret of [holder.idNumber, number, holder.name]) expect(log).not.toContain(secret);
  });
});
