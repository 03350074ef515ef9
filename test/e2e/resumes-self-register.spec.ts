import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { NOBODY } from '../support/customers';
import { phone } from '../support/factories';
import { BEHIND_PROXY, from } from '../support/log-in';
import { refusal } from '../support/refusal';
import {
  createResume,
  idNumberOf,
  PUBLIC,
  resumeInput,
  RESUMES,
  selfRegister,
  storedResume,
} from '../support/resumes';

const REGISTER = `${RESUMES}/self-register`;
const registration = (overrides: Record<string, unknown> = {}) =>
  resumeInput({ gender: 'female', age: 40, ...overrides });

describe('registering oneself', () => {
  let app: TestApp;
  let employee: Actor;
  let admin: Actor;
  let guest: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    [employee, admin, guest] = [await app.asEmployee(), await app.asAdmin(), app.asGuest()];
  });
  afterAll(() => app.stop());

  const resumes = () => app.connection.collection('resumes');

  it('makes a draft from self-registration, which only staff see', async () => {
    const input = registration({ selfIntroduction: '八年经验', nativePlace: '浙江' });
    const answer = await guest.post(REGISTER, input);
    expect(answer).toMatchObject({ status: 200, body: { message: '提交成功，等待审核' } });
    const { id } = answer.body.data;
    const { selfIntroduction, nativePlace, ...told } = input as Record<string, unknown>;
    expect(answer.body.data).toMatchObject({ ...told, status: 'draft', leadSource: 'self-registration' });
    expect((await guest.get(`${PUBLIC}/${id}`)).status).toBe(404);
    expect((await guest.get(`${PUBLIC}/list`, { keyword: input.phone })).body.data.total).toBe(0);
    expect((await guest.get('/api/resumes/search-workers', { phone: input.phone })).body.data).toEqual([]);
    const { body } = await employee.get(`${RESUMES}/list`, { status: 'draft', keyword: input.phone });
    expect(body.data.list).toMatchObject([{ id, status: 'draft' }]);
    expect((await employee.get(`${RESUMES}/${id}`)).body.data).toMatchObject({
      selfIntroduction,
      nativePlace,
      createdBy: null,
      createdByName: '',
    });
  });

  it.each(['name', 'phone', 'gender', 'age', 'jobType'])('needs %s', async (field) => {
    const answer = await guest.post(REGISTER, registration({ [field]: undefined }));
    expect(answer).toMatchObject(refusal('INVALID_PARAMS', field));
  });

  it.each([
    ['an age', { age: 40 }],
    ['a birth date', { birthDate: '1984-05-20' }],
    ['an identity number', { idNumber: idNumberOf('1984-05-20') }],
    ['an identity number, which tells the gender too', { idNumber: idNumberOf('1984-05-21'), gender: '' }],
  ])('takes %s', async (_, fields) => {
    const answer = await guest.post(REGISTER, registration({ age: undefined, ...fields }));
    expect(answer.body.data).toMatchObject({ gender: 'female', age: expect.any(Number) });
  });

  it.each([
    ['age', 17],
    ['phone', '123'],
    ['idNumber', '110101199001011234'],
    ['birthDate', '1990-02-30'],
  ])('refuses %s = %j', async (field, value) => {
    const answer = await guest.post(REGISTER, registration({ [field]: value }));
    expect(answer).toMatchObject(refusal('INVALID_PARAMS', field));
  });

  it('sets nothing that is for staff to say', async () => {
    const { id } = await selfRegister(guest, {
      status: 'published',
      leadSource: 'referral',
      internalEvaluation: '好',
      remarks: '好',
      createOrUpdate: true,
      review: { action: 'publish' },
      createdBy: employee.id,
    });
    const stored = await storedResume(app, id);
    expect(stored).toMatchObject({ status: 'draft', leadSource: 'self-registration', createdBy: null });
    const set = Object.keys(stored);
    expect(
      set.filter((field) => ['internalEvaluation', 'remarks', 'review', 'createOrUpdate'].includes(field)),
    ).toEqual([]);
  });

  it('is refused for a phone or a number that is known, without a word about whose it is', async () => {
    const idNumber = idNumberOf('1984-05-22');
    const known = await createResume(employee, { idNumber });
    for (const [fields, code] of [
      [{ phone: known.phone, createOrUpdate: true }, 'DUPLICATE_PHONE'],
      [{ idNumber, age: undefined }, 'DUPLICATE_ID_NUMBER'],
    ] as const) {
      const answer = await guest.post(REGISTER, registration(fields));
      expect(answer).toMatchObject(refusal(code));
      expect(answer.text).not.toContain(known.id);
      expect(answer.body.details).toBeUndefined();
    }
  });

  it('makes one of eight at the same time', async () => {
    const input = registration();
    const answers = await Promise.all(Array.from({ length: 8 }, () => guest.post(REGISTER, input)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(409)]);
    expect(await resumes().countDocuments({ phone: input.phone })).toBe(1);
  });

  it('is done once for one Idempotency-Key', async () => {
    const input = registration();
    const key = { 'Idempotency-Key': 'register-1' };
    const first = await guest.post(REGISTER, input, key);
    expect((await guest.post(REGISTER, input, key)).text).toBe(first.text);
    expect(await resumes().countDocuments({ phone: input.phone })).toBe(1);
  });

  it('is on record as nobody of the staff', async () => {
    const { id } = await selfRegister(guest);
    const { body } = await admin.get('/api/audit-logs', { entityId: id });
    expect(body.data.list).toMatchObject([
      { entity: 'resume', action: 'self-register', actorId: null, before: null, after: { status: 'draft' } },
    ]);
  });

  describe('and being reviewed', () => {
    const review = (id: string, body: unknown, actor = employee) =>
      actor.post(`/api/resumes/${id}/review`, body);

    it('is published: everybody sees it from then on', async () => {
      const { id } = await selfRegister(guest);
      const answer = await review(id, { action: 'publish' });
      expect(answer).toMatchObject({ status: 200, body: { message: '审核成功' } });
      expect(answer.body.data).toMatchObject({
        status: 'published',
        review: { action: 'publish', reason: '', reviewedBy: employee.id, reviewedByName: '李静' },
      });
      expect((await guest.get(`${PUBLIC}/${id}`)).status).toBe(200);
    });

    it('is rejected with the reason, and archived', async () => {
      const { id } = await selfRegister(guest);
      const { body } = await review(id, { action: 'reject', reason: '照片不清楚' });
      expect(body.data).toMatchObject({
        status: 'archived',
        review: { action: 'reject', reason: '照片不清楚' },
      });
      expect((await guest.get(`${PUBLIC}/${id}`)).status).toBe(404);
      const trail = (await admin.get('/api/audit-logs', { entityId: id })).body.data.list;
      expect(trail[0]).toMatchObject({
        action: 'review-reject',
        actorId: employee.id,
        before: { status: 'draft' },
        after: { status: 'archived', review: { reason: '照片不清楚' } },
      });
    });

    it('is looked at again when whoever was rejected registers again, and only then', async () => {
      const idNumber = idNumberOf('1984-05-23');
      const input = registration({ idNumber, age: undefined, selfIntroduction: '旧的', nativePlace: '浙江' });
      const { id } = (await guest.post(REGISTER, input)).body.data;
      expect(await guest.post(REGISTER, input)).toMatchObject(refusal('DUPLICATE_PHONE'));
      await review(id, { action: 'reject', reason: '照片不清楚，请重新提交' });
      // a number that somebody else had made use of is the owner's again
      const owner = await guest.post(REGISTER, registration({ idNumber, age: undefined }));
      expect(owner.status).toBe(200);
      const again = registration({ phone: input.phone, name: '王秀英', nativePlace: '江苏' });
      const answers = await Promise.all(Array.from({ length: 5 }, () => guest.post(REGISTER, again)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
      const done = answers.find(({ status }) => status === 200);
      expect(done?.body.data).toMatchObject({ id, name: '王秀英', status: 'draft' });
      const stored = await storedResume(app, id);
      expect(stored).toMatchObject({ name: '王秀英', nativePlace: '江苏', status: 'draft' });
      expect(Object.keys(stored)).not.toEqual(expect.arrayContaining(['selfIntroduction']));
      expect(Object.keys(stored)).not.toEqual(expect.arrayContaining(['review']));
      expect((await review(id, { action: 'publish' })).status).toBe(200);
      expect(await guest.post(REGISTER, again)).toMatchObject(refusal('DUPLICATE_PHONE'));
    });

    it('stays as it is when staff archive it later: that was no rejection', async () => {
      const input = registration();
      const { id } = (await guest.post(REGISTER, input)).body.data;
      await review(id, { action: 'publish' });
      await employee.patch(`${RESUMES}/${id}`, { status: 'archived' });
      expect(await guest.post(REGISTER, input)).toMatchObject(refusal('DUPLICATE_PHONE'));
    });

    it.each([
      [{ action: 'reject' }, 'reason'],
      [{ action: 'reject', reason: '  ' }, 'reason'],
      [{ action: 'publish', reason: '字'.repeat(201) }, 'reason'],
      [{ action: 'delete' }, 'action'],
      [{}, 'action'],
    ])('refuses %j', async (body, field) => {
      const { id } = await selfRegister(guest);
      expect(await review(id, body)).toMatchObject(refusal('INVALID_PARAMS', field));
    });

    it('is for drafts, and for one that is there', async () => {
      const { id } = await createResume(employee);
      expect(await review(id, { action: 'publish' })).toMatchObject(refusal('CONFLICT'));
      expect(await review(NOBODY, { action: 'publish' })).toMatchObject(refusal('NOT_FOUND'));
      expect(await review('nobody', { action: 'publish' })).toMatchObject(refusal('INVALID_PARAMS', 'id'));
    });

    it('counts once when several do it at the same time', async () => {
      const { id } = await selfRegister(guest);
      const answers = await Promise.all([
        review(id, { action: 'publish' }),
        review(id, { action: 'reject', reason: '重复' }, admin),
        review(id, { action: 'publish' }, admin),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
      const done = answers.find(({ status }) => status === 200)!;
      expect((await storedResume(app, id)).status).toBe(done.body.data.status);
    });
  });
});

describe('limits of the public routes of resumes', () => {
  let app: TestApp;
  let guest: Actor;
  beforeAll(async () => {
    app = await TestApp.start({ env: { ...BEHIND_PROXY, RATE_LIMIT_FACTOR: '1' } });
    guest = app.asGuest();
  });
  afterAll(() => app.stop());

  it('let an address register three times a minute, and another one besides', async () => {
    const register = (ip: string) => guest.post(REGISTER, registration({ phone: phone() }), from(ip));
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) statuses.push((await register('192.0.2.1')).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const limited = await register('192.0.2.1');
    expect(limited).toMatchObject(refusal('RATE_LIMITED'));
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await register('192.0.2.2')).status).toBe(200);
  });

  it.each([
    ['public reads', `${PUBLIC}/list`, 120, 200],
    ['search-workers', '/api/resumes/search-workers?name=张三', 30, 200],
    ['share reads', '/api/resumes/shared/wrong', 60, 404],
  ])('hold %s to a number of their own', async (_, path, points, ok) => {
    const ip = `198.51.100.${points}`;
    const answers = await Promise.all(
      Array.from({ length: points + 5 }, () => guest.get(path, {}, from(ip))),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === ok)).toHaveLength(points);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    expect((await guest.get('/api/resumes/enums', {}, from(ip))).status).toBe(200);
  });
});
