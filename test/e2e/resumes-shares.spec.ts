import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { NOBODY } from '../support/customers';
import { refusal } from '../support/refusal';
import { createResume, RESUMES } from '../support/resumes';

const HOUR_MS = 3_600_000;

describe('share links', () => {
  let app: TestApp;
  let employee: Actor;
  let admin: Actor;
  let guest: Actor;
  beforeAll(async () => {
    app = await TestApp.start({ env: { PUBLIC_BASE_URL: 'https://crm.example.cn' } });
    [employee, admin, guest] = [await app.asEmployee(), await app.asAdmin(), app.asGuest()];
  });
  afterAll(() => app.stop());

  const links = () => app.connection.collection('resume_share_links');
  const share = (id: string, body: unknown = {}) => employee.post(`/api/resumes/${id}/share`, body);
  const shared = async (body: unknown = {}, overrides = {}) => {
    const resume = await createResume(employee, overrides);
    return { resume, token: (await share(resume.id, body)).body.data.token as string };
  };
  const open = (token: string) => guest.get(`/api/resumes/shared/${token}`);
  const INVALID = refusal('SHARE_LINK_INVALID');

  it('are made with an address, a page and an end', async () => {
    const { id } = await createResume(employee);
    const answer = await share(id);
    expect(answer).toMatchObject({ status: 200, body: { message: '分享链接已生成' } });
    const { token, shareUrl, path, expireAt } = answer.body.data;
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(shareUrl).toBe(`https://crm.example.cn/api/resumes/shared/${token}`);
    expect(path).toBe(`/pages/public/detail/index?token=${token}`);
    expect(Math.abs(Date.parse(expireAt) - Date.now() - 24 * HOUR_MS)).toBeLessThan(60_000);
  });

  it.each([1, 720])('last %d hours when that is asked for', async (expireHours) => {
    const { id } = await createResume(employee);
    const { expireAt } = (await share(id, { expireHours })).body.data;
    expect(Math.abs(Date.parse(expireAt) - Date.now() - expireHours * HOUR_MS)).toBeLessThan(60_000);
  });

  it('need no body', async () => {
    const { id } = await createResume(employee);
    expect((await employee.send('POST', `/api/resumes/${id}/share`, undefined, {})).status).toBe(200);
  });

  it.each([0, 721, 1.5, '24', -1])('refuse to last %j hours', async (expireHours) => {
    const { id } = await createResume(employee);
    expect(await share(id, { expireHours })).toMatchObject(refusal('INVALID_PARAMS', 'expireHours'));
  });

  it('are for a resume that is there', async () => {
    for (const call of [
      () => share(NOBODY),
      () => employee.get(`/api/resumes/${NOBODY}/shares`),
      () => employee.send('DELETE', `/api/resumes/${NOBODY}/share`, undefined, {}),
    ])
      expect(await call()).toMatchObject(refusal('NOT_FOUND'));
    expect(await share('nobody')).toMatchObject(refusal('INVALID_PARAMS', 'id'));
  });

  it('show the resume masked, of a draft as well', async () => {
    const { resume, token } = await shared({}, { name: '张桂芳', phone: '13812348000', status: 'draft' });
    const { body } = await open(token);
    expect(body.data).toMatchObject({ id: resume.id, name: '张**', phone: '138****8000', jobType: 'yuexin' });
  });

  it('mask name and phone inside of what people write, and in names of files', async () => {
    const { resume, token } = await shared(
      {},
      {
        phone: '13812340001',
        selfIntroduction: '我叫张桂芳，电话13812340001，微信 138-1234 0001，家里 +86 138.1234.0001，十年经验',
        workExperiences: [
          { startDate: '2020-01', description: '张桂芳 13812340001', customerReview: '张桂芳好' },
        ],
      },
    );
    const file = { key: 'k', fileName: '张桂芳.jpg', fileSize: 1, mimeType: 'image/jpeg', private: false };
    await app.connection
      .collection('resumes')
      .updateOne({ phone: resume.phone }, { $set: { personalPhotos: [{ id: 'p', ...file }] } });
    const { text, body } = await open(token);
    expect(text).not.toContain('桂芳');
    expect(text).not.toContain('13812340001');
    expect(body.data.selfIntroduction).toBe(
      '我叫张**，电话138****0001，微信 138****0001，家里 138****0001，十年经验',
    );
    expect(body.data.personalPhotos).toMatchObject([
      { fileName: '张**.jpg', url: expect.stringMatching(/\/files\/p\.jpg$/) },
    ]);
  });

  it('are kept as a hash only: neither database nor audit nor log holds the token', async () => {
    const { token } = await shared();
    await open(token);
    for (const name of ['resume_share_links', 'audit_logs', 'resumes']) {
      const documents = await app.connection.collection(name).find().toArray();
      expect(documents.length).toBeGreaterThan(0);
      expect(JSON.stringify(documents)).not.toContain(token);
    }
    expect(app.logLines.join('')).not.toContain(token);
  });

  it('are all different', async () => {
    const { id } = await createResume(employee);
    const tokens = await Promise.all(
      Array.from({ length: 20 }, async () => (await share(id)).body.data.token),
    );
    expect(new Set(tokens).size).toBe(20);
  });

  it('count their views, of ten at once every one', async () => {
    const { resume, token } = await shared();
    await Promise.all(Array.from({ length: 10 }, () => open(token)));
    const { body } = await employee.get(`/api/resumes/${resume.id}/shares`);
    expect(body.data).toMatchObject([
      { viewCount: 10, revokedAt: null, createdBy: employee.id, createdByName: '李静' },
    ]);
    expect(Date.parse(body.data[0].lastViewedAt)).toBeGreaterThan(Date.now() - 60_000);
    expect(Object.keys(body.data[0])).not.toEqual(expect.arrayContaining(['token', 'tokenHash']));
  });

  it('end with their time', async () => {
    const { resume, token } = await shared();
    const { _id } = (await links().findOne({}, { sort: { _id: -1 } }))!;
    await links().updateOne({ _id }, { $set: { expireAt: new Date(Date.now() - 1) } });
    expect(await open(token)).toMatchObject(INVALID);
    const { body } = await employee.get(`/api/resumes/${resume.id}/shares`);
    expect(body.data[0].viewCount).toBe(0);
  });

  it('end all together when they are revoked, and no others', async () => {
    const { resume, token } = await shared();
    const second = (await share(resume.id)).body.data.token as string;
    const other = await shared();
    const revoke = () => employee.send('DELETE', `/api/resumes/${resume.id}/share`, undefined, {});
    expect((await revoke()).body.data).toEqual({ revoked: 2 });
    for (const ended of [token, second]) expect(await open(ended)).toMatchObject(INVALID);
    expect((await open(other.token)).status).toBe(200);
    expect((await revoke()).body.data).toEqual({ revoked: 0 });
    const third = (await share(resume.id)).body.data.token as string;
    expect((await open(third)).status).toBe(200);
  });

  it('end when the resume is archived, for good', async () => {
    const { resume, token } = await shared();
    await employee.patch(`${RESUMES}/${resume.id}`, { status: 'archived' });
    expect(await open(token)).toMatchObject(INVALID);
    expect(await share(resume.id)).toMatchObject(refusal('CONFLICT'));
    await employee.patch(`${RESUMES}/${resume.id}`, { status: 'published' });
    expect(await open(token)).toMatchObject(INVALID);
  });

  it.each([1, 2, 3, 4, 5])('end too when they are made while the resume is being archived (%i)', async () => {
    const { id } = await createResume(employee);
    const [archiving, ...answers] = await Promise.all([
      employee.patch(`${RESUMES}/${id}`, { status: 'archived' }),
      ...Array.from({ length: 6 }, () => share(id)),
    ]);
    expect(archiving.status).toBe(200);
    for (const answer of answers) expect([200, 409]).toContain(answer.status);
    await employee.patch(`${RESUMES}/${id}`, { status: 'published' });
    for (const { body } of answers.filter(({ status }) => status === 200))
      expect(await open(body.data.token)).toMatchObject(INVALID);
  });

  it('are refused alike, whatever is wrong with them', async () => {
    const { token } = await shared();
    const wrong = [
      'x',
      '0',
      token.slice(1),
      `${token}A`,
      token.toUpperCase(),
      'A'.repeat(32),
      NOBODY,
      '%00',
      '张',
    ];
    const answers = await Promise.all(wrong.map((each) => open(encodeURIComponent(each))));
    const told = answers.map(({ status, body }) => [status, body.code, body.message, body.details]);
    expect(new Set(told.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(told[0]).toEqual([404, 'SHARE_LINK_INVALID', '分享链接无效或已过期', undefined]);
  });

  it('are on record: who shared, who revoked, and no token', async () => {
    const { resume } = await shared();
    await employee.send('DELETE', `/api/resumes/${resume.id}/share`, undefined, {});
    const { body } = await admin.get('/api/audit-logs', { entity: 'resume', entityId: resume.id });
    expect(body.data.list).toMatchObject([
      { action: 'revoke-share', actorId: employee.id, after: { revoked: 1 } },
      { action: 'share', actorId: employee.id, before: null, after: { linkId: expect.any(String) } },
      { action: 'create' },
    ]);
  });

  it('are made once for one Idempotency-Key, whose kept answer does not hold the token in the clear', async () => {
    const { id } = await createResume(employee);
    const key = { 'Idempotency-Key': 'share-1' };
    const first = await employee.post(`/api/resumes/${id}/share`, {}, key);
    const again = await employee.post(`/api/resumes/${id}/share`, {}, key);
    expect(again.text).toBe(first.text);
    const claims = await app.connection.collection('idempotency_claims').find().toArray();
    expect(claims.length).toBeGreaterThan(0);
    expect(JSON.stringify(claims)).not.toContain(first.body.data.token);
  });
});
