import type { PlatformRoute } from '../platform/platform';
import type { Account, AccountCredentials } from '../wechat-shared/account';
import { nameAtOfficialAccount, unionidOf } from '../wechat-shared/persons';
import { refusal } from '../wechat-shared/refusals';

export interface Follower {
  openid: string;
  /** Seconds. */
  subscribedAt: number;
  /** The code that was scanned at the last following or scanning; empty without one. */
  scene: string;
  /** Empty: the account is not bound to an open platform. */
  unionid: string;
}

const QR_SCENE_PREFIX = 'qrscene_';

/** The scene behind an EventKey: a new follower's has a prefix. */
export const sceneOf = (eventKey: string): string =>
  eventKey.startsWith(QR_SCENE_PREFIX) ? eventKey.slice(QR_SCENE_PREFIX.length) : eventKey;

/** Who follows the official account. */
export class Followers {
  private readonly byOpenid = new Map<string, Follower>();

  /** What a pushed event says about its sender. */
  note(openid: string, event: string, eventKey: string, unionid?: string): void {
    if (event === 'unsubscribe') this.byOpenid.delete(openid);
    if (event !== 'subscribe' && event !== 'SCAN') return;
    const name = nameAtOfficialAccount(openid) ?? openid;
    const known = this.byOpenid.get(openid);
    this.byOpenid.set(openid, {
      openid,
      subscribedAt: known?.subscribedAt ?? Math.floor(Date.now() / 1000),
      scene: sceneOf(eventKey),
      unionid: unionid ?? known?.unionid ?? unionidOf(name),
    });
  }

  /** An openid of this account: one of the sandbox's own, or one that has followed. */
  isOpenid(value: unknown): value is string {
    return typeof value === 'string' && (nameAtOfficialAccount(value) !== undefined || this.has(value));
  }

  has(openid: string): boolean {
    return this.byOpenid.has(openid);
  }

  list(): Follower[] {
    return [...this.byOpenid.values()];
  }

  reset(): void {
    this.byOpenid.clear();
  }

  /** user/info: of who does not follow, WeChat tells that alone. */
  infoRoute(account: Account<AccountCredentials>): PlatformRoute {
    return account.get('/cgi-bin/user/info', ({ openid }) => {
      if (!this.isOpenid(openid)) throw refusal(40003);
      const follower = this.byOpenid.get(openid);
      return follower ? shown(follower) : { subscribe: 0, openid };
    });
  }
}

const shown = ({ openid, subscribedAt, scene, unionid }: Follower): Record<string, unknown> => ({
  subscribe: 1,
  openid,
  language: 'zh_CN',
  subscribe_time: subscribedAt,
  ...(unionid && { unionid }),
  remark: '',
  groupid: 0,
  tagid_list: [],
  subscribe_scene: scene ? 'ADD_SCENE_QR_CODE' : 'ADD_SCENE_SEARCH',
  qr_scene: 0,
  qr_scene_str: scene,
});
