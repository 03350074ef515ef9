import * as fc from 'fast-check';
import { fenOf, yuanAmount, yuanOf, yuanText } from './money';

const anyFen = fc.integer({ min: 0, max: 99_999_999_999 });

describe('an amount of money', () => {
  it.each([
    [5, 500],
    [5.0, 500],
    ['5', 500],
    ['5.0', 500],
    ['5.00', 500],
    ['5.000', 500],
    [1.99, 199],
    ['3.99', 399],
    [0.01, 1],
    [0, 0],
    [0.29, 29],
    [1.1, 110],
    [4.35, 435],
    [8.2, 820],
    [999_999_999.99, 99_999_999_999],
  ])('%p yuan is %p fen', (yuan, fen) => {
    expect(fenOf(yuan)).toBe(fen);
  });

  it.each([
    ['less than a fen', 1.999],
    ['less than a fen, as text', '0.001'],
    ['negative', -1],
    ['a signed text', '+1'],
    ['an exponent', '1e2'],
    ['a number with an exponent', 1e21],
    ['no number', Number.NaN],
    ['without end', Number.POSITIVE_INFINITY],
    ['empty', ''],
    ['a bare point', '.5'],
    ['a point at the end', '5.'],
    ['two points', '1.2.3'],
    ['with a comma', '1,00'],
    ['with a sign of currency', '¥5'],
    ['hexadecimal', '0x10'],
    ['in other digits', '５'],
    ['beyond all measure', '1234567890'],
  ])('is refused when %s', (_what, yuan) => {
    expect(fenOf(yuan)).toBeNull();
    expect(yuanAmount.safeParse(yuan).success).toBe(false);
  });

  it('survives the way out and in again, as a number, in JSON and as a text', () => {
    fc.assert(
      fc.property(anyFen, (fen) => {
        expect(fenOf(yuanOf(fen))).toBe(fen);
        expect(fenOf(JSON.parse(JSON.stringify(yuanOf(fen))) as number)).toBe(fen);
        expect(fenOf(yuanText(fen))).toBe(fen);
        expect(yuanText(fen)).toMatch(/^\d+\.\d{2}$/);
        expect(yuanAmount.parse(yuanOf(fen))).toBe(fen);
      }),
    );
  });

  it('is the integer that it says, whatever is asked', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double(), fc.integer()), (value) => {
        const fen = fenOf(value);
        if (fen === null) return;
        expect(Number.isSafeInteger(fen)).toBe(true);
        expect(fen).toBeGreaterThanOrEqual(0);
        expect(Math.abs(Number(value) * 100 - fen)).toBeLessThan(1e-3);
      }),
    );
  });

  it('can be owed, too', () => {
    expect(yuanText(-5)).toBe('-0.05');
    expect(yuanOf(-1234)).toBe(-12.34);
  });
});
