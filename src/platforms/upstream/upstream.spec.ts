import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Metrics } from '../../common/metrics/metrics';
import { type SentRequest, Upstream, type UpstreamRequest } from './upstream';
import { UpstreamFailure } from './upstream-failure';
import { UpstreamMetrics } from './upstream-metrics';

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

const well: Behaviour = (_request, response) =>
  void response.setHeader('content-type', 'application/json').end('{"errcode":0}');
const hang: Behaviour = () => undefined;
const drop: Behaviour = (request) => void request.socket.destroy();
const broken: Behaviour = (_request, response) => void response.writeHead(503).end('busy');
const elsewhere: Behaviour = (_request, response) =>
  void response.writeHead(302, { location: 'http://127.0.0.1:9/?access_token=x' }).end();
/** begins an answer and never ends it */
const dribble: Behaviour = (_request, response) => {
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
};
const endless: Behaviour = (_request, response) => {
  const megabyte = Buffer.alloc(1024 * 1024);
  const more = (): void => {
    while (!response.destroyed && response.write(megabyte));
    response.once('drain', more);
  };
  more();
};

const ONCE: UpstreamRequest = {
  operation: 'send',
  method: 'POST',
  path: '/send',
  body: {},
  repeatable: false,
};
const AGAIN: UpstreamRequest = { operation: 'look', method: 'GET', path: '/look', repeatable: true };

describe('the way to an outside system', () => {
  let server: Server;
  let behaviour: Behaviour;
  let received: string[];
  let metrics: Metrics;
  let upstream: Upstream;
  const timeLimits: number[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      received.push(`${request.method} ${request.url}`);
      behaviour(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    // nobody wants to wait for what will not come; what comes has its time, on a busy machine too
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      timeLimits.push(ms);
      return timeout(behaviour === hang || behaviour === dribble ? ms / 50 : ms);
    });
  });
  beforeEach(() => {
    received = [];
    behaviour = well;
    metrics = new Metrics();
    const { port } = server.address() as AddressInfo;
    upstream = new Upstream('wechat', `http://127.0.0.1:${port}`, new UpstreamMetrics(metrics));
  });
  afterAll(() => {
    jest.restoreAllMocks();
    server.closeAllConnections();
    server.close();
  });

  const failureOf = async (request: UpstreamRequest): Promise<UpstreamFailure> => {
    const error: unknown = await upstream.request(request).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UpstreamFailure);
    return error as UpstreamFailure;
  };

  it('asks once when all is well, and hands over type and bytes', async () => {
    const answer = await upstream.request({ ...AGAIN, query: { scene: 'a&b=c 中' } });
    expect(answer.contentType).toBe('application/json');
    expect(answer.bytes.toString()).toBe('{"errcode":0}');
    expect(received).toEqual(['GET /look?scene=a%26b%3Dc+%E4%B8%AD']);
    expect(timeLimits.at(-1)).toBe(5000);
  });

  it.each<[string, Behaviour, string, string, string]>([
    ['hangs', hang, 'timeout', 'UPSTREAM_TIMEOUT', 'timeout'],
    ['never ends its answer', dribble, 'timeout', 'UPSTREAM_TIMEOUT', 'timeout'],
    ['hangs up', drop, 'interrupted', 'UPSTREAM_ERROR', 'interrupted'],
    ['answers 503', broken, 'status', 'UPSTREAM_ERROR', 'status'],
    ['sends us elsewhere', elsewhere, 'interrupted', 'UPSTREAM_ERROR', 'interrupted'],
    ['answers without end', endless, 'interrupted', 'UPSTREAM_ERROR', 'interrupted'],
  ])(
    'that %s: one try where a second might do harm, three where not',
    async (_what, fault, kind, code, label) => {
      behaviour = fault;
      expect(await failureOf(ONCE)).toMatchObject({ kind, code });
      expect(received).toEqual(['POST /send']);
      expect(await failureOf(AGAIN)).toMatchObject({ kind, code });
      expect(received).toEqual(['POST /send', ...Array<string>(3).fill('GET /look')]);
      const text = await metrics.text();
      expect(text).toContain(`upstream_requests_total{api="wechat",operation="look",outcome="${label}"} 3`);
      expect(text).toContain('upstream_request_duration_seconds_count{api="wechat",operation="look"} 3');
    },
  );

  it('that cannot be reached is UPSTREAM_ERROR, and says nothing of the request', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    upstream = new Upstream('wechat', `http://127.0.0.1:${port}`, new UpstreamMetrics(new Metrics()));
    const failure = await failureOf({ ...ONCE, query: { access_token: 'tok-123', secret: 'sec-456' } });
    expect(failure).toMatchObject({ code: 'UPSTREAM_ERROR', kind: 'unreachable' });
    const told = `${failure.message} ${String(failure.cause)} ${failure.stack} ${JSON.stringify(failure)}`;
    expect(told).not.toMatch(/tok-123|sec-456/);
  });

  it('that refuses the request is asked once, and its circuit stays closed', async () => {
    behaviour = (_request, response) => void response.writeHead(404).end();
    for (let tries = 0; tries < 6; tries += 1)
      expect(await failureOf(AGAIN)).toMatchObject({ kind: 'refused', code: 'UPSTREAM_ERROR' });
    expect(received).toHaveLength(6);
  });

  it('gets over a fault that passes', async () => {
    behaviour = (request, response) => (received.length < 3 ? broken : well)(request, response);
    expect((await upstream.request(AGAIN)).bytes.toString()).toContain('errcode');
    expect(received).toHaveLength(3);
  });

  it('gets headers made anew for each attempt, from the very bytes that go out', async () => {
    const seen: string[] = [];
    behaviour = (request, response) => {
      seen.push(String(request.headers['x-attempt']));
      (seen.length < 3 ? broken : well)(request, response);
    };
    let attempts = 0;
    const headers = ({ method, target, body }: SentRequest) => ({
      'x-attempt': `${++attempts} ${method} ${target} ${body}`,
    });
    await upstream.request({ ...AGAIN, method: 'POST', query: { a: 'b c' }, body: { n: 1 }, headers });
    expect(seen).toEqual([1, 2, 3].map((n) => `${n} POST /look?a=b+c {"n":1}`));
  });

  it('whose refusals are read hands over status, headers and bytes, and stays a system in good health', async () => {
    behaviour = (_request, response) =>
      void response.writeHead(404, { 'x-serial': '7' }).end('{"code":"ORDER_NOT_EXIST"}');
    for (let tries = 0; tries < 6; tries += 1) {
      const answer = await upstream.request({ ...AGAIN, readsRefusals: true });
      expect(answer.status).toBe(404);
      expect(answer.headers.get('x-serial')).toBe('7');
      expect(answer.bytes.toString()).toContain('ORDER_NOT_EXIST');
    }
    expect(received).toHaveLength(6);
    behaviour = broken;
    await expect(upstream.request({ ...ONCE, readsRefusals: true })).rejects.toMatchObject({
      kind: 'status',
    });
  });

  it('is given the time that a request asks for', async () => {
    await upstream.request({ ...AGAIN, timeoutMs: 30_000 });
    expect(timeLimits.at(-1)).toBe(30_000);
  });

  describe('after five failures in a row', () => {
    let clock: jest.SpiedFunction<typeof Date.now> | undefined;
    afterEach(() => clock?.mockRestore());

    beforeEach(async () => {
      behaviour = broken;
      for (let i = 0; i < 5; i++) await failureOf(ONCE);
      received = [];
    });

    it('is not asked any more: requests fail at once', async () => {
      const startedAt = performance.now();
      const failures = await Promise.all(
        Array.from({ length: 20 }, (_, i) => failureOf(i % 2 ? ONCE : AGAIN)),
      );
      expect(performance.now() - startedAt).toBeLessThan(500);
      for (const failure of failures) {
        expect(failure).toMatchObject({ kind: 'open-circuit', code: 'UPSTREAM_ERROR', retryAfter: 10 });
      }
      expect(received).toEqual([]);
      expect(await metrics.text()).toContain('operation="send",outcome="open-circuit"} 10');
    });

    it('is tried by one request after ten seconds, and is open again when that fails', async () => {
      clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 10_500);
      await Promise.all(Array.from({ length: 5 }, () => failureOf(ONCE)));
      expect(received).toEqual(['POST /send']);
    });

    it('is tried by one request after ten seconds, and is as before when that succeeds', async () => {
      clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 10_500);
      behaviour = well;
      await Promise.all(Array.from({ length: 5 }, () => upstream.request(ONCE)));
      expect(received).toHaveLength(5);
    });
  });

  it('stays open for business while failures are not in a row', async () => {
    for (let i = 0; i < 12; i++) {
      behaviour = i % 4 === 3 ? well : broken;
      await upstream.request(ONCE).catch(() => undefined);
    }
    expect(received).toHaveLength(12);
  });
});
