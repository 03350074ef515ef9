import { z } from 'zod';

/** Yuan as people and JSON write them: at most two decimals that count, nothing below a fen, no sign, no exponent. */
const YUAN = /^(\d{1,9})(?:\.(\d{1,2})0*)?$/;

/** Yuan (`5`, `5.0`, `"5.00"`) as fen, exactly; null for what is no amount of money. */
export function fenOf(yuan: string | number): number | null {
  const [, whole, decimals = ''] = YUAN.exec(String(yuan)) ?? [];
  return whole === undefined ? null : Number(whole) * 100 + Number(decimals.padEnd(2, '0'));
}

/** Fen as a number of yuan with at most two decimals. */
export function yuanOf(fen: number): number {
  return Number(yuanText(fen));
}

/** Fen as yuan with two decimals, `5.00`. */
export function yuanText(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0');
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** An amount in yuan, a number or a text; becomes fen. */
export const yuanAmount = z.union([z.number(), z.string().trim()]).transform((value, context): number => {
  const fen = fenOf(value);
  if (fen !== null) return fen;
  context.addIssue({ code: 'custom', message: '金额格式不正确，应为最多两位小数的元' });
  return z.NEVER;
});
