import { Decimal128 } from 'bson';

/** An exact decimal: coefficient × 10^exponent. */
export interface ExactDecimal {
  coefficient: bigint;
  exponent: number;
}

/** Significant digits of a Decimal128 (IEEE 754-2008). */
export const DECIMAL_DIGITS = 34;

/** Parses decimal or scientific notation; undefined for NaN and infinities. */
export function parseDecimal(text: string): ExactDecimal | undefined {
  const match = /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const coefficient = BigInt(`${whole}${fraction}` || '0');
  return {
    coefficient: sign === '-' ? -coefficient : coefficient,
    exponent: Number(exponent) - fraction.length,
  };
}

const digitsOf = (value: bigint): number => (value < 0n ? -value : value).toString().length;

/** Rounds half to even. */
export function divideRounded(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  const rest = value % divisor;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const magnitude = divisor < 0n ? -divisor : divisor;
  const up = twice > magnitude || (twice === magnitude && quotient % 2n !== 0n);
  if (!up) return quotient;
  return quotient + (value < 0n !== divisor < 0n ? -1n : 1n);
}

export function roundDecimal(value: ExactDecimal, digits = DECIMAL_DIGITS): ExactDecimal {
  const excess = digitsOf(value.coefficient) - digits;
  if (excess <= 0) return value;
  const rounded = {
    coefficient: divideRounded(value.coefficient, 10n ** BigInt(excess)),
    exponent: value.exponent + excess,
  };
  return roundDecimal(rounded, digits);
}

export const toDecimal128 = (value: ExactDecimal): Decimal128 =>
  Decimal128.fromString(`${value.coefficient}E${value.exponent}`);

/** Quotient to 34 digits, exact quotients without trailing zeros beyond the operands' precision. */
export function divideDecimals(a: ExactDecimal, b: ExactDecimal): ExactDecimal {
  const shift = Math.max(0, DECIMAL_DIGITS + 1 + digitsOf(b.coefficient) - digitsOf(a.coefficient));
  const scaled = a.coefficient * 10n ** BigInt(shift);
  const ideal = a.exponent - b.exponent;
  let result = roundDecimal({
    coefficient: divideRounded(scaled, b.coefficient),
    exponent: ideal - shift,
  });
  while (result.exponent < ideal && result.coefficient % 10n === 0n) {
    result = { coefficient: result.coefficient / 10n, exponent: result.exponent + 1 };
  }
  return result;
}

/** The exact value of a finite double: every binary fraction is a decimal one. */
export function exactDouble(value: number): ExactDecimal {
  let scale = 0;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    scale += 1;
  }
  return { coefficient: BigInt(scaled) * 5n ** BigInt(scale), exponent: -scale };
}

export function compareDecimals(a: ExactDecimal, b: ExactDecimal): number {
  const exponent = Math.min(a.exponent, b.exponent);
  const left = a.coefficient * 10n ** BigInt(a.exponent - exponent);
  const right = b.coefficient * 10n ** BigInt(b.exponent - exponent);
  return left < right ? -1 : left > right ? 1 : 0;
}
