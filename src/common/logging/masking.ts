/** `138****8000`: enough to recognise a number that one knows, not enough to dial it. */
export function maskPhone(phone: string): string {
  return phone.length < 7 ? '****' : `${phone.slice(0, 3)}****${phone.slice(-4)}`;
}

/** `张**`, whatever the name's length, so that the length tells nothing. */
export function maskName(name: string): string {
  return `${[...name][0] ?? ''}**`;
}

/** Values under these keys never reach a log, wherever they stand in the object. */
const SECRET_KEYS =
  'password|oldPassword|newPassword|passwordHash|token|access_token|refresh_token|authorization|cookie|secret|' +
  'appsecret|session_key|sessionKey|openid|unionid|touser|idempotency-key|js_code|phone_code|login_code|guestId';
const SECRET_FIELD = new RegExp(`("(?:${SECRET_KEYS})":)"(?:[^"\\\\]|\\\\.)*"`, 'gi');
const SECRET_PARAM = new RegExp(`([?&](?:${SECRET_KEYS})=)[^&"\\s\\\\]+`, 'gi');
const BEARER = /\b(Bearer\s+)[\w.~+/=-]+/gi;
const JWT = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g;
const ID_NUMBER = /(?<!\w)(\d{6})(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?!\w)/g;
const PHONE = /(?<!\w)((?:\+?86[- ]?)?1[3-9]\d)\d{4}(\d{4})(?!\w)/g;

/** Masks phones, identity numbers, tokens and secrets in one serialised log line. */
export function maskLine(line: string): string {
  return line
    .replace(SECRET_FIELD, '$1"[masked]"')
    .replace(SECRET_PARAM, '$1[masked]')
    .replace(BEARER, '$1[masked]')
    .replace(JWT, '[masked]')
    .replace(ID_NUMBER, '$1********[masked]')
    .replace(PHONE, '$1****$2');
}
