import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { NOBODY } from '../support/customers';
import { phone } from '../support/factories';
import { refusal } from '../support/refusal';
import { ACCEPTED_TOGETHER, REFUSED } from '../support/resume-fields';
import {
  birthDayOfAge,
  createResume,
  idNumberOf,
  PUBLIC,
  RESUMES,
  setStoredResume,
  storedResume,
} from '../support/resumes';

describe('changing a resume', () => {
  let app: TestApp;
  let employee: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    employee = await app.asEmployee();
  });
  afterAll(() => app.stop());

  const patch = (id: string, changes: unknown) => employee.patch(`${RESUMES}/${id}`, changes);
  const resumes = () => app.connection.collection('resumes');

  it.each(ACCEPTED_TOGETHER)('takes $input', async ({ input, answered }) => {
    const { id } = await createResume(employee);
    const answer = await patch(id, input);
    expect(answer).toMatchObject({ status: 200, body: { message: '保存成功', data: answered } });
    expect((await employee.get(`${RESUMES}/${id}`)).body.data).toEqual(answer.body.data);
  });

  it('refuses what creating refuses, and changes nothing', async () => {
    const { id } = await createResume(employee);
    const before = await storedResume(app, id);
    for (const [field, value, named = field] of REFUSED)
      expect([field, await patch(id, { [field]: value })]).toMatchObject([
        field,
        refusal('INVALID_PARAMS', named),
      ]);
    expect(await storedResume(app, id)).toEqual(before);
  });

  it.each(['name', 'phone', 'jobType', 'status', 'leadSource'])('never clears %s', async (field) => {
    const { id } = await createResume(employee);
    for (const blank of [null, ''])
      expect(await patch(id, { [field]: blank })).toMatchObject(refusal('INVALID_PARAMS', field));
  });

  it('clears a field by null or a blank, and leaves those that are not named', async () => {
    const { id } = await createResume(employee, { wechat: 'wx', remarks: '旧', skills: ['fushi'], age: 40 });
    const { body } = await patch(id, { wechat: null, skills: '', age: null });
    expect(body.data).toMatchObject({ wechat: null, skills: [], age: null, remarks: '旧' });
    const stored = Object.keys(await storedResume(app, id));
    expect(stored.filter((field) => ['wechat', 'skills', 'bornOn'].includes(field))).toEqual([]);
  });

  it('leaves a resume that would not change as it was, down to its time', async () => {
    const { id, updatedAt, ...shown } = await createResume(employee, {
      idNumber: idNumberOf('1984-05-20'),
      selfIntroduction: '八年经验',
    });
    const { createdAt: _, createdBy: __, createdByName: ___, review: ____, ...fields } = shown;
    const before = await storedResume(app, id);
    expect((await patch(id, fields)).body.data.updatedAt).toBe(updatedAt);
    expect(await storedResume(app, id)).toEqual(before);
  });

  it('refuses the phone and the identity number of somebody else, and names them', async () => {
    const idNumber = idNumberOf('1984-05-20');
    const [one, other] = [await createResume(employee, { idNumber }), await createResume(employee)];
    for (const [changes, code] of [
      [{ phone: one.phone }, 'DUPLICATE_PHONE'],
      [{ idNumber }, 'DUPLICATE_ID_NUMBER'],
    ] as const) {
      const answer = await patch(other.id, changes);
      expect(answer).toMatchObject(refusal(code));
      expect(answer.body.details).toEqual({ existingId: one.id });
    }
  });

  it('gives one phone to one of two who take it at the same time', async () => {
    const number = phone();
    const rivals = await Promise.all([createResume(employee), createResume(employee)]);
    const answers = await Promise.all(rivals.map(({ id }) => patch(id, { phone: number })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await resumes().countDocuments({ phone: number })).toBe(1);
  });

  it('loses neither of two changes that come at the same time', async () => {
    const { id } = await createResume(employee);
    await Promise.all([patch(id, { wechat: 'wx_one' }), patch(id, { remarks: '二' })]);
    expect((await employee.get(`${RESUMES}/${id}`)).body.data).toMatchObject({
      wechat: 'wx_one',
      remarks: '二',
    });
  });

  it('answers NOT_FOUND for nobody, INVALID_PARAMS for what is no id', async () => {
    expect(await employee.get(`${RESUMES}/${NOBODY}`)).toMatchObject(refusal('NOT_FOUND'));
    expect(await patch(NOBODY, { remarks: 'x' })).toMatchObject(refusal('NOT_FOUND'));
    expect(await employee.get(`${RESUMES}/nobody`)).toMatchObject(refusal('INVALID_PARAMS', 'id'));
    expect(await patch('nobody', { remarks: 'x' })).toMatchObject(refusal('INVALID_PARAMS', 'id'));
  });

  it('leaves out of the public what is archived, and shows it again when it is published', async () => {
    const { id } = await createResume(employee);
    const guest = app.asGuest();
    for (const [status, seen] of [
      ['archived', 404],
      ['draft', 404],
      ['published', 200],
    ] as const) {
      await patch(id, { status });
      expect([status, (await guest.get(`${PUBLIC}/${id}`)).status]).toEqual([status, seen]);
    }
  });

  it('keeps files that other routes have put there', async () => {
    const { id } = await createResume(employee);
    const file = {
      id: 'f1',
      key: 'resumes/f1.jpg',
      fileName: '照片.jpg',
      fileSize: 9,
      mimeType: 'image/jpeg',
      private: false,
    };
    await setStoredResume(app, id, { personalPhotos: [file] });
    const { body } = await patch(id, { remarks: '新', personalPhotos: [] });
    expect(body.data.personalPhotos).toMatchObject([{ id: 'f1', fileName: '照片.jpg' }]);
  });
});

describe('what follows from an identity number', () => {
  let app: TestApp;
  let employee: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    employee = await app.asEmployee();
  });
  afterAll(() => app.stop());

  it('is filled in: birth date, age, gender and signs', async () => {
    const idNumber = idNumberOf('1984-05-20');
    const created = await createResume(employee, { idNumber: idNumber.toLowerCase() });
    const [year, monthDay] = [new Date(Date.now() + 8 * 3_600_000).getUTCFullYear(), '05-20'];
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(5, 10);
    expect(created).toMatchObject({
      idNumber,
      birthDate: '1984-05-20',
      age: year - 1984 - (today < monthDay ? 1 : 0),
      gender: 'female',
      zodiac: 'rat',
      zodiacSign: 'taurus',
    });
  });

  it.each([
    [{ birthDate: '1984-05-21' }, 'birthDate'],
    [{ gender: 'male' }, 'gender'],
    [{ age: 20 }, 'age'],
    [{ zodiac: 'pig' }, 'zodiac'],
    [{ zodiacSign: 'leo' }, 'zodiacSign'],
  ])('is not contradicted: %j', async (stated, field) => {
    const input = { name: '张桂芳', phone: phone(), jobType: 'baojie', idNumber: idNumberOf('1984-05-20') };
    expect(await employee.post(`${RESUMES}/create`, { ...input, ...stated })).toMatchObject(
      refusal('INVALID_PARAMS', field),
    );
    const { id } = await createResume(employee, { idNumber: idNumberOf('1984-05-20') });
    expect(await employee.patch(`${RESUMES}/${id}`, stated)).toMatchObject(refusal('INVALID_PARAMS', field));
  });

  it('follows when it is corrected', async () => {
    const { id } = await createResume(employee, { idNumber: idNumberOf('1984-05-20') });
    const { body } = await employee.patch(`${RESUMES}/${id}`, { idNumber: idNumberOf('1990-01-26', 'male') });
    expect(body.data).toMatchObject({ birthDate: '1990-01-26', gender: 'male', zodiac: 'snake' });
  });

  it('is an age between 18 and 80', async () => {
    for (const years of [16, 83]) {
      const idNumber = idNumberOf(birthDayOfAge(years));
      expect(
        await employee.post(`${RESUMES}/create`, {
          name: '张桂芳',
          phone: phone(),
          jobType: 'baojie',
          idNumber,
        }),
      ).toMatchObject(refusal('INVALID_PARAMS', 'idNumber'));
    }
  });

  it('is an age that grows: who said 40 two years ago is 42', async () => {
    const { id } = await createResume(employee, { age: 40 });
    const { bornOn } = await storedResume(app, id);
    const twoYearsOlder = `${Number(bornOn!.slice(0, 4)) - 2}${bornOn!.slice(4).replace('02-29', '02-28')}`;
    await setStoredResume(app, id, { bornOn: twoYearsOlder });
    expect((await employee.get(`${RESUMES}/${id}`)).body.data.age).toBe(42);
  });
});

describe('validating beforehand', () => {
  let app: TestApp;
  let employee: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    employee = await app.asEmployee();
  });
  afterAll(() => app.stop());

  const validate = async (input: unknown) => (await employee.post(`${RESUMES}/validate`, input)).body.data;

  it('tells of a phone and a number whether they are valid and whether they are taken', async () => {
    const idNumber = idNumberOf('1984-05-20');
    const taken = await createResume(employee, { idNumber });
    expect(await validate({ phone: phone(), idNumber: idNumberOf('1984-05-21') })).toEqual({
      phone: { valid: true, exists: false, message: '手机号可用' },
      idNumber: { valid: true, exists: false, message: '身份证号可用' },
    });
    expect(await validate({ phone: taken.phone, idNumber })).toEqual({
      phone: { valid: true, exists: true, message: '手机号已存在' },
      idNumber: { valid: true, exists: true, message: '身份证号已存在' },
    });
    expect(await validate({ phone: '123', idNumber: '110101199001011234' })).toEqual({
      phone: { valid: false, exists: false, message: '手机号格式不正确，应为 11 位手机号' },
      idNumber: { valid: false, exists: false, message: '身份证号不正确' },
    });
  });

  it('tells of the one that is asked about', async () => {
    expect(Object.keys(await validate({ phone: phone(), idNumber: '' }))).toEqual(['phone']);
    expect(Object.keys(await validate({ idNumber: 'x' }))).toEqual(['idNumber']);
    for (const nothing of [{}, { phone: '', idNumber: null }])
      expect(await employee.post(`${RESUMES}/validate`, nothing)).toMatchObject(
        refusal('INVALID_PARAMS', 'phone'),
      );
    expect(await employee.post(`${RESUMES}/validate`, { phone: 13_800_138_000 })).toMatchObject(
      refusal('INVALID_PARAMS', 'phone'),
    );
  });

  const PHONES = [
    ' 13800138111 ',
    '13800138112',
    '+8613800138000',
    '1380013800',
    '12800138000',
    '张',
    '１３８００１３８０００',
  ];
  const NUMBERS = [
    idNumberOf('1984-05-20'),
    ` ${idNumberOf('1984-05-20').toLowerCase()} `,
    idNumberOf(birthDayOfAge(17)),
    idNumberOf(birthDayOfAge(18)),
    idNumberOf(birthDayOfAge(80)),
    idNumberOf(birthDayOfAge(82)),
    idNumberOf('1990-11-31'),
    idNumberOf('2090-01-01'),
    '110101900101123',
    '110101199001011234',
    'x',
  ];

  it.each([
    ...PHONES.map((value) => ['phone', value, 'DUPLICATE_PHONE']),
    ...NUMBERS.map((value) => ['idNumber', value, 'DUPLICATE_ID_NUMBER']),
  ] as const)('agrees with creating: %s %j', async (field, value, duplicate) => {
    const input = { name: '张桂芳', phone: phone(), jobType: 'baojie', [field]: value };
    const before = (await validate({ [field]: value }))[field];
    const created = await employee.post(`${RESUMES}/create`, input);
    expect(created.status).toBe(before.valid ? 200 : 400);
    expect(before.exists).toBe(false);
    if (!before.valid) return expect(created).toMatchObject(refusal('INVALID_PARAMS', field));
    expect((await validate({ [field]: value }))[field]).toMatchObject({ valid: true, exists: true });
    const again = await employee.post(`${RESUMES}/create`, {
      ...input,
      ...(field === 'phone' ? {} : { phone: phone() }),
    });
    expect(again).toMatchObject(refusal(duplicate as 'DUPLICATE_PHONE'));
  });
});
