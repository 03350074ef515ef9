import type { Actor, Answer } from '../support/actor';
import { TestApp } from '../support/app';
import { createRoom, INTERVIEW, join } from '../support/interview';
import { BEHIND_PROXY, from } from '../support/log-in';
import { refusal } from '../support/refusal';

/** A fiftieth of what is allowed otherwise, so that the limits are soon reached. */
const FACTOR = 0.02;

describe('what one address may do around interviews in a minute', () => {
  let app: TestApp;
  let guest: Actor;
  let host: Actor;
  let roomId: string;
  beforeAll(async () => {
    app = await TestApp.start({ env: { ...BEHIND_PROXY, RATE_LIMIT_FACTOR: String(FACTOR) } });
    [guest, host] = [app.asGuest(), await app.asHr()];
    roomId = await createRoom(host);
  });
  afterAll(() => app.stop());

  const body = (fields: object) => ({
    roomId,
    userName: '王芳',
    guestId: 'guest_1',
    userId: 'guest_1',
    ...fields,
  });
  const post = (path: string) => (address: object) =>
    guest.post(path, body({}), address as Record<string, string>);
  const get = (path: string) => (address: object) =>
    guest.get(`${INTERVIEW}/room/${roomId}${path}`, {}, address as Record<string, string>);

  it.each<[route: string, points: number, ask: (address: object) => Promise<Answer>]>([
    ['guest/join', 60, post(`${INTERVIEW}/guest/join`)],
    ['guest/leave', 120, post(`${INTERVIEW}/guest/leave`)],
    ['guest/presence', 240, post(`${INTERVIEW}/guest/presence`)],
    ['generate-guest-token', 120, post('/api/zego/generate-guest-token')],
    ['room/:roomId', 900, get('')],
  ])('%s: %d', async (route, points, ask) => {
    const address = from(`10.1.${points % 250}.${route.length}`);
    const allowed = Math.round(points * FACTOR);
    for (let i = 0; i < allowed; i++) expect((await ask(address)).status).not.toBe(429);
    const refused = await ask(address);
    expect(refused).toMatchObject(refusal('RATE_LIMITED'));
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask(from('10.9.9.9'))).status).not.toBe(429);
  });

  it('room/:roomId/events: 120', async () => {
    const ask = async () =>
      fetch(`${app.url}${INTERVIEW}/room/nowhere/events`, { headers: from('10.2.0.1') }).then((answer) =>
        answer.text().then(() => answer.status),
      );
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push(await ask());
    expect(statuses).toEqual([404, 404, 429]);
  });

  it('staff are held to no such limit when they make rooms', async () => {
    for (let i = 0; i < 5; i++) await createRoom(host);
    expect((await join(guest, roomId)).status).toBe(200);
  });
});
