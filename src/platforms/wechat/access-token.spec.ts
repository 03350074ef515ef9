import { type AccessToken, AccessTokens, type TokenStore, usableUntil } from './access-token';

const APP = 'wx0000000000000001';
const NOW = Date.parse('2026-03-01T00:00:00Z');
const LIFETIME_S = 7200;

/** What the instances share, as the database would. */
class FakeStore implements TokenStore {
  kept: AccessToken | null = null;
  keys: string[] = [];
  mayReplace = true;

  read(appId: string): Promise<AccessToken | null> {
    this.keys.push(appId);
    return Promise.resolve(this.kept);
  }

  save(appId: string, token: AccessToken): Promise<void> {
    this.keys.push(appId);
    this.kept = token;
    return Promise.resolve();
  }

  claimReplacement(): Promise<boolean> {
    const claimed = this.mayReplace;
    this.mayReplace = false;
    return Promise.resolve(claimed);
  }
}

/** WeChat: one token for every caller until it is replaced. */
class FakeWechat {
  calls: boolean[] = [];
  current = 1;
  failing = false;

  readonly source = async (replace: boolean): Promise<AccessToken> => {
    this.calls.push(replace);
    await Promise.resolve();
    if (this.failing) throw new Error('no answer');
    if (replace) this.current += 1;
    return { value: `token-${this.current}`, usableUntil: usableUntil(LIFETIME_S) };
  };
}

describe('the access tokens of an app', () => {
  let store: FakeStore;
  let wechat: FakeWechat;
  const instance = () => new AccessTokens(APP, store, wechat.source);

  beforeEach(() => {
    jest.useFakeTimers({ now: NOW });
    store = new FakeStore();
    wechat = new FakeWechat();
  });
  afterEach(() => jest.useRealTimers());

  it('are asked for once however many want one at the same time', async () => {
    const tokens = instance();
    const got = await Promise.all(Array.from({ length: 20 }, async () => tokens.get()));
    expect(new Set(got)).toEqual(new Set(['token-1']));
    expect(wechat.calls).toEqual([false]);
  });

  it('are shared: a second instance takes what the first has got', async () => {
    await instance().get();
    expect(await instance().get()).toBe('token-1');
    expect(wechat.calls).toEqual([false]);
    expect(new Set(store.keys)).toEqual(new Set([APP]));
  });

  it('are handed out until five minutes before their end, and then asked for anew', async () => {
    const tokens = instance();
    await tokens.get();
    jest.setSystemTime(NOW + (LIFETIME_S - 301) * 1000);
    await tokens.get();
    expect(wechat.calls).toHaveLength(1);
    jest.setSystemTime(NOW + (LIFETIME_S - 299) * 1000);
    await tokens.get();
    expect(wechat.calls).toEqual([false, false]);
  });

  it('of a short life are used for half of it, so that there is always some use of them', () => {
    expect(usableUntil(LIFETIME_S, NOW).getTime()).toBe(NOW + (LIFETIME_S - 300) * 1000);
    expect(usableUntil(60, NOW).getTime()).toBe(NOW + 30_000);
  });

  it('are asked for again after a failure, which everybody who waited is told', async () => {
    const tokens = instance();
    wechat.failing = true;
    const refused = await Promise.allSettled([tokens.get(), tokens.get()]);
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    wechat.failing = false;
    expect(await tokens.get()).toBe('token-1');
    expect(wechat.calls).toHaveLength(2);
  });

  describe('when WeChat refuses one', () => {
    it('is what WeChat gives out meanwhile, without force', async () => {
      const tokens = instance();
      await tokens.get();
      wechat.current = 2;
      expect(await tokens.renew('token-1')).toBe('token-2');
      expect(wechat.calls).toEqual([false, false]);
      expect(store.kept?.value).toBe('token-2');
    });

    it('is replaced by force once, for all that were refused', async () => {
      const tokens = instance();
      await tokens.get();
      const renewed = await Promise.all(Array.from({ length: 20 }, async () => tokens.renew('token-1')));
      expect(new Set(renewed)).toEqual(new Set(['token-2']));
      expect(wechat.calls).toEqual([false, false, true]);
    });

    it('is not replaced again for whoever hears of the refusal late', async () => {
      const tokens = instance();
      await tokens.get();
      await tokens.renew('token-1');
      const calls = wechat.calls.length;
      expect(await tokens.renew('token-1')).toBe('token-2');
      expect(wechat.calls).toHaveLength(calls);
    });

    it('is taken from the instance that has replaced it', async () => {
      const [one, two] = [instance(), instance()];
      await Promise.all([one.get(), two.get()]);
      await one.renew('token-1');
      const calls = wechat.calls.length;
      expect(await two.renew('token-1')).toBe('token-2');
      expect(wechat.calls).toHaveLength(calls);
    });

    it('is waited for while another instance replaces it, whose token is not overwritten', async () => {
      const tokens = instance();
      await tokens.get();
      store.mayReplace = false;
      const renewed = tokens.renew('token-1');
      await jest.advanceTimersByTimeAsync(500);
      const replaced = { value: 'token-2', usableUntil: usableUntil(LIFETIME_S) };
      store.kept = replaced;
      await jest.advanceTimersByTimeAsync(500);
      expect(await renewed).toBe('token-2');
      expect(store.kept).toBe(replaced);
      expect(wechat.calls).not.toContain(true);
    });

    it('stays the refused one when nobody may replace it, within two seconds', async () => {
      const tokens = instance();
      await tokens.get();
      store.mayReplace = false;
      const renewed = tokens.renew('token-1');
      await jest.advanceTimersByTimeAsync(2000);
      expect(await renewed).toBe('token-1');
      expect(wechat.calls).not.toContain(true);
    });
  });
});
