import { randomBytes } from 'node:crypto';
import { refusal } from './refusals';

interface Issued {
  token: string;
  expiresAt: number;
}

export interface IssuedToken {
  access_token: string;
  /** Seconds that it is still good for. */
  expires_in: number;
}

const LIFETIME_S = 7200;
/** A token is replaced in its last 5 minutes of 2 hours, and in the same share of another lifetime. */
const RENEWAL_SHARE = 300 / LIFETIME_S;
/** How long the predecessor of a token of `/cgi-bin/token` stays good. */
const OVERLAP_MS = 300_000;
const FORCED_INTERVAL_MS = 30_000;
const FORCED_PER_DAY = 20;
const DAY_MS = 86_400_000;
/** Old tokens are remembered so that they can be told from unknown ones. */
const REMEMBERED = 1000;

/**
 * The access tokens of one account. Those of stable_token and of token are kept apart, as WeChat does.
 * Source: 获取稳定版接口调用凭据, 获取接口调用凭据.
 */
export class AccessTokens {
  private readonly expiryOf = new Map<string, number>();
  private stable: Issued | undefined;
  private classic: Issued | undefined;
  private lifetimeMs = LIFETIME_S * 1000;
  private forcedAt: number[] = [];

  /** The same token for every caller until near its end. */
  issueStable(): IssuedToken {
    const now = Date.now();
    if (!this.stable || this.stable.expiresAt - now <= this.lifetimeMs * RENEWAL_SHARE)
      this.stable = this.issue(now);
    return this.shown(this.stable, now);
  }

  /**
   * A new token at once; the last one is refused from now on. Within 30 s of the last forced renewal
   * nothing is renewed.
   * @throws Refusal 45009 at the 21st time within a day
   */
  forceStable(): IssuedToken {
    const now = Date.now();
    this.forcedAt = this.forcedAt.filter((at) => now - at < DAY_MS);
    const last = this.forcedAt.at(-1);
    if (last !== undefined && now - last < FORCED_INTERVAL_MS) return this.issueStable();
    if (this.forcedAt.length >= FORCED_PER_DAY) throw refusal(45009);
    this.forcedAt.push(now);
    if (this.stable) this.expiryOf.delete(this.stable.token);
    this.stable = this.issue(now);
    return this.shown(this.stable, now);
  }

  /** A new token each time; the one before stays good for 5 minutes. */
  issueClassic(): IssuedToken {
    const now = Date.now();
    if (this.classic)
      this.expiryOf.set(this.classic.token, Math.min(this.classic.expiresAt, now + OVERLAP_MS));
    this.classic = this.issue(now);
    return this.shown(this.classic, now);
  }

  /** @throws Refusal 41001 without a token, 40001 with an unknown one, 42001 with an expired one */
  check(token: string | undefined): void {
    if (!token) throw refusal(41001);
    const expiresAt = this.expiryOf.get(token);
    if (expiresAt === undefined) throw refusal(40001);
    if (expiresAt <= Date.now()) throw refusal(42001);
  }

  /** Ends every token: as expired (42001 from now on) or as replaced by someone else (40001). */
  end(errcode: 40001 | 42001): void {
    this.stable = undefined;
    this.classic = undefined;
    if (errcode === 40001) this.expiryOf.clear();
    for (const token of this.expiryOf.keys()) this.expiryOf.set(token, 0);
  }

  /** For tokens issued from now on; in seconds. */
  setLifetime(seconds = LIFETIME_S): void {
    this.lifetimeMs = seconds * 1000;
  }

  /** Tokens stay good: whoever holds one need not notice. */
  reset(): void {
    this.forcedAt = [];
    this.setLifetime();
  }

  private issue(now: number): Issued {
    const issued = {
      token: `sandbox_${randomBytes(96).toString('base64url')}`,
      expiresAt: now + this.lifetimeMs,
    };
    this.expiryOf.set(issued.token, issued.expiresAt);
    const oldest = this.expiryOf.keys().next();
    if (this.expiryOf.size > REMEMBERED && !oldest.done) this.expiryOf.delete(oldest.value);
    return issued;
  }

  private shown({ token, expiresAt }: Issued, now: number): IssuedToken {
    return { access_token: token, expires_in: Math.floor((expiresAt - now) / 1000) };
  }
}
