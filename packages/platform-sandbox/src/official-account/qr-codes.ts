import { randomBytes } from 'node:crypto';
import { jpeg } from '../pictures/jpeg';
import { patternOf } from '../pictures/pattern';
import { Refusal, type PlatformAnswer, type PlatformRoute } from '../platform/platform';
import type { Account, AccountCredentials } from '../wechat-shared/account';
import { isObject, type JsonObject } from '../wechat-shared/body';
import { refusal } from '../wechat-shared/refusals';

export interface QrCode {
  ticket: string;
  scene: string;
  /** ISO 8601; null: never. */
  expiresAt: string | null;
}

const EXPIRY_S = { usual: 60, most: 2_592_000 };
const SCENE_STR_MAX = 64;
const SCENE_ID_MAX = { temporary: 4_294_967_295, permanent: 100_000 };
const PICTURE_PX = 430;
const CODES_KEPT = 500;

/** What action_name stands for. */
const ACTIONS = new Map<unknown, { permanent: boolean; named: boolean }>([
  ['QR_SCENE', { permanent: false, named: false }],
  ['QR_STR_SCENE', { permanent: false, named: true }],
  ['QR_LIMIT_SCENE', { permanent: true, named: false }],
  ['QR_LIMIT_STR_SCENE', { permanent: true, named: true }],
]);

/** Codes with a scene. Source: 生成带参数的二维码. */
export class QrCodes {
  private readonly byTicket = new Map<string, QrCode>();
  readonly routes: readonly PlatformRoute[];

  constructor(account: Account<AccountCredentials>) {
    this.routes = [
      account.post('/cgi-bin/qrcode/create', (body) => this.create(body)),
      { method: 'GET', path: '/cgi-bin/showqrcode', handle: ({ query }) => this.show(query['ticket']) },
    ];
  }

  /** Those that can still be scanned, the newest first. */
  outstanding(): QrCode[] {
    const now = new Date(Date.now()).toISOString();
    return [...this.byTicket.values()]
      .filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
      .reverse();
  }

  ticketOf(scene: string): string | undefined {
    return this.outstanding().find((code) => code.scene === scene)?.ticket;
  }

  reset(): void {
    this.byTicket.clear();
  }

  private create(body: JsonObject): PlatformAnswer {
    const action = ACTIONS.get(body['action_name']);
    if (!action) throw refusal(40052);
    const scene = sceneOf(body['action_info'], action);
    const seconds = action.permanent ? null : lifetime(body['expire_seconds']);
    const ticket = `gQ${randomBytes(66).toString('base64')}`;
    this.keep({
      ticket,
      scene,
      expiresAt: seconds === null ? null : new Date(Date.now() + seconds * 1000).toISOString(),
    });
    return {
      ticket,
      ...(seconds !== null && { expire_seconds: seconds }),
      url: `http://weixin.qq.com/q/${randomBytes(16).toString('base64url')}`,
    };
  }

  private keep(code: QrCode): void {
    this.byTicket.set(code.ticket, code);
    const oldest = this.byTicket.keys().next();
    if (this.byTicket.size > CODES_KEPT && !oldest.done) this.byTicket.delete(oldest.value);
  }

  private show(ticket: string | undefined): PlatformAnswer {
    const code = this.outstanding().find((one) => one.ticket === ticket);
    // an image address: a browser, not a program, meets its errors
    if (!code) throw new Refusal(404, 40066, { message: 'no such ticket' });
    return jpeg(patternOf(code.ticket, PICTURE_PX), [0, 0, 0]);
  }
}

function lifetime(seconds: unknown = EXPIRY_S.usual): number {
  if (typeof seconds !== 'number' || !Number.isInteger(seconds)) throw refusal(47001);
  if (seconds < 1 || seconds > EXPIRY_S.most) throw refusal(40053);
  return seconds;
}

function sceneOf(info: unknown, { named, permanent }: { named: boolean; permanent: boolean }): string {
  const scene = isObject(info) ? info['scene'] : undefined;
  if (!isObject(scene)) throw refusal(40053);
  if (named) return sceneName(scene['scene_str']);
  const id = scene['scene_id'];
  const most = permanent ? SCENE_ID_MAX.permanent : SCENE_ID_MAX.temporary;
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 1 || id > most) throw refusal(40053);
  return String(id);
}

function sceneName(name: unknown): string {
  if (typeof name !== 'string' || name.length < 1 || name.length > SCENE_STR_MAX) throw refusal(40053);
  return name;
}
