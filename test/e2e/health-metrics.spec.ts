import { request as httpRequest } from 'node:http';
import { networkInterfaces } from 'node:os';
import { TestApp } from '../support/app';
import { eventually } from '../support/eventually';
import { refusal } from '../support/refusal';
import { onTestDatabase, ServiceProcess } from '../support/service-process';

const METRICS_TOKEN = 'a-token-for-prometheus';

/** An address of this machine that is not loopback, if it has one. */
const outside = Object.values(networkInterfaces())
  .flat()
  .find((address) => address && !address.internal && address.family === 'IPv4')?.address;
const fromOutside = outside ? it : it.skip;

describe('/api/health', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it('says to anybody that the process lives and that it can work', async () => {
    const guest = app.asGuest();
    expect((await guest.get('/api/health/live')).body.data).toEqual({ status: 'ok' });
    expect((await guest.get('/api/health/ready')).body.data).toEqual({ status: 'ok', database: 'ok' });
  });

  it('asks the database for readiness only', async () => {
    expect(await app.databaseCalls(() => app.asGuest().get('/api/health/live'))).toEqual([]);
    expect(await app.databaseCalls(() => app.asGuest().get('/api/health/ready'))).toEqual(['ping 1']);
  });
});

describe('/metrics', () => {
  let app: TestApp;
  let guarded: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
    guarded = await TestApp.start({ env: { METRICS_TOKEN, TRUST_PROXY: '1' } });
  });
  afterAll(async () => {
    await ServiceProcess.endAll();
    await app.stop();
    await guarded.stop();
  });

  const read = (instance: TestApp, headers: Record<string, string> = {}) =>
    fetch(`${instance.url}/metrics`, { headers });
  const metrics = async () => (await read(app)).text();
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const proxied = { 'x-forwarded-for': '203.0.113.9' };

  it('answers loopback in the Prometheus format', async () => {
    const response = await read(app);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=/);
    const text = await response.text();
    for (const name of ['process_cpu_seconds_total', 'nodejs_eventloop_lag_seconds']) {
      expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'));
    }
    expect(text).toContain('# TYPE http_request_duration_seconds histogram');
  });

  it.each<[string, Record<string, string>]>([
    ['without a token', {}],
    ['with a wrong token', bearer('another-token-of-same')],
    ['with a part of the token', bearer(METRICS_TOKEN.slice(0, -1))],
    ['with the bare token', { authorization: METRICS_TOKEN }],
    ['with an empty token', bearer('')],
  ])('refuses what a proxy passes on %s', async (_what, headers) => {
    const guest = guarded.asGuest();
    const answer = await guest.get('/metrics', {}, { ...proxied, ...headers });
    expect(answer).toMatchObject(refusal('FORBIDDEN'));
    expect(answer.text).not.toContain('process_cpu');
  });

  it('answers what a proxy passes on with the token', async () => {
    expect((await read(guarded, { ...proxied, ...bearer(METRICS_TOKEN) })).status).toBe(200);
  });

  it('refuses what a proxy passes on as its own neighbour, whether or not the proxy is trusted', async () => {
    for (const instance of [app, guarded]) {
      expect((await read(instance, { 'x-forwarded-for': '127.0.0.1' })).status).toBe(403);
    }
  });

  it('has no token that everyone knows when none is set', async () => {
    expect((await read(app, { ...proxied, ...bearer('undefined') })).status).toBe(403);
    expect((await read(app, { ...proxied, ...bearer('') })).status).toBe(403);
  });

  fromOutside('refuses another address without the token', async () => {
    const reachable = await ServiceProcess.start({
      ...onTestDatabase(app.database),
      METRICS_TOKEN,
      HOST: '0.0.0.0',
    });
    const url = `http://${outside}:${new URL(reachable.url).port}/metrics`;
    expect((await fetch(url)).status).toBe(403);
    expect((await fetch(url, { headers: bearer(METRICS_TOKEN) })).status).toBe(200);
  });

  it('counts requests by route pattern and status', async () => {
    const manager = await app.asManager();
    for (const id of ['66f1a2b3c4d5e6f708192a3b', '66f1a2b3c4d5e6f708192a3c']) {
      expect((await manager.get(`/api/customers/miniprogram/${id}?a=${id}`)).status).toBe(404);
    }
    const labels = 'method="GET",route="/api/customers/miniprogram/:id",status="404"';
    const text = await metrics();
    expect(text).toContain(`http_request_duration_seconds_count{${labels}} 2`);
    expect(text).not.toContain('66f1a2b3c4d5e6f708192a3b');
  });

  it('counts what is being answered, until its caller has the answer or is gone', async () => {
    const inFlight = async () => Number(/^http_requests_in_flight (\d+)$/m.exec(await metrics())?.[1]);
    // the reading itself is one
    await eventually(async () => expect(await inFlight()).toBe(1));
    const unfinished = httpRequest(`${app.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': '100' },
    }).on('error', () => undefined);
    unfinished.write('{"username":');
    await eventually(async () => expect(await inFlight()).toBe(2));
    unfinished.destroy();
    await eventually(async () => expect(await inFlight()).toBe(1));
  });

  it('does not grow with the addresses that callers think up', async () => {
    const methods = ['GET', 'POST', 'PROPFIND', 'OPTIONS'];
    for (const method of methods) await send('/api/nothing-at-all', method);
    const series = async () =>
      (await metrics()).split('\n').filter((line) => line.startsWith('http_request')).length;
    const before = await series();
    for (let i = 0; i < 40; i++) {
      await send(`/api/nothing-${i}`, methods[i % methods.length] ?? 'GET');
      await send(`/random/${i}/path`, 'GET');
    }
    expect(await metrics()).not.toMatch(/nothing-|random/);
    // reading the metrics is counted too
    expect((await series()) - before).toBeLessThanOrEqual(30);
  });

  function send(path: string, method: string): Promise<number | undefined> {
    return new Promise((done, failed) => {
      httpRequest(app.url + path, { method }, (response) => {
        response.resume().on('end', () => done(response.statusCode));
      })
        .on('error', failed)
        .end();
    });
  }
});
