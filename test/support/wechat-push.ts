import { createHash, randomBytes } from 'node:crypto';
import { SANDBOX_CREDENTIALS } from '@homecare/platform-sandbox';
import { encrypt } from '@wecom/crypto';

const { appId, token, encodingAesKey } = SANDBOX_CREDENTIALS.officialAccount;

const sha1 = (...parts: string[]): string => createHash('sha1').update(parts.sort().join('')).digest('hex');

/** The query of a push as WeChat signs it. */
export function signedQuery(secret: string = token): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const nonce = randomBytes(6).toString('hex');
  return { timestamp, nonce, signature: sha1(secret, timestamp, nonce) };
}

/** An event of the official account; `createTime` makes it the same one or another one. */
export function eventXml(fields: { openid: string; event: string; eventKey?: string; createTime?: number }) {
  const { openid, event, eventKey = '', createTime = Math.floor(Date.now() / 1000) } = fields;
  return (
    `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[${openid}]]></FromUserName>` +
    `<CreateTime>${createTime}</CreateTime><MsgType><![CDATA[event]]></MsgType>` +
    `<Event><![CDATA[${event}]]></Event><EventKey><![CDATA[${eventKey}]]></EventKey></xml>`
  );
}

/** Body and query of an encrypted push. */
export function sealed(xml: string, forApp: string = appId): { body: string; query: Record<string, string> } {
  const query = signedQuery();
  const cipher = encrypt(encodingAesKey, xml, forApp);
  const msg_signature = sha1(token, query['timestamp'] ?? '', query['nonce'] ?? '', cipher);
  return {
    body: `<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Encrypt><![CDATA[${cipher}]]></Encrypt></xml>`,
    query: { ...query, encrypt_type: 'aes', msg_signature },
  };
}

/** Posts what somebody may have sent to the event address of the service at `url`. */
export async function postPush(
  url: string,
  body: string,
  query: Record<string, string> = signedQuery(),
): Promise<{ status: number; text: string; type: string | null }> {
  const response = await fetch(`${url}/api/wechat/event?${new URLSearchParams(query).toString()}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'text/xml' },
  });
  return { status: response.status, text: await response.text(), type: response.headers.get('content-type') };
}
