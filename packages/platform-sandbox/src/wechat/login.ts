import { randomBytes } from 'node:crypto';
import type { MiniProgramCredentials } from '../credentials';
import type { PlatformRoute } from '../platform/platform';
import type { Account } from '../wechat-shared/account';
import { OneTimeCodes } from '../wechat-shared/one-time-codes';
import { miniProgramOpenid, unionidOf } from '../wechat-shared/persons';
import { refusal } from '../wechat-shared/refusals';

const SESSION_KEY_BYTES = 16;
const BLOCKED = 'blocked';

/** code2Session: a code `<name>.<nonce>` is good once; names that begin with `blocked` are refused. */
export class Login {
  private readonly codes = new OneTimeCodes(40163);

  constructor(private readonly account: Account<MiniProgramCredentials>) {}

  readonly route: PlatformRoute = {
    method: 'GET',
    path: '/sns/jscode2session',
    handle: ({ query }) => {
      this.account.identify(query, 'authorization_code');
      const name = this.codes.redeem(query['js_code']);
      if (name.startsWith(BLOCKED)) throw refusal(40226);
      return {
        openid: miniProgramOpenid(name),
        session_key: randomBytes(SESSION_KEY_BYTES).toString('base64'),
        unionid: unionidOf(name),
      };
    },
  };

  reset(): void {
    this.codes.reset();
  }
}
