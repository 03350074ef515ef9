import {
  SANDBOX_CREDENTIALS,
  type MiniProgramCredentials,
  type OfficialAccountCredentials,
  type TencentCredentials,
  type ZegoCredentials,
} from './credentials';
import { OfficialAccount } from './official-account/official-account';
import { Calls } from './platform/calls';
import { Faults } from './platform/faults';
import type { Platform } from './platform/platform';
import type { Mechanisms } from './platform/serve-platform';
import { SentMessages } from './wechat-shared/sent-messages';
import { TencentOcr } from './tencent-ocr/tencent-ocr';
import { MiniProgram } from './wechat/mini-program';
import { Zego } from './zego/zego';
import type { PayKeys } from './wechat-pay/keys';
import { WechatPay } from './wechat-pay/wechat-pay';

export interface SandboxCredentials {
  tencent?: TencentCredentials | undefined;
  zego?: ZegoCredentials | undefined;
  wechat?: MiniProgramCredentials | undefined;
  officialAccount?:
    | (OfficialAccountCredentials & {
        /** Where events are pushed to; can be told later. */
        eventUrl?: string | undefined;
      })
    | undefined;
}

/** Everything behind the glass, in memory. A new platform joins the list here. */
export class Sandboxed {
  readonly mechanisms: Mechanisms = { faults: new Faults(), calls: new Calls() };
  readonly messages = new SentMessages();
  readonly miniProgram: MiniProgram;
  readonly officialAccount: OfficialAccount;
  readonly zego: Zego;
  /** undefined where nobody pays */
  readonly wechatPay: WechatPay | undefined;
  readonly platforms: readonly Platform[];

  constructor({ wechat, officialAccount, tencent, zego }: SandboxCredentials, payKeys?: PayKeys) {
    const { eventUrl, ...credentials } = { ...SANDBOX_CREDENTIALS.officialAccount, ...officialAccount };
    this.miniProgram = new MiniProgram({ ...SANDBOX_CREDENTIALS.wechat, ...wechat }, this.messages);
    const miniProgramAppId = (): string => this.miniProgram.account.credentials.appId;
    this.officialAccount = new OfficialAccount(credentials, miniProgramAppId, this.messages);
    this.officialAccount.pusher.eventUrl = eventUrl;
    const tencentOcr = new TencentOcr({ ...SANDBOX_CREDENTIALS.tencent, ...tencent });
    this.zego = new Zego({ ...SANDBOX_CREDENTIALS.zego, ...zego });
    this.wechatPay = payKeys && new WechatPay(payKeys, miniProgramAppId);
    this.platforms = [
      this.miniProgram,
      this.officialAccount,
      tencentOcr,
      this.zego,
      ...(this.wechatPay ? [this.wechatPay] : []),
    ];
  }

  /** Forgets what happened and what was to go wrong. Credentials, event address and tokens stay good. */
  reset(): void {
    this.messages.reset();
    this.mechanisms.calls.reset();
    this.mechanisms.faults.reset();
    for (const platform of this.platforms) platform.reset();
  }
}
