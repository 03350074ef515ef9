import type { Request } from 'autocannon';
import { DEMO_PASSWORD } from './database';

export const ROUTES = [
  'list',
  'detail',
  'create',
  'statistics',
  'me',
  'login',
  'access-log',
  'guest-token',
] as const;
export type Route = (typeof ROUTES)[number];

/** What all variants answer; the other routes are measured on the service alone. */
export const COMPARED: readonly Route[] = ['list', 'detail'];

const BASE = '/api/customers/miniprogram';
const ACCESS_LOG = '/api/miniprogram-access-log';
const INTERVIEW = '/api/interview';
/** Of one room, as many as it holds beside its host. */
const GUESTS = 19;
const LOGIN = { username: 'demo-manager01', password: DEMO_PASSWORD };
const JSON_BODY = { 'content-type': 'application/json' };

/** Without a filter, so that counting a large database's matches is not what is measured. */
export const LIST_PATHS = [1, 2, 3].map((page) => `${BASE}/list?page=${page}&pageSize=10`);

/** The requests of each route, as a manager's mini-program sends them; each measurement goes through them in a circle. */
export class Traffic {
  private phones: number;
  private addresses = 0;

  private constructor(
    readonly token: string,
    readonly detailPaths: string[],
    firstFreshPhone: number,
    private readonly guests: { roomId: string; userId: string }[],
  ) {
    this.phones = firstFreshPhone;
  }

  /** Logs in and looks up some customers to ask for. */
  static async prepare(serviceUrl: string, firstFreshPhone: number): Promise<Traffic> {
    const login = await fetch(`${serviceUrl}/api/auth/login`, {
      method: 'POST',
      headers: JSON_BODY,
      body: JSON.stringify(LOGIN),
    });
    const { token } = await dataOf<{ token: string }>(login);
    const list = await fetch(`${serviceUrl}${BASE}/list?pageSize=100`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { list: customers } = await dataOf<{ list: { id: string }[] }>(list);
    return new Traffic(
      token,
      customers.map(({ id }) => `${BASE}/${id}`),
      firstFreshPhone,
      await guestsOfNewRoom(serviceUrl, token),
    );
  }

  requests(route: Route): Request[] {
    const headers = { authorization: `Bearer ${this.token}` };
    switch (route) {
      case 'list':
        return LIST_PATHS.map((path) => ({ method: 'GET', path, headers }));
      case 'detail':
        return this.detailPaths.map((path) => ({ method: 'GET', path, headers }));
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

async function dataOf<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  return ((await response.json()) as { data: T }).data;
}
