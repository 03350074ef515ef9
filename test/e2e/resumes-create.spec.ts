import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { NOBODY } from '../support/customers';
import { phone } from '../support/factories';
import { refusal } from '../support/refusal';
import { ACCEPTED_TOGETHER, REFUSED } from '../support/resume-fields';
import { createResume, idNumberOf, resumeInput, RESUMES, storedResume } from '../support/resumes';

const CREATE = `${RESUMES}/create`;

describe('a new resume', () => {
  let app: TestApp;
  let manager: Actor;
  let employee: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    [manager, employee] = await Promise.all([app.asManager(), app.asEmployee()]);
  });
  afterAll(() => app.stop());

  const resumes = () => app.connection.collection('resumes');

  it('is published, from other, with all the rest empty', async () => {
    const input = resumeInput();
    const answer = await employee.post(CREATE, input);
    expect(answer).toMatchObject({ status: 200, body: { success: true, message: '创建成功' } });
    const { id, createdAt, action, resume } = answer.body.data;
    expect([action, resume.id, resume.createdAt]).toEqual(['CREATED', id, createdAt]);
    expect((await manager.get(`${RESUMES}/${id}`)).body.data).toEqual(resume);
    expect(resume).toMatchObject({
      ...input,
      status: 'published',
      leadSource: 'other',
      createdBy: employee.id,
      createdByName: '李静',
    });
    const told = ['id', 'name', 'phone', 'jobType', 'status', 'leadSource', 'createdAt', 'updatedAt'];
    const empty = Object.entries(resume as object).filter(
      ([field]) => ![...told, 'createdBy', 'createdByName'].includes(field),
    );
    const blank = (value: unknown) => value === null || (Array.isArray(value) && value.length === 0);
    expect(empty.filter(([, value]) => !blank(value))).toEqual([]);
  });

  it.each(ACCEPTED_TOGETHER)('takes $input', async ({ input, answered }) => {
    const created = await createResume(manager, input);
    expect(created).toMatchObject(answered);
    expect((await manager.get(`${RESUMES}/${created.id}`)).body.data).toEqual(created);
  });

  it.each([...REFUSED, ['name', undefined], ['jobType', undefined], ['phone', undefined]])(
    'refuses %s = %j and stores nothing',
    async (field, value, named = field) => {
      const before = await resumes().countDocuments();
      const answer = await manager.post(CREATE, resumeInput({ [field]: value }));
      expect(answer).toMatchObject(refusal('INVALID_PARAMS', named));
      expect(await resumes().countDocuments()).toBe(before);
    },
  );

  it.each([
    ['jobType', undefined, '工种不能为空'],
    ['gender', '男', '性别应为以下之一：female（女）、male（男）'],
    [
      'orderStatus',
      '空闲',
      '接单状态应为以下之一：accepting（想接单）、not-accepting（不接单）、on-service（已上户）',
    ],
  ])('says of %s = %j in words what is wrong', async (field, value, message) => {
    const answer = await manager.post(CREATE, resumeInput({ [field]: value }));
    expect(answer.body).toMatchObject({ message, details: [{ field, message }] });
  });

  it('names every wrong field at once', async () => {
    const answer = await manager.post(CREATE, { phone: '1', age: 7 });
    const fields = answer.body.details.map((problem: { field: string }) => problem.field);
    expect(fields.sort()).toEqual(['age', 'jobType', 'name', 'phone']);
  });

  it.each(['[]', '"text"', 'null', '7'])('refuses a body that is %s', async (body) => {
    expect(await manager.post(CREATE, body)).toMatchObject(refusal('INVALID_PARAMS'));
  });

  it('drops the fields that a caller may not set, files among them, and those that nobody knows', async () => {
    const file = { id: 'x', key: '../secret', fileName: 'x', fileSize: 1, mimeType: 'x', private: false };
    const planted = {
      createdBy: NOBODY,
      searchTerms: ['planted'],
      createdAt: '2020-01-01',
      bornOn: '1900-01-01',
      derivedFields: ['phone'],
      introduced: true,
      review: { action: 'publish' },
      idCardFront: file,
      personalPhotos: [file],
      vip: true,
      $where: '1',
    };
    const created = await createResume(manager, planted);
    expect(created).toMatchObject({ createdBy: manager.id, review: null, idCardFront: null, age: null });
    const stored = await storedResume(app, created.id);
    expect(Object.keys(stored).sort()).toEqual(
      [
        '_id',
        'createdAt',
        'createdBy',
        'derivedFields',
        'introduced',
        'jobType',
        'leadSource',
        'name',
        'phone',
        'searchTerms',
        'status',
        'updatedAt',
      ].sort(),
    );
    expect(stored).toMatchObject({ introduced: false, derivedFields: [] });
    expect(stored.searchTerms).not.toContain('planted');
  });

  it.each([[''], [null]])('takes %j for a field left blank, and stores none', async (blank) => {
    const fields = ['gender', 'age', 'birthDate', 'idNumber', 'wechat', 'skills', 'expectedSalary'];
    const input = Object.fromEntries([...fields, 'status', 'leadSource'].map((field) => [field, blank]));
    const created = await createResume(manager, input);
    expect(created).toMatchObject({ status: 'published', leadSource: 'other', idNumber: null, skills: [] });
    const stored = Object.keys(await storedResume(app, created.id));
    expect(stored.filter((name) => fields.includes(name))).toEqual([]);
  });

  it('can be made of the example in the API document, as it is', async () => {
    const { body } = await manager.get('/api/docs-json');
    const { properties } = body.components.schemas.CreateResumeDto;
    const documented = Object.entries(properties as Record<string, { example?: unknown }>);
    expect(documented.filter(([, { example }]) => example === undefined)).toEqual([]);
    const example = Object.fromEntries(documented.map(([field, { example: value }]) => [field, value]));
    expect((await manager.post(CREATE, { ...example, phone: phone() })).status).toBe(200);
  });

  describe('of somebody who is there already', () => {
    it('is refused by phone, and named to staff', async () => {
      const first = await createResume(manager);
      const answer = await employee.post(CREATE, resumeInput({ phone: first.phone }));
      expect(answer).toMatchObject(refusal('DUPLICATE_PHONE'));
      expect(answer.body.details).toEqual({ existingId: first.id });
    });

    it('is refused by identity number, however it is written', async () => {
      const idNumber = idNumberOf('1984-05-20');
      const first = await createResume(manager, { idNumber });
      const answer = await employee.post(CREATE, resumeInput({ idNumber: ` ${idNumber.toLowerCase()} ` }));
      expect(answer).toMatchObject(refusal('DUPLICATE_ID_NUMBER'));
      expect(answer.body.details).toEqual({ existingId: first.id });
    });

    it('is refused while that one is archived too', async () => {
      const first = await createResume(manager, { status: 'archived' });
      expect(await employee.post(CREATE, resumeInput({ phone: first.phone }))).toMatchObject(
        refusal('DUPLICATE_PHONE'),
      );
    });

    it.each([
      ['phone', () => ({ phone: phone() }), 'DUPLICATE_PHONE'],
      ['identity number', () => ({ idNumber: idNumberOf('1990-02-02') }), 'DUPLICATE_ID_NUMBER'],
    ] as const)('is made once when ten send one %s at the same time', async (_, one, code) => {
      const same = one();
      const answers = await Promise.all(
        Array.from({ length: 10 }, (__, i) => (i % 2 ? manager : employee).post(CREATE, resumeInput(same))),
      );
      const created = answers.filter(({ status }) => status === 200);
      expect(created).toHaveLength(1);
      const refused = answers.filter(({ status }) => status !== 200).map(({ body }) => body);
      expect(refused.map(({ code: each, details }) => [each, details])).toEqual(
        Array.from({ length: 9 }, () => [code, { existingId: created[0]!.body.data.id }]),
      );
      expect(await resumes().countDocuments(same)).toBe(1);
    });
  });

  describe('with createOrUpdate', () => {
    const upsert = (actor: Actor, input: object, headers = {}) =>
      actor.post(CREATE, { ...input, createOrUpdate: true }, headers);

    it('is made when there is none', async () => {
      const answer = await upsert(manager, resumeInput());
      expect(answer.body.data).toMatchObject({ action: 'CREATED', resume: { status: 'published' } });
    });

    it('updates the one with the phone by the given fields, and leaves the rest, its status too', async () => {
      const first = await createResume(manager, { status: 'draft', leadSource: 'referral', remarks: '旧' });
      const input = resumeInput({ phone: first.phone, name: '张桂兰', expectedSalary: 9000 });
      const { data } = (await upsert(employee, input)).body;
      expect(data).toMatchObject({ id: first.id, createdAt: first.createdAt, action: 'UPDATED' });
      expect(data.resume).toMatchObject({
        name: '张桂兰',
        expectedSalary: 9000,
        remarks: '旧',
        status: 'draft',
        leadSource: 'referral',
        createdBy: manager.id,
      });
    });

    it('is refused for an identity number that somebody else has', async () => {
      const idNumber = idNumberOf('1979-03-03');
      const [holder, other] = [await createResume(manager, { idNumber }), await createResume(manager)];
      const answer = await upsert(manager, resumeInput({ phone: other.phone, idNumber }));
      expect(answer).toMatchObject(refusal('DUPLICATE_ID_NUMBER'));
      expect(answer.body.details).toEqual({ existingId: holder.id });
    });

    it.each([
      ['without keys', () => ({})],
      ['with keys', (i: number) => ({ 'Idempotency-Key': `upsert-${i}` })],
    ])('makes one of ten at the same time, and updates it by the others, %s', async (_, headers) => {
      const number = phone();
      const answers = await Promise.all(
        Array.from({ length: 10 }, (__, i) =>
          upsert(manager, resumeInput({ phone: number, remarks: `第 ${i} 次` }), headers(i)),
        ),
      );
      expect(answers.map(({ body }) => body.data?.action ?? body.code).sort()).toEqual([
        'CREATED',
        ...Array<string>(9).fill('UPDATED'),
      ]);
      expect(new Set(answers.map(({ body }) => body.data.id)).size).toBe(1);
      expect(await resumes().countDocuments({ phone: number })).toBe(1);
    });
  });

  it('is made once for one Idempotency-Key, and answered the same again', async () => {
    const input = resumeInput();
    const key = { 'Idempotency-Key': 'resume-1' };
    const first = await employee.post(CREATE, input, key);
    const again = await employee.post(CREATE, input, key);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.text).toBe(first.text);
    expect(await employee.post(CREATE, resumeInput(), key)).toMatchObject(refusal('IDEMPOTENCY_KEY_REUSED'));
    expect(await resumes().countDocuments({ phone: input.phone })).toBe(1);
  });
});
