import type { MiniProgramCredentials } from '../credentials';
import type { PlatformRoute } from '../platform/platform';
import type { Account } from '../wechat-shared/account';
import { isMiniProgramOpenid } from '../wechat-shared/persons';
import { refusal } from '../wechat-shared/refusals';
import type { SentMessages } from '../wechat-shared/sent-messages';
import { checkTemplate } from '../wechat-shared/templates';
import { checkedData } from '../wechat-shared/value-limits';
import type { Pages } from './pages';

const STATES = ['developer', 'trial', 'formal'];
const LANGUAGES = ['zh_CN', 'en_US', 'zh_HK', 'zh_TW'];
/** Whoever has such an openid has not authorised, or has refused since. */
const REFUSING = 'o_refuse';

/** subscribe/send. An authorisation is assumed for everyone whose openid does not begin with `o_refuse`. */
export function subscribeMessageRoute(
  account: Account<MiniProgramCredentials>,
  pages: Pages,
  messages: SentMessages,
): PlatformRoute {
  return account.post('/cgi-bin/message/subscribe/send', (body) => {
    const { touser, page, miniprogram_state: state = 'formal', lang = 'zh_CN' } = body;
    if (!isMiniProgramOpenid(touser)) throw refusal(40003);
    const templateId = checkTemplate(body['template_id']);
    if (page !== undefined && page !== '') pages.check(withoutQuery(page), true);
    if (!STATES.includes(state as string) || !LANGUAGES.includes(lang as string)) throw refusal(40097);
    const data = checkedData(body['data']);
    if (touser.startsWith(REFUSING)) throw refusal(43101);
    const msgid = messages.send({
      channel: 'subscribe',
      touser,
      templateId,
      data,
      ...(typeof page === 'string' && page !== '' && { page }),
    });
    return { errcode: 0, errmsg: 'ok', msgid };
  });
}

/** Here, unlike behind a code, a page may carry a query. */
const withoutQuery = (page: unknown): unknown => (typeof page === 'string' ? page.split('?')[0] : page);
