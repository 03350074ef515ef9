import type { Request } from 'autocannon';
import { cardPicture } from '../test/support/id-cards/test-set';
import { type BenchDatabase, DEMO_PASSWORD } from './database';
import { MARKET_ROUTES, type MarketRoute, MarketTraffic } from './market-traffic';

export const ROUTES = [
  'list',
  'detail',
  'public-list',
  'public-detail',
  ...MARKET_ROUTES,
  'create',
  'statistics',
  'me',
  'login',
  'access-log',
  'guest-token',
  'idcard',
] as const;
export type Route = (typeof ROUTES)[number];

/** What all variants answer; the other routes are measured on the service alone. */
export const COMPARED: readonly Route[] = [
  'list',
  'detail',
  'public-list',
  'public-detail',
  ...MARKET_ROUTES,
];

/** Warmed up by fewer requests than others: each asks much of the database, or writes a transaction to disk. */
export const DEAR: readonly Route[] = MARKET_ROUTES.filter((route) => route !== 'job-info');

/** What takes a core for a second: so many requests, one after the other, are a measurement. */
export const FEW: Partial<Record<Route, number>> = { idcard: 3 };

const BASE = '/api/customers/miniprogram';
const RESUMES = '/api/resumes/public';
const ID_CARD = '/api/ocr/idcard';
const ACCESS_LOG = '/api/miniprogram-access-log';
const INTERVIEW = '/api/interview';
/** Of one room, as many as it holds beside its host. */
const GUESTS = 19;
const LOGIN = { username: 'demo-manager01', password: DEMO_PASSWORD };
const JSON_BODY = { 'content-type': 'application/json' };

/** Without a filter, so that counting a large database's matches is not what is measured. */
const pagesOf = (list: string) => [1, 2, 3].map((page) => `${list}?page=${page}&pageSize=10`);

/** The requests of each route, as a manager's mini-program sends them; each measurement goes through them in a circle. */
export class Traffic {
  private phones: number;
  private addresses = 0;

  private constructor(
    private readonly token: string,
    /** of what is only read: the addresses that are asked for in turn */
    private readonly paths: Partial<Record<Route, string[]>>,
    private readonly card: Form,
    firstFreshPhone: number,
    private readonly guests: { roomId: string; userId: string }[],
    private readonly market: MarketTraffic,
  ) {
    this.phones = firstFreshPhone;
  }

  /** Logs in, looks up some customers and workers to ask for, draws a card. */
  static async prepare(serviceUrl: string, database: BenchDatabase): Promise<Traffic> {
    const login = await fetch(`${serviceUrl}/api/auth/login`, {
      method: 'POST',
      headers: JSON_BODY,
      body: JSON.stringify(LOGIN),
    });
    const { token } = await dataOf<{ token: string }>(login);
    const detailsOf = async (list: string, base: string) => {
      const headers = { authorization: `Bearer ${token}` };
      const rows = await dataOf<{ list: { id: string }[] }>(
        await fetch(`${serviceUrl}${list}?pageSize=100`, { headers }),
      );
      return rows.list.map(({ id }) => `${base}/${id}`);
    };
    const paths = {
      list: pagesOf(`${BASE}/list`),
      detail: await detailsOf(`${BASE}/list`, BASE),
      'public-list': pagesOf(`${RESUMES}/list`),
      'public-detail': await detailsOf(`${RESUMES}/list`, RESUMES),
    };
    const { picture } = await cardPicture(0);
    const guests = await guestsOfNewRoom(serviceUrl, token);
    const market = await MarketTraffic.prepare(database);
    return new Traffic(token, paths, await formOf(picture), database.firstFreshPhone, guests, market);
  }

  /** To be called before a measurement: some requests can be made only so often. */
  async startAfresh(route: Route): Promise<void> {
    if (route === 'voucher-cost') await this.market.startAfresh();
  }

  requests(route: Route): Request[] {
    if (isOfMarket(route)) return this.market.requests(route);
    const headers = { authorization: `Bearer ${this.token}` };
    switch (route) {
      case 'list':
      case 'detail':
        return this.read(route, headers);
      case 'public-list':
      case 'public-detail':
        return this.read(route, {});
      case 'idcard':
        return [
          {
            method: 'POST',
            path: ID_CARD,
            headers: { ...headers, 'content-type': this.card.type },
            body: this.card.bytes,
          },
        ];
      case 'statistics':
        return [{ method: 'GET', path: `${BASE}/statistics`, headers }];
      case 'me':
        return [{ method: 'GET', path: '/api/auth/me', headers }];
      case 'create':
        return [
          { method: 'POST', path: `${BASE}/create`, setupRequest: (request) => this.newCustomer(request) },
        ];
      case 'access-log':
        return [
          { method: 'POST', path: ACCESS_LOG, setupRequest: (request) => this.newAccessReport(request) },
        ];
      case 'guest-token':
        return this.guests.map((guest) => ({
          method: 'POST',
          path: '/api/zego/generate-guest-token',
          setupRequest: (request) => this.newGuestToken(request, guest),
        }));
      case 'login':
        return [
          { method: 'POST', path: '/api/auth/login', setupRequest: (request) => this.newLogin(request) },
        ];
    }
  }

  private read(route: Route, headers: Record<string, string>): Request[] {
    return (this.paths[route] ?? []).map((path) => ({ method: 'GET', path, headers }));
  }

  private newCustomer(request: Request): Request {
    // no invented customer has a number that begins with 170
    const phone = `170${String(this.phones++).padStart(8, '0')}`;
    const body = JSON.stringify({
      name: '赵晓敏',
      phone,
      serviceType: '月嫂',
      expectedBudget: 12_000,
      leadSource: '小红书',
    });
    return { ...request, headers: { ...JSON_BODY, authorization: `Bearer ${this.token}` }, body };
  }

  private newLogin(request: Request): Request {
    return { ...request, headers: this.fromNewAddress(), body: JSON.stringify(LOGIN) };
  }

  /** One record, as a page reports itself. */
  private newAccessReport(request: Request): Request {
    const body = JSON.stringify({
      url: 'https://h5.example.cn/h5/interview?roomId=room_1',
      pathname: '/h5/interview',
      environment: 'production',
      queryParams: { roomId: 'room_1' },
      userAgent: 'Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50',
      isWechat: true,
      event: 'page_view',
    });
    return { ...request, headers: this.fromNewAddress(), body };
  }

  private newGuestToken(request: Request, guest: { roomId: string; userId: string }): Request {
    const body = JSON.stringify({ ...guest, userName: '赵晓敏' });
    return { ...request, headers: this.fromNewAddress(), body };
  }

  /** From many addresses, through a trusted proxy: one address may not call these so often. */
  private fromNewAddress(): Record<string, string> {
    const number = this.addresses++;
    const address = `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`;
    return { ...JSON_BODY, 'x-forwarded-for': address };
  }
}

function isOfMarket(route: Route): route is MarketRoute {
  return MARKET_ROUTES.some((one) => one === route);
}

/** A request as it goes out: some are made anew each time. */
export function prepared(request: Request): Request {
  const { setupRequest } = request;
  return typeof setupRequest === 'function' ? setupRequest(request, {}) : request;
}

/** A room full of guests, whose host is the manager. */
async function guestsOfNewRoom(
  serviceUrl: string,
  token: string,
): Promise<{ roomId: string; userId: string }[]> {
  const post = async <T>(path: string, body: object): Promise<T> =>
    dataOf(
      await fetch(serviceUrl + INTERVIEW + path, {
        method: 'POST',
        headers: { ...JSON_BODY, authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      }),
    );
  const { roomId } = await post<{ roomId: string }>('/rooms', { roomName: 'bench' });
  const joins = Array.from({ length: GUESTS }, () =>
    post<{ guestId: string }>('/guest/join', { roomId, userName: '赵晓敏', identity: '' }),
  );
  return (await Promise.all(joins)).map(({ guestId }) => ({ roomId, userId: guestId }));
}

/** A multipart form as it goes over the wire. */
interface Form {
  type: string;
  bytes: Buffer;
}

async function formOf(picture: Buffer): Promise<Form> {
  const form = new FormData();
  form.set('side', 'front');
  form.set('file', new Blob([new Uint8Array(picture)]), 'card.jpg');
  const encoded = new Response(form);
  return {
    type: encoded.headers.get('content-type') ?? '',
    bytes: Buffer.from(await encoded.arrayBuffer()),
  };
}

async function dataOf<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { data: T }).data;
}
