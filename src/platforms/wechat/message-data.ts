/** What a value of each kind may hold at most, in characters; a key is the kind and a number, as in thing1. */
const LONGEST: Record<string, number> = {
  thing: 20,
  number: 32,
  letter: 32,
  symbol: 5,
  character_string: 32,
  phone_number: 17,
  car_number: 8,
  phrase: 5,
};

/**
 * Values as WeChat takes them: one line, cut to the limit of their kind, which the key names (thing1, time2, …).
 * Limits: https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-message-management/subscribe-message/
 */
export function messageData(values: Record<string, string>): Record<string, { value: string }> {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, { value: fitted(key.replace(/\d+$/, ''), value) }]),
  );
}

function fitted(kind: string, value: string): string {
  const line = value.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  // never in the middle of a character that takes two code units
  const characters = [...line];
  if (kind === 'name') return fittedName(characters);
  return characters
    .slice(0, LONGEST[kind] ?? characters.length)
    .join('')
    .trimEnd();
}

/** 10 Chinese characters or 20 Latin ones; a mixture counts as Chinese. */
function fittedName(characters: string[]): string {
  const latin = characters.every((character) => character.codePointAt(0)! < 0x80);
  return characters.slice(0, latin ? 20 : 10).join('');
}
