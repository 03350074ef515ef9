import type { MiniProgramCredentials } from '../credentials';
import type { PlatformRoute } from '../platform/platform';
import type { Account } from '../wechat-shared/account';
import { OneTimeCodes } from '../wechat-shared/one-time-codes';

const MAINLAND = '86';
const isNumber = (owner: string): boolean => /^\d{11}$/.test(owner);

/** getuserphonenumber: a code `<11 digits>.<nonce>` gives that number, once. */
export class PhoneNumbers {
  private readonly codes = new OneTimeCodes(40029);
  readonly route: PlatformRoute;

  constructor(account: Account<MiniProgramCredentials>) {
    this.route = account.post('/wxa/business/getuserphonenumber', ({ code }) => {
      const number = this.codes.redeem(code, isNumber);
      return {
        errcode: 0,
        errmsg: 'ok',
        phone_info: {
          phoneNumber: number,
          purePhoneNumber: number,
          countryCode: MAINLAND,
          watermark: { timestamp: Math.floor(Date.now() / 1000), appid: account.credentials.appId },
        },
      };
    });
  }

  reset(): void {
    this.codes.reset();
  }
}
