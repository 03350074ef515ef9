import type { MiniProgramCredentials } from '../credentials';
import type { Platform } from '../platform/platform';
import { Account } from '../wechat-shared/account';
import { WECHAT_REFUSALS } from '../wechat-shared/refusals';
import type { SentMessages } from '../wechat-shared/sent-messages';
import { CodeImages } from './code-images';
import { Login } from './login';
import { Pages } from './pages';
import { PhoneNumbers } from './phone-numbers';
import { subscribeMessageRoute } from './subscribe-message';

/** WeChat's interfaces of a mini-program, under `/wechat`. */
export class MiniProgram implements Platform {
  readonly name = 'wechat';
  readonly refusals = WECHAT_REFUSALS;
  readonly pages = new Pages();
  readonly account: Account<MiniProgramCredentials>;
  readonly routes: Platform['routes'];
  private readonly login: Login;
  private readonly phones: PhoneNumbers;
  readonly codes: CodeImages;

  constructor(credentials: MiniProgramCredentials, messages: SentMessages) {
    this.account = new Account(credentials);
    this.login = new Login(this.account);
    this.phones = new PhoneNumbers(this.account);
    this.codes = new CodeImages(this.account, this.pages);
    this.routes = [
      ...this.account.tokenRoutes,
      this.login.route,
      this.phones.route,
      this.codes.route,
      subscribeMessageRoute(this.account, this.pages, messages),
    ];
  }

  reset(): void {
    this.account.reset();
    this.pages.limitTo(null);
    this.login.reset();
    this.phones.reset();
    this.codes.reset();
  }
}
