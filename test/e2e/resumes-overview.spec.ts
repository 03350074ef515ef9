import type { Actor, Answer } from '../support/actor';
import { TestApp } from '../support/app';
import { refusal } from '../support/refusal';
import {
  birthDayOfAge,
  createResume,
  idNumberOf,
  PUBLIC,
  resumeInput,
  RESUMES,
  setStoredResume,
} from '../support/resumes';

const DAY_MS = 86_400_000;

describe('the figures of resumes', () => {
  let app: TestApp;
  let employee: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    employee = await app.asEmployee();
  });
  afterAll(() => app.stop());

  const stats = async () => (await employee.get(`${RESUMES}/stats`)).body.data;

  it('are zeros of nothing', async () => {
    const before = Date.now();
    const { lastUpdated, ...figures } = await stats();
    expect(figures).toEqual({
      totalResumes: 0,
      resumesWithSelfIntroduction: 0,
      selfIntroductionRate: '0.00',
      recentResumes: 0,
    });
    expect(Date.parse(lastUpdated)).toBeGreaterThanOrEqual(before);
  });

  it('count all, those with a self-introduction, and those of seven days', async () => {
    const [one, two, three] = await Promise.all([
      createResume(employee, { selfIntroduction: '八年经验' }),
      createResume(employee, { selfIntroduction: '十年经验', status: 'draft' }),
      createResume(employee, { selfIntroduction: '   ' }),
    ]);
    await setStoredResume(app, one.id, { createdAt: new Date(Date.now() - 7 * DAY_MS - 60_000) });
    await setStoredResume(app, two.id, { createdAt: new Date(Date.now() - 7 * DAY_MS + 60_000) });
    expect(await stats()).toMatchObject({
      totalResumes: 3,
      resumesWithSelfIntroduction: 2,
      selfIntroductionRate: '66.67',
      recentResumes: 2,
    });
    await employee.patch(`${RESUMES}/${two.id}`, { selfIntroduction: null });
    expect(await stats()).toMatchObject({ resumesWithSelfIntroduction: 1, selfIntroductionRate: '33.33' });
    await employee.patch(`${RESUMES}/${three.id}`, { selfIntroduction: '补上' });
    expect(await stats()).toMatchObject({ resumesWithSelfIntroduction: 2 });
  });
});

describe('resumes and who may see them', () => {
  let app: TestApp;
  let admin: Actor;
  let employee: Actor;
  let guest: Actor;
  beforeAll(async () => {
    app = await TestApp.start();
    [admin, employee, guest] = [await app.asAdmin(), await app.asEmployee(), app.asGuest()];
  });
  afterAll(() => app.stop());

  const ROUTES: [name: string, ask: (actor: Actor, id: string) => Promise<Answer>][] = [
    ['create', (actor) => actor.post(`${RESUMES}/create`, resumeInput())],
    ['validate', (actor) => actor.post(`${RESUMES}/validate`, { phone: '13800138000' })],
    ['stats', (actor) => actor.get(`${RESUMES}/stats`)],
    ['list', (actor) => actor.get(`${RESUMES}/list`)],
    ['detail', (actor, id) => actor.get(`${RESUMES}/${id}`)],
    ['update', (actor, id) => actor.patch(`${RESUMES}/${id}`, { remarks: actor.identity?.username ?? 'x' })],
    ['share', (actor, id) => actor.post(`/api/resumes/${id}/share`)],
    ['shares', (actor, id) => actor.get(`/api/resumes/${id}/shares`)],
    ['revoke', (actor, id) => actor.send('DELETE', `/api/resumes/${id}/share`, undefined, {})],
    ['review', (actor, id) => actor.post(`/api/resumes/${id}/review`, { action: 'publish' })],
  ];

  it.each(ROUTES)(
    '%s is for staff, whoever made the resume, and neither for interviewers nor guests',
    async (_, ask) => {
      const { id } = await createResume(employee, { status: 'draft' });
      expect(await ask(guest, id)).toMatchObject(refusal('UNAUTHORIZED'));
      expect(await ask(guest.withToken('nonsense'), id)).toMatchObject(refusal('UNAUTHORIZED'));
      expect(await ask(await app.asHr(), id)).toMatchObject(refusal('FORBIDDEN'));
      for (const actor of [await app.asEmployee(), await app.asManager()]) {
        await setStoredResume(app, id, { status: 'draft' });
        expect((await ask(actor, id)).status).toBe(200);
      }
    },
  );

  it('has a dictionary of choices with a label each', async () => {
    const { body } = await guest.get('/api/resumes/enums');
    const sizes = Object.entries(body.data as Record<string, unknown[]>).map(([name, list]) => [
      name,
      list.length,
    ]);
    expect(Object.fromEntries(sizes)).toEqual({
      gender: 2,
      jobType: 10,
      education: 9,
      skills: 20,
      maritalStatus: 4,
      religion: 7,
      zodiac: 12,
      zodiacSign: 12,
      orderStatus: 3,
      leadSource: 7,
      maternityNurseLevel: 6,
      learningIntention: 4,
      currentStage: 5,
      fileTypes: 10,
      serviceType: 9,
    });
    expect(body.data).toMatchObject({
      gender: [
        { value: 'female', label: '女' },
        { value: 'male', label: '男' },
      ],
      zodiac: expect.arrayContaining([{ value: 'goat', label: '羊' }]),
      fileTypes: expect.arrayContaining([{ value: 'medicalReport', label: '体检报告' }]),
      serviceType: expect.arrayContaining([{ value: '住家护老', label: '住家护老' }]),
    });
    for (const list of Object.values(body.data as Record<string, { value: string; label: string }[]>)) {
      expect(new Set(list.map(({ value }) => value)).size).toBe(list.length);
      expect(list.every(({ label }) => /[\u4e00-\u9fff]/.test(label))).toBe(true);
    }
  });

  describe('their audit trail', () => {
    const trail = async (entityId: string) =>
      (await admin.get('/api/audit-logs', { entity: 'resume', entityId, pageSize: 100 })).body.data.list;

    it('records a creation, and of a change the fields that changed', async () => {
      const idNumber = idNumberOf('1984-05-20');
      const created = await employee.post(`${RESUMES}/create`, resumeInput({ idNumber, remarks: '旧' }));
      const { id } = created.body.data;
      const answer = await admin.patch(`${RESUMES}/${id}`, { remarks: '新', skills: ['fushi'], wechat: '' });
      const [change, creation] = await trail(id);
      expect(creation).toMatchObject({
        action: 'create',
        actorId: employee.id,
        requestId: created.headers.get('x-request-id'),
        before: null,
        after: { idNumber, birthDate: '1984-05-20', remarks: '旧', status: 'published' },
      });
      expect(change).toMatchObject({ action: 'update', requestId: answer.headers.get('x-request-id') });
      expect([change.before, change.after]).toEqual([
        { remarks: '旧' },
        { remarks: '新', skills: ['fushi'] },
      ]);
      const bookkeeping = ['searchTerms', 'derivedFields', 'introduced', 'shareCount'];
      expect(Object.keys(creation.after).filter((field) => bookkeeping.includes(field))).toEqual([]);
    });

    it('records updating by createOrUpdate as an update', async () => {
      const { id, phone } = await createResume(employee);
      await employee.post(`${RESUMES}/create`, { ...resumeInput({ phone, age: 40 }), createOrUpdate: true });
      const [record] = await trail(id);
      expect(record).toMatchObject({ action: 'update', after: { bornOn: expect.any(String) } });
    });

    it('records nothing for what changes nothing, and nothing for what is refused', async () => {
      const { id, name, phone } = await createResume(employee);
      await employee.patch(`${RESUMES}/${id}`, { name, phone, skills: [] });
      await employee.patch(`${RESUMES}/${id}`, { phone: '1' });
      await employee.post(`${RESUMES}/create`, resumeInput({ phone }));
      expect(await trail(id)).toHaveLength(1);
    });
  });
});

/** What each request asks of the database, whatever number of records there are. */
const CALLS: [
  name: string,
  ask: (staff: Actor, guest: Actor, id: string, token: string) => Promise<unknown>,
  calls: string[],
][] = [
  ['staff list', (staff) => staff.get(`${RESUMES}/list`), ['count resumes', 'find resumes']],
  ['public list', (_, guest) => guest.get(`${PUBLIC}/list`), ['aggregate resumes', 'find resumes']],
  [
    'public list by keyword and filters',
    (_, guest) => guest.get(`${PUBLIC}/list`, { keyword: '张', maxAge: 60, nativePlace: '浙江' }),
    ['aggregate resumes', 'find resumes'],
  ],
  ['public detail', (_, guest, id) => guest.get(`${PUBLIC}/${id}`), ['find resumes']],
  ['staff detail', (staff, _, id) => staff.get(`${RESUMES}/${id}`), ['find resumes']],
  [
    'search-workers',
    (_, guest) => guest.get('/api/resumes/search-workers', { name: '桂芳' }),
    ['find resumes'],
  ],
  [
    'search-workers by both',
    (_, guest) => guest.get('/api/resumes/search-workers', { name: '桂芳', phone: '1234' }),
    ['aggregate resumes', 'find resumes'],
  ],
  [
    'shared',
    (_, guest, __, token) => guest.get(`/api/resumes/shared/${token}`),
    ['find resumes', 'findAndModify resume_share_links'],
  ],
  [
    'shares',
    (staff, _, id) => staff.get(`/api/resumes/${id}/shares`),
    ['find resume_share_links', 'find resumes'],
  ],
  [
    'stats',
    (staff) => staff.get(`${RESUMES}/stats`),
    ['aggregate resumes', 'aggregate resumes', 'count resumes'],
  ],
  [
    'validate',
    (staff) =>
      staff.post(`${RESUMES}/validate`, { phone: '13800138000', idNumber: idNumberOf(birthDayOfAge(40)) }),
    ['find resumes', 'find resumes'],
  ],
  ['enums', (_, guest) => guest.get('/api/resumes/enums'), []],
];

describe('database calls of a request for resumes', () => {
  let app: TestApp;
  let staff: Actor;
  let id: string;
  let token: string;
  beforeAll(async () => {
    app = await TestApp.start();
    staff = await app.asEmployee();
    for (let i = 0; i < 12; i++) ({ id } = await createResume(staff, { nativePlace: '浙江' }));
    ({ token } = (await staff.post(`/api/resumes/${id}/share`)).body.data);
  });
  afterAll(() => app.stop());

  it.each(CALLS)('%s: a fixed few, none of them per row', async (_, ask, expected) => {
    const calls = await app.databaseCalls(() => ask(staff, app.asGuest(), id, token));
    expect(calls.sort()).toEqual(expected);
  });
});
