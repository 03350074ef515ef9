import { divideRounded, roundDecimal, toDecimal128, type ExactDecimal } from '../bson/decimal';
import { double, integer, numericType, NumericType, toExact, toNumber, type Numeric } from '../bson/numbers';

export type Rounding = 'round' | 'trunc' | 'floor' | 'ceil';

function roundExact(value: ExactDecimal, how: Rounding, place: number): ExactDecimal {
  const drop = -place - value.exponent;
  if (drop <= 0) return value;
  const unit = 10n ** BigInt(drop);
  const truncated = value.coefficient / unit;
  const rest = value.coefficient % unit;
  const coefficient = {
    round: () => divideRounded(value.coefficient, unit),
    trunc: () => truncated,
    floor: () => (rest < 0n ? truncated - 1n : truncated),
    ceil: () => (rest > 0n ? truncated + 1n : truncated),
  }[how]();
  return { coefficient, exponent: value.exponent + drop };
}

/** Rounds to decimal places (negative: tens, hundreds …); ties go to the even digit. The type stays. */
export function roundTo(value: Numeric, how: Rounding, place: number): Numeric {
  const exact = toExact(value);
  if (!exact) return value;
  const type = numericType(value);
  const rounded = roundExact(exact, how, place);
  if (type === NumericType.Decimal) return toDecimal128(roundDecimal(rounded));
  if (type === NumericType.Double) return double(Number(`${rounded.coefficient}e${rounded.exponent}`));
  const whole = rounded.coefficient * 10n ** BigInt(Math.max(0, rounded.exponent));
  return integer(whole, type) ?? double(toNumber(value));
}
