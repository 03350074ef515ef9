import type { FastifyInstance } from 'fastify';
import type { OfficialAccountCredentials } from '../credentials';
import type { Platform } from '../platform/platform';
import { Account } from '../wechat-shared/account';
import { WECHAT_REFUSALS } from '../wechat-shared/refusals';
import type { SentMessages } from '../wechat-shared/sent-messages';
import { officialAccountControl } from './control';
import { EventPusher } from './event-pusher';
import { Followers } from './followers';
import { QrCodes } from './qr-codes';
import { TemplateMessages } from './template-messages';

/** WeChat's interfaces of an official account, and what WeChat pushes, under `/wechat-mp`. */
export class OfficialAccount implements Platform {
  readonly name = 'wechat-mp';
  readonly refusals = WECHAT_REFUSALS;
  readonly account: Account<OfficialAccountCredentials>;
  readonly followers = new Followers();
  readonly qrCodes: QrCodes;
  readonly pusher: EventPusher;
  readonly routes: Platform['routes'];
  private readonly templateMessages: TemplateMessages;

  /** @param miniProgramAppId the one mini-program that this account's messages may lead to */
  constructor(
    credentials: OfficialAccountCredentials,
    miniProgramAppId: () => string,
    messages: SentMessages,
  ) {
    this.account = new Account(credentials);
    this.qrCodes = new QrCodes(this.account);
    this.pusher = new EventPusher(this.account.credentials);
    this.templateMessages = new TemplateMessages(this.account, this.followers, miniProgramAppId, messages);
    this.routes = [
      ...this.account.tokenRoutes,
      ...this.qrCodes.routes,
      this.followers.infoRoute(this.account),
      this.templateMessages.route,
    ];
  }

  control(app: FastifyInstance): void {
    officialAccountControl(app, this);
  }

  reset(): void {
    this.account.reset();
    this.followers.reset();
    this.qrCodes.reset();
    this.templateMessages.reset();
    this.pusher.setPatience();
  }
}
