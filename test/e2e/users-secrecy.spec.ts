import type { Actor, Answer } from '../support/actor';
import { TestApp } from '../support/app';
import { phone, userInput } from '../support/factories';
import { logIn } from '../support/log-in';

const PASSWORDS = {
  first: 'secret-of-creation-1',
  reset: 'secret-of-reset-2',
  own: 'secret-of-the-owner-3',
  wrong: 'secret-that-is-wrong-4',
  refused: 'secret-refused-5'.repeat(10),
};
const HASH = /\$argon2|passwordHash|tokenVersion/;

/** The life of one account, in which every route that takes a password is given one. */
async function liveThrough(app: TestApp, admin: Actor): Promise<Answer[]> {
  const input = { ...userInput(), phone: phone(), password: PASSWORDS.first };
  const answers: Answer[] = [];
  const note = async (answer: Promise<Answer>): Promise<Answer> => {
    answers.push(await answer);
    return answer;
  };
  const created = await note(admin.post('/api/users', input, { 'idempotency-key': 'life-of-an-account' }));
  const { id } = created.body.data;
  await note(admin.post('/api/users', input, { 'idempotency-key': 'life-of-an-account' }));
  await note(admin.post('/api/users', input));
  await note(admin.post('/api/users', { ...userInput(), password: PASSWORDS.refused }));
  await note(admin.post('/api/users', { ...userInput(), password: [PASSWORDS.first] }));
  await note(logIn(app.asGuest(), { ...input, password: PASSWORDS.wrong }));
  await note(logIn(app.asGuest(), { username: PASSWORDS.wrong, password: PASSWORDS.wrong }));
  await note(app.asGuest().post('/api/auth/login', `{"username":"x","password":"${PASSWORDS.first}"`));
  const login = await note(logIn(app.asGuest(), input));
  const person = app.asGuest().withToken(login.body.data.token);
  await note(person.get('/api/auth/me'));
  const change = { oldPassword: PASSWORDS.wrong, newPassword: PASSWORDS.own };
  await note(person.post('/api/auth/change-password', change));
  await note(person.post('/api/auth/change-password', { ...change, oldPassword: PASSWORDS.first }));
  await note(admin.post(`/api/users/${id}/reset-password`, { password: PASSWORDS.reset }));
  await note(admin.post(`/api/users/${id}/reset-password`, { password: PASSWORDS.refused }));
  await note(admin.patch(`/api/users/${id}`, { password: PASSWORDS.own, role: 'hr' }));
  await note(admin.get(`/api/users/${id}`));
  await note(admin.get('/api/users', { pageSize: 100 }));
  await note(admin.get('/api/audit-logs', { pageSize: 100 }));
  return answers;
}

describe('passwords', () => {
  let app: TestApp;
  let answers: Answer[];
  beforeAll(async () => {
    app = await TestApp.start({ env: { LOG_LEVEL: 'trace' } });
    answers = await liveThrough(app, await app.asAdmin());
  });
  afterAll(() => app.stop());

  const secrets = Object.entries(PASSWORDS);

  it('are given in a life of an account that went as meant', () => {
    expect(answers.map(({ status }) => status)).toEqual([
      200, 200, 409, 400, 400, 401, 401, 400, 200, 200, 400, 200, 200, 400, 200, 200, 200, 200,
    ]);
  });

  it.each(secrets)('never stand in an answer: %s', (_which, password) => {
    for (const { text } of answers) expect(text).not.toContain(password);
  });

  it('have hashes and versions that never stand in an answer', () => {
    for (const { text } of answers) expect(text).not.toMatch(HASH);
  });

  it.each(secrets)('never stand in the log: %s', (_which, password) => {
    expect(app.logLines.length).toBeGreaterThanOrEqual(answers.length);
    for (const line of app.logLines) expect(line).not.toContain(password);
  });

  it('and tokens and hashes never stand in the log', () => {
    const tokens = answers
      .map(({ body }) => body.data?.token as string | undefined)
      .filter((token) => token !== undefined);
    expect(tokens).toHaveLength(2);
    for (const line of app.logLines) {
      expect(line).not.toMatch(HASH);
      for (const token of tokens) expect(line).not.toContain(token.split('.')[2]);
    }
  });

  it('are nowhere in the database, and their hashes only with the accounts', async () => {
    const collections = await app.connection.db?.collections();
    expect(collections?.map(({ collectionName }) => collectionName)).toEqual(
      expect.arrayContaining(['users', 'audit_logs', 'login_attempts']),
    );
    for (const collection of collections ?? []) {
      const text = JSON.stringify(await collection.find().toArray());
      for (const [, password] of secrets.filter(([which]) => which !== 'wrong')) {
        expect(text).not.toContain(password);
      }
      if (collection.collectionName !== 'users') expect(text).not.toContain('$argon2');
    }
  });

  it('leave a record of their change in the audit trail, without themselves', async () => {
    const audits = await app.connection
      .collection('audit_logs')
      .find({ entity: 'user' })
      .sort({ at: 1 })
      .toArray();
    const changed = audits.filter(({ action }) => String(action).includes('password'));
    expect(changed.map(({ action }) => action as string)).toEqual(['change-password', 'reset-password']);
    for (const { before, after } of changed) {
      expect(Object.keys(before as object)).toEqual(['password']);
      expect(Object.keys(after as object)).toEqual(['password']);
    }
  });
});
