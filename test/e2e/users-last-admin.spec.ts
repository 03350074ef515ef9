import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { refusal } from '../support/refusal';

/** Ways to stop being an active administrator. */
const LOSSES = [
  ['demotion', { role: 'manager' }],
  ['disabling', { active: false }],
] as const;
const ROUNDS = 10;

describe('the last active administrator', () => {
  let here: TestApp;
  let there: TestApp;
  beforeAll(async () => {
    here = await TestApp.start();
    there = await TestApp.start({ database: here.database });
  });
  beforeEach(() => here.connection.collection('users').updateMany({}, { $set: { role: 'hr' } }));
  afterAll(async () => {
    await there.stop();
    await here.stop();
  });

  const activeAdmins = () =>
    here.connection.collection('users').find({ role: 'admin', active: true }).toArray();
  const kept = { ...refusal('CONFLICT'), body: { message: '至少要保留一名启用的系统管理员' } };

  it.each(LOSSES)('refuses the %s of the only one, by that very person', async (_what, loss) => {
    const admin = await here.asAdmin();
    expect(await admin.patch(`/api/users/${admin.id}`, loss)).toMatchObject(kept);
    expect(await activeAdmins()).toHaveLength(1);
    expect((await admin.get('/api/users')).status).toBe(200);
    const audits = here.connection.collection('audit_logs');
    expect(await audits.countDocuments({ entityId: admin.id, action: 'update' })).toBe(0);
  });

  it('does not count administrators who are disabled', async () => {
    const [admin, other] = [await here.asAdmin(), await here.asAdmin()];
    expect((await admin.patch(`/api/users/${other.id}`, { active: false })).status).toBe(200);
    expect(await admin.patch(`/api/users/${admin.id}`, { role: 'hr' })).toMatchObject(kept);
  });

  it('may change what leaves it an active administrator', async () => {
    const admin = await here.asAdmin();
    const change = { name: '王芳', role: 'admin', active: true };
    expect((await admin.patch(`/api/users/${admin.id}`, change)).body.data).toMatchObject(change);
  });

  it('may step down when another one stays, and is then what it became', async () => {
    const [admin, other] = [await here.asAdmin(), await here.asAdmin()];
    expect((await admin.patch(`/api/users/${admin.id}`, { role: 'employee' })).status).toBe(200);
    expect(await admin.get('/api/users')).toMatchObject(refusal('FORBIDDEN'));
    expect(await other.patch(`/api/users/${other.id}`, { role: 'employee' })).toMatchObject(kept);
  });

  /** Of two who are the only ones, each makes a change at an instance of its own, at the same moment. */
  const race = async (target: (self: Actor, other: Actor) => Actor, losses: readonly object[]) => {
    const pair = [await here.asAdmin(), await here.asAdmin()] as const;
    // each instance knows both, so that neither is held up by looking them up
    for (const admin of pair) await admin.at(there.url).get('/api/auth/me');
    await here.connection
      .collection('users')
      .updateMany(
        { usernameKey: { $nin: pair.map(({ identity }) => identity?.username) } },
        { $set: { role: 'hr' } },
      );
    const answers = await Promise.all([
      pair[0].patch(`/api/users/${target(pair[0], pair[1]).id}`, losses[0]),
      pair[1].at(there.url).patch(`/api/users/${target(pair[1], pair[0]).id}`, losses[1]),
    ]);
    return answers.map(({ body }) => (body.success ? 'done' : String(body.code))).sort();
  };
  const demote = { role: 'manager' };
  const disable = { active: false };

  it.each([
    ['demotions of each other', (_self: Actor, other: Actor) => other, [demote, demote]],
    ['demotions of themselves', (self: Actor) => self, [demote, demote]],
    ['disablings of each other', (_self: Actor, other: Actor) => other, [disable, disable]],
    ['a demotion and a disabling', (_self: Actor, other: Actor) => other, [demote, disable]],
  ])('survives two simultaneous %s, ten times over', async (_what, target, losses) => {
    for (let round = 0; round < ROUNDS; round++) {
      const outcomes = await race(target, losses);
      expect(outcomes).toEqual(['CONFLICT', 'done']);
      expect(await activeAdmins()).toHaveLength(1);
    }
  });
});
