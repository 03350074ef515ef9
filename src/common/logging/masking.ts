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
  '(?:[\\w-]*(?:password|secret|token|openid|unionid)|passwordHash|authorization|(?:set-)?cookie|session_?key|' +
  'touser|idempotency-key|js_?code|phone_?code|login_?code|wechatId|guestId)';
const SECRET_FIELD = new RegExp(
  `("${SECRET_KEYS}":)(?:"(?:[^"\\\\]|\\\\.)*"|-?\\d[\\d.eE+-]*|\\[[^\\[\\]{}]*\\])`,
  'gi',
);
/** The same inside of a string that holds JSON itself, as when a body is quoted in an error's message. */
const QUOTED_SECRET_FIELD = new RegExp(
  `(\\\\"${SECRET_KEYS}\\\\":\\s*)\\\\"(?:[^"\\\\]|\\\\\\\\(?:\\\\["\\\\]|[^"\\\\]))*\\\\"`,
  'gi',
);
/** Also after a #, and where one address stands percent-encoded, however often, in another. */
const SECRET_PARAM = new RegExp(
  `((?:[?&#]|%(?:25)*(?:3f|26|23))${SECRET_KEYS}(?:=|%(?:25)*3d))[^&"\\s\\\\]+`,
  'gi',
);
const BEARER = /(Bearer\s+)[\w.~+/=-]+/gi;
/** Whoever knows it speaks for that guest of an interview, whatever the name that it stands under. */
const GUEST_ID = /guest_[0-9a-f]{32}/g;
const JWT = /eyJ[\w-]+\.[\w-]+\.[\w-]+/g;

/**
 * In JSON a line break is written with a letter and a control character with digits, in an address any character
 * with two; none of them continues a word.
 */
const AFTER_ESCAPE = '(?<=\\\\[bfnrt]|\\\\u[0-9a-f]{4}|%[0-9A-Fa-f]{2})';
/** WeChat's own form of an openid: 28 characters that begin with an o. */
const OPENID = new RegExp(`(?:(?<![\\w-])|${AFTER_ESCAPE})o[\\w-]{27}(?![\\w-])`, 'g');

const ID_NUMBER = '(\\d{6})(?:19|20)\\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\\d|3[01])\\d{3}[\\dXx]';
const PHONE = '(1[3-9]\\d)\\d{4}(\\d{4})';
const OBJECT_ID = '\\b[0-9a-f]{24}\\b';
const UUID = '\\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\\b';
const START = `(?:(?<!\\d)|${AFTER_ESCAPE})`;
/** Record keys come first, so that digits inside of them are not taken for somebody's number. */
const NUMBERS = new RegExp(
  `(?:${OBJECT_ID}|${UUID})|${START}${ID_NUMBER}(?!\\d)|${START}(?:86)?${PHONE}(?!\\d)`,
  'g',
);
/** Most lines hold neither a secret nor a number; two quick looks spare them the searches above. */
const LIKELY_SECRET =
  /passw|secret|token|openid|unionid|auth|bearer|cookie|session|touser|idempot|code|wechat|guest/i;
const LIKELY_NUMBER = /1[3-9]\d{9}|(?:19|20)\d{2}[01]\d[0-3]\d{4}/;
/** The exact pattern looks behind itself at each letter o; this one does not. */
const LIKELY_OPENID = /o[\w-]{27}/;
const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
const WHOLE_NUMBER = /^\d{11,18}$/;

/** Masks phones, identity numbers, tokens and secrets in one serialised log line; what was JSON stays JSON. */
export function maskLine(line: string): string {
  const named = LIKELY_SECRET.test(line) ? maskNamedSecrets(line) : line;
  const signed = named.replace(JWT, '[masked]');
  const masked = LIKELY_OPENID.test(signed) ? signed.replace(OPENID, '[masked]') : signed;
  return LIKELY_NUMBER.test(masked) ? masked.replace(JSON_TOKEN, maskNumbers) : masked;
}

function maskNamedSecrets(line: string): string {
  return line
    .replace(SECRET_FIELD, '$1"[masked]"')
    .replace(QUOTED_SECRET_FIELD, '$1\\"[masked]\\"')
    .replace(SECRET_PARAM, '$1[masked]')
    .replace(BEARER, '$1[masked]')
    .replace(GUEST_ID, '[masked]');
}

function maskNumbers(token: string): string {
  if (token.startsWith('"')) return token.replace(NUMBERS, maskNumber);
  if (!WHOLE_NUMBER.test(token)) return token;
  const masked = token.replace(NUMBERS, maskNumber);
  return masked === token ? token : `"${masked}"`;
}

function maskNumber(found: string, region?: string, first?: string, last?: string): string {
  if (region) return `${region}********[masked]`;
  return first ? `${first}****${last}` : found;
}
