import type { MiniProgramCredentials, OfficialAccountCredentials } from '../credentials';
import type { SIGNERS } from '../wechat-pay/notices';
import { ControlError } from './control-error';
import type { Sandboxed } from '../sandboxed';

/** What can be set while the sandbox runs; what is not named stays. */
export interface Configuration {
  wechat?: Partial<MiniProgramCredentials> & {
    /** The pages that exist; null: every well-formed one but `pages/unknown…`. */
    pages?: string[] | null;
    /** How many codes of the mini-program may be drawn a minute; 5000 unless told. */
    codesPerMinute?: number;
  };
  officialAccount?: Partial<OfficialAccountCredentials> & {
    /** Where events are pushed to. */
    eventUrl?: string;
    /** How long an answer to an event may take; 5000 unless told. */
    answerWithinMs?: number;
  };
  zego?: {
    /** How many rooms may be closed a second; 1 unless told. */
    closesPerSecond?: number;
  };
  wechatPay?: {
    /** Which key signs notices; by turns unless told. */
    signWith?: (typeof SIGNERS)[number];
    /** In place of the origin of notice addresses, as a tunnel would; null: as they say. */
    deliverTo?: string | null;
    /** How long an answer to a notice may take; 5000 unless told. */
    answerWithinMs?: number;
    /** How many days ago payments and refunds happen, so that they are in a bill. */
    daysAgo?: number;
    /** Whether bills are altered on their way. */
    spoilBills?: boolean;
    /** Whether each line of a bill stands in it twice. */
    doubleBills?: boolean;
  };
  /** For tokens issued from now on. */
  tokenLifetimeSeconds?: number;
}

/** @throws ControlError 400 for an address that is none; nothing is changed then */
export function configure(sandboxed: Sandboxed, configuration: Configuration): void {
  const { miniProgram, officialAccount } = sandboxed;
  const { eventUrl, answerWithinMs, ...officialCredentials } = configuration.officialAccount ?? {};
  if (eventUrl !== undefined && !URL.canParse(eventUrl)) throw new ControlError(400, 'eventUrl: no address');

  const { pages, codesPerMinute, ...credentials } = configuration.wechat ?? {};
  Object.assign(miniProgram.account.credentials, credentials);
  if (pages !== undefined) miniProgram.pages.limitTo(pages);
  if (codesPerMinute !== undefined) miniProgram.codes.quota.limitTo(codesPerMinute);

  Object.assign(officialAccount.account.credentials, officialCredentials);
  if (eventUrl !== undefined) officialAccount.pusher.eventUrl = eventUrl;
  if (answerWithinMs !== undefined) officialAccount.pusher.setPatience(answerWithinMs);

  const { closesPerSecond } = configuration.zego ?? {};
  if (closesPerSecond !== undefined) sandboxed.zego.limitTo(closesPerSecond);

  configurePay(sandboxed, configuration.wechatPay);
  if (configuration.tokenLifetimeSeconds === undefined) return;
  for (const { account } of [miniProgram, officialAccount])
    account.tokens.setLifetime(configuration.tokenLifetimeSeconds);
}

function configurePay(
  { wechatPay }: Sandboxed,
  { signWith, deliverTo, answerWithinMs, daysAgo, spoilBills, doubleBills }: Configuration['wechatPay'] = {},
): void {
  if (!wechatPay) return;
  if (signWith !== undefined) wechatPay.notices.signWith = signWith;
  if (deliverTo !== undefined) wechatPay.notices.deliverTo = deliverTo ?? undefined;
  if (answerWithinMs !== undefined) wechatPay.notices.setPatience(answerWithinMs);
  if (daysAgo !== undefined) wechatPay.trades.daysAgo = daysAgo;
  if (spoilBills !== undefined) wechatPay.bills.spoilt = spoilBills;
  if (doubleBills !== undefined) wechatPay.bills.doubled = doubleBills;
}

/** What may be seen of it: no secret, no token, no key. */
export function shownConfiguration({
  miniProgram,
  officialAccount,
  wechatPay,
  zego,
  platforms,
}: Sandboxed): object {
  return {
    platforms: platforms.map(({ name, routes }) => ({ name, routes: routes.map(({ path }) => path) })),
    wechat: { appId: miniProgram.account.credentials.appId },
    officialAccount: {
      appId: officialAccount.account.credentials.appId,
      eventUrl: officialAccount.pusher.eventUrl ?? null,
    },
    zego: { appId: zego.credentials.appId },
    wechatPay: wechatPay
      ? {
          mchId: wechatPay.keys.account.merchantId,
          signWith: wechatPay.notices.signWith,
          deliverTo: wechatPay.notices.deliverTo ?? null,
          daysAgo: wechatPay.trades.daysAgo,
        }
      : null,
  };
}
