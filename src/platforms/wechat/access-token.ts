export interface AccessToken {
  value: string;
  /** before its end: a request that begins with it must also end with it */
  usableUntil: Date;
}

/** Where the instances of the service share their tokens, by app id. */
export interface TokenStore {
  read(appId: string): Promise<AccessToken | null>;
  save(appId: string, token: AccessToken): Promise<void>;
  /** Whether this instance may have the token replaced now; so many instances, one replacement. */
  claimReplacement(appId: string): Promise<boolean>;
}

/** Asks WeChat for a token; `replace` makes it give out another one, which it does 20 times a day, 30 s apart. */
export type TokenSource = (replace: boolean) => Promise<AccessToken>;

/** No longer handed out this long before its end. */
const MARGIN_S = 5 * 60;

/** When to stop using a token that WeChat says is good for so many seconds more. */
export function usableUntil(expiresIn: number, now = Date.now()): Date {
  return new Date(now + Math.max(expiresIn - MARGIN_S, expiresIn / 2) * 1000);
}

/**
 * The access token of one app: kept in memory, shared through the store, and asked for once however many
 * requests want it at the same time.
 */
export class AccessTokens {
  private current: AccessToken | undefined;
  private pending: Promise<string> | undefined;

  constructor(
    private readonly appId: string,
    private readonly store: TokenStore,
    private readonly source: TokenSource,
  ) {}

  get(): string | Promise<string> {
    if (this.current && isFresh(this.current)) return this.current.value;
    return this.once(() => this.shared());
  }

  /** After WeChat refused `stale`: another one, which some other request or instance may have got already. */
  renew(stale: string): string | Promise<string> {
    if (this.current && this.current.value !== stale && isFresh(this.current)) return this.current.value;
    return this.once(() => this.replacement(stale));
  }

  private once(fetch: () => Promise<AccessToken>): Promise<string> {
    this.pending ??= fetch()
      .then((token) => {
        this.current = token;
        return token.value;
      })
      .finally(() => (this.pending = undefined));
    return this.pending;
  }

  private async shared(): Promise<AccessToken> {
    const kept = await this.store.read(this.appId);
    return kept && isFresh(kept) ? kept : this.keep(await this.source(false));
  }

  /** What others have, else what WeChat says is valid, and only if that is still the refused one, a new one by force. */
  private async replacement(stale: string): Promise<AccessToken> {
    const kept = await this.store.read(this.appId);
    if (kept && kept.value !== stale && isFresh(kept)) return kept;
    const valid = await this.source(false);
    if (valid.value !== stale || !(await this.store.claimReplacement(this.appId))) {
      return this.keep(valid);
    }
    return this.keep(await this.source(true));
  }

  private async keep(token: AccessToken): Promise<AccessToken> {
    await this.store.save(this.appId, token);
    return token;
  }
}

function isFresh(token: AccessToken): boolean {
  return token.usableUntil.getTime() > Date.now();
}
