/** One person has an openid at each account, and one unionid over both. */
const NAME = String.raw`[\w-]{1,64}`;
const OFFICIAL_OPENID = new RegExp(`^g_(${NAME})$`);
/** Besides the sandbox's own, whatever has the look of an openid: authorisation is assumed. */
const MINI_PROGRAM_OPENID = /^o[\w-]{2,65}$/;

export const miniProgramOpenid = (name: string): string => `o_${name}`;
export const unionidOf = (name: string): string => `u_${name}`;
export const isMiniProgramOpenid = (value: unknown): value is string =>
  typeof value === 'string' && MINI_PROGRAM_OPENID.test(value);

/** The name behind an openid of the official account; undefined for anything else. */
export const nameAtOfficialAccount = (openid: string): string | undefined =>
  OFFICIAL_OPENID.exec(openid)?.[1];
