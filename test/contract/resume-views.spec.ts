import { Types } from 'mongoose';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { createResume, idNumberOf, PUBLIC, resumeInput, RESUMES } from '../support/resumes';

/** Each field of a resume holds something by which it is recognised, wherever it leaves. */
const EXPERIENCE = {
  startDate: '2020-01',
  endDate: '2021-12',
  description: 'S-description',
  orderNumber: 'S-order',
  district: 'S-district',
  customerName: 'S-customer',
  customerReview: 'S-review',
  photos: ['https://img.example.cn/S-photo.jpg'],
};
const FULL = {
  idNumber: idNumberOf('1984-05-20'),
  wechat: 'S-wechat',
  expectedSalary: 8123,
  maternityNurseLevel: 'crown',
  education: 'college',
  skills: ['chanhou'],
  selfIntroduction: 'S-introduction',
  internalEvaluation: 'S-evaluation',
  remarks: 'S-remarks',
  ethnicity: 'S-ethnicity',
  nativePlace: 'S-native',
  experienceYears: 8,
  maritalStatus: 'married',
  religion: 'buddhism',
  currentAddress: 'S-current',
  hukouAddress: 'S-hukou',
  serviceArea: ['S-area'],
  orderStatus: 'accepting',
  leadSource: 'door-to-door',
  emergencyContactName: 'S-emergency',
  emergencyContactPhone: '13900001111',
  medicalExamDate: '2026-01-10',
  learningIntention: 'yuersao',
  currentStage: 'certified-no-exp',
  workExperiences: [EXPERIENCE],
  availabilityCalendar: [{ date: '2026-12-01', status: 'S-free', remarks: 'S-calendar' }],
};
const SINGLE = ['idCardFront', 'idCardBack', 'selfIntroductionVideo'];
const LISTS = [
  'personalPhotos',
  'certificates',
  'medicalReports',
  'confinementMealPhotos',
  'cookingPhotos',
  'complementaryFoodPhotos',
  'positiveReviewPhotos',
];
const file = (key: string) => ({
  id: `F-${key}`,
  key: `F-${key}`,
  thumbnailKey: `T-${key}`,
  fileName: `${key}.jpg`,
  fileSize: 7,
  mimeType: 'image/jpeg',
  private: ['idCardFront', 'idCardBack', 'medicalReports'].includes(key),
});
const FILES = {
  ...Object.fromEntries(SINGLE.map((key) => [key, file(key)])),
  ...Object.fromEntries(LISTS.map((key) => [key, [file(key)]])),
};
/** As somebody may add to the schema tomorrow, and forget the views. */
const TOMORROW = {
  bankAccount: 'X-bank',
  personalPhotos: [{ ...file('personalPhotos'), originalName: 'X-original' }],
};

const WORKER = [
  'id',
  'name',
  'phone',
  'gender',
  'age',
  'jobType',
  'orderStatus',
  'expectedSalary',
  'experienceYears',
  'nativePlace',
  'personalPhotos',
];
const PUBLIC_LIST = [
  ...WORKER,
  'maternityNurseLevel',
  'education',
  'skills',
  'ethnicity',
  'zodiac',
  'zodiacSign',
  'serviceArea',
  'selfIntroduction',
  'createdAt',
  'updatedAt',
];
const SHARED = [
  ...PUBLIC_LIST,
  'maritalStatus',
  'religion',
  'workExperiences',
  'availabilityCalendar',
  'confinementMealPhotos',
  'cookingPhotos',
  'complementaryFoodPhotos',
  'positiveReviewPhotos',
  'selfIntroductionVideo',
];
const PUBLIC_DETAIL = [...SHARED, 'certificates'];
const STAFF_LIST = [
  ...WORKER,

  'maternityNurseLevel',
  'education',
  'skills',
  'ethnicity',
  'status',
  'leadSource',
  'createdAt',
  'updatedAt',
];
const STAFF_DETAIL = [
  ...PUBLIC_DETAIL,
  'status',
  'leadSource',
  'idNumber',
  'birthDate',
  'wechat',
  'internalEvaluation',
  'remarks',
  'currentAddress',
  'hukouAddress',
  'emergencyContactName',
  'emergencyContactPhone',
  'medicalExamDate',
  'learningIntention',
  'currentStage',
  'idCardFront',
  'idCardBack',
  'medicalReports',
  'review',
  'createdBy',
  'createdByName',
];
const PUBLIC_EXPERIENCE = ['startDate', 'endDate', 'description', 'district', 'customerReview', 'photos'];

/** What no public answer may hold, in any place. */
const NEVER_PUBLIC = [
  FULL.idNumber,
  'S-wechat',
  'S-evaluation',
  'S-remarks',
  'S-current',
  'S-hukou',
  'S-emergency',
  '13900001111',
  'S-order',
  'S-customer',
  'S-calendar',
  '1984-05-20',
  '2026-01-10',
  'door-to-door',
  'F-idCardFront',
  'F-idCardBack',
  'F-medicalReports',
  'T-idCardFront',
  'T-medicalReports',
];
/** What is for no answer at all. */
const NEVER = ['X-bank', 'X-original', 'searchTerms', 'derivedFields', 'bornOn', 'introduced', 'shareCount'];

describe('which fields of a resume leave the service', () => {
  let app: TestApp;
  let employee: Actor;
  let guest: Actor;
  let id: string;
  let token: string;
  beforeAll(async () => {
    app = await TestApp.start();
    [employee, guest] = [await app.asEmployee(), app.asGuest()];
    id = (await createResume(employee, { ...FULL, name: '张桂芳', phone: '13812348000' })).id;
    token = (await employee.post(`/api/resumes/${id}/share`)).body.data.token;
    await app.connection
      .collection('resumes')
      .updateOne({ _id: new Types.ObjectId(id) }, { $set: { ...FILES, ...TOMORROW } });
  });
  afterAll(() => app.stop());

  const fieldsOf = (data: object) => Object.keys(data).sort();
  const sorted = (fields: string[]) => [...fields].sort();

  const VIEWS: [
    name: string,
    ask: () => Promise<{ text: string; data: object }>,
    fields: string[],
    open: boolean,
  ][] = [
    ['public list', () => row(guest, `${PUBLIC}/list`), PUBLIC_LIST, true],
    ['public list by keyword', () => row(guest, `${PUBLIC}/list?keyword=1234`), PUBLIC_LIST, true],
    ['public detail', () => one(guest, `${PUBLIC}/${id}`), PUBLIC_DETAIL, true],
    ['shared', () => one(guest, `/api/resumes/shared/${token}`), SHARED, true],
    ['search-workers of the public', () => hit(guest), WORKER, true],
    ['search-workers of staff', () => hit(employee), WORKER, false],
    ['staff list', () => row(employee, `${RESUMES}/list`), STAFF_LIST, false],
    ['staff detail', () => one(employee, `${RESUMES}/${id}`), STAFF_DETAIL, false],
  ];
  const one = async (actor: Actor, path: string) => {
    const { status, text, body } = await actor.get(path);
    expect(status).toBe(200);
    return { text, data: body.data as object };
  };
  const row = async (actor: Actor, path: string) => {
    const { text, body } = await actor.get(path);
    return { text, data: body.data.list[0] as object };
  };
  const hit = async (actor: Actor) => {
    const { text, body } = await actor.get('/api/resumes/search-workers', { name: '桂芳' });
    return { text, data: body.data[0] as object };
  };

  it.each(VIEWS)('%s: exactly these', async (_, ask, fields, open) => {
    const { text, data } = await ask();
    expect(fieldsOf(data)).toEqual(sorted(fields));
    for (const secret of [...NEVER, ...(open ? NEVER_PUBLIC : [])])
      expect([secret, text.includes(secret)]).toEqual([secret, false]);
  });

  it('holds of work experiences and files exactly these, in public', async () => {
    for (const path of [`${PUBLIC}/${id}`, `/api/resumes/shared/${token}`]) {
      const { data } = (await guest.get(path)).body;
      expect(fieldsOf(data.workExperiences[0])).toEqual(sorted(PUBLIC_EXPERIENCE));
      expect(fieldsOf(data.availabilityCalendar[0])).toEqual(['date', 'status']);
      expect(fieldsOf(data.personalPhotos[0])).toEqual(
        sorted(['id', 'url', 'thumbnailUrl', 'fileName', 'fileSize', 'mimeType']),
      );
    }
  });

  it('shows staff everything that was written down', async () => {
    const { data } = (await employee.get(`${RESUMES}/${id}`)).body;
    const { personalPhotos: _, ...files } = FILES as Record<string, { id: string } | { id: string }[]>;
    expect(data).toMatchObject({ ...FULL, birthDate: '1984-05-20', gender: 'female', zodiac: 'rat' });
    for (const [key, stored] of Object.entries(files)) {
      const shown = [data[key]].flat().map((each: { id: string }) => each.id);
      expect([key, shown]).toEqual([key, [stored].flat().map((each) => each.id)]);
    }
  });

  it('gives name and phone as they are in public, and masked by a link and by the search', async () => {
    const open = { name: '张桂芳', phone: '13812348000' };
    expect((await row(guest, `${PUBLIC}/list`)).data).toMatchObject(open);
    expect((await one(guest, `${PUBLIC}/${id}`)).data).toMatchObject(open);
    expect((await hit(employee)).data).toMatchObject(open);
    expect((await hit(guest)).data).toMatchObject({ name: '张桂芳', phone: '138****8000' });
    const shared = await one(guest, `/api/resumes/shared/${token}`);
    expect(shared.data).toMatchObject({ name: '张**', phone: '138****8000' });
    expect(shared.text).not.toMatch(/桂芳|13812348000/);
  });

  it('tells those who register themselves what they have said, and nothing else', async () => {
    const input = resumeInput({ ...FULL, idNumber: idNumberOf('1990-01-27'), remarks: 'S-remarks' });
    const { text, body } = await guest.post(`${RESUMES}/self-register`, input);
    expect(fieldsOf(body.data)).toEqual(
      sorted(['id', 'name', 'phone', 'gender', 'age', 'jobType', 'status', 'leadSource', 'createdAt']),
    );
    for (const secret of [...NEVER, 'S-remarks']) expect(text).not.toContain(secret);
  });
});
