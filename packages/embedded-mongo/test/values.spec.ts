import { Decimal128 } from 'bson';
import fc from 'fast-check';
import { compareValues, decode, encode, keyOf, orderOf } from '../src/bson';
import { bsonValues } from './support/arbitrary-values';

const RUNS = { numRuns: 3000 };

/** The order of numbers, texts and lists, told without keys. */
function expectedOrder(a: unknown, b: unknown): number | undefined {
  const byType = Math.sign(orderOf(a) - orderOf(b));
  if (byType !== 0) return byType;
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(String(b)));
  if (Array.isArray(a) && Array.isArray(b)) return expectedOrderOfLists(a, b);
  const isNumber = typeof a === 'number' || a instanceof Decimal128;
  if (!isNumber && !(a instanceof Date) && typeof a !== 'boolean') return undefined;
  const [x, y] = [a, b].map((value) => Number(value instanceof Decimal128 ? value.toString() : value));
  const [isNoneX, isNoneY] = [Number.isNaN(x), Number.isNaN(y)];
  if (isNoneX || isNoneY) return Number(isNoneY) - Number(isNoneX);
  return Number(Number(x) > Number(y)) - Number(Number(x) < Number(y));
}

function expectedOrderOfLists(a: unknown[], b: unknown[]): number | undefined {
  for (const [i, item] of a.entries()) {
    if (i >= b.length) return 1;
    const order = expectedOrder(item, b[i]);
    if (order !== 0) return order;
  }
  return Math.sign(a.length - b.length);
}

describe('the order of values', () => {
  it('is by type, then by number, by bytes of texts, by elements', () => {
    fc.assert(
      fc.property(bsonValues, bsonValues, (a, b) => {
        const expected = expectedOrder(a, b);
        fc.pre(expected !== undefined);
        expect(Math.sign(compareValues(a, b)) + 0).toBe(expected);
        expect(keyOf(a) < keyOf(b) ? -1 : Number(keyOf(a) > keyOf(b))).toBe(expected);
      }),
      RUNS,
    );
  });

  it('is total', () => {
    fc.assert(
      fc.property(bsonValues, bsonValues, bsonValues, (a, b, c) => {
        expect(Math.sign(compareValues(a, b)) + Math.sign(compareValues(b, a))).toBe(0);
        const [x, y, z] = [a, b, c].sort(compareValues);
        expect(compareValues(x, z)).toBeLessThanOrEqual(0);
        expect(compareValues(x, y)).toBeLessThanOrEqual(0);
      }),
      RUNS,
    );
  });
});

describe('the key of a value', () => {
  it('begins no other one, so that several can follow each other', () => {
    fc.assert(
      fc.property(fc.tuple(bsonValues, bsonValues), fc.tuple(bsonValues, bsonValues), (a, b) => {
        const [x, y] = [keyOf(a[0]), keyOf(b[0])];
        if (x !== y) expect(x.startsWith(y) || y.startsWith(x)).toBe(false);
        const order = compareValues(a[0], b[0]) || compareValues(a[1], b[1]);
        const [both, others] = [a.map(keyOf).join(''), b.map(keyOf).join('')];
        expect(both < others ? -1 : Number(both > others)).toBe(Math.sign(order));
      }),
      RUNS,
    );
  });

  it('is of characters below 255, which is what stands behind all keys', () => {
    fc.assert(
      fc.property(bsonValues, (value) => {
        expect(`${keyOf(value)}\xff` > keyOf(value)).toBe(true);
        expect(keyOf(value).charCodeAt(0)).toBeLessThan(255);
      }),
      RUNS,
    );
  });
});

describe('decoding', () => {
  it('gives back the bytes of any document', () => {
    fc.assert(
      fc.property(bsonValues, (value) => {
        const bytes = encode({ value });
        expect(encode(decode(bytes)).equals(bytes)).toBe(true);
      }),
      RUNS,
    );
  });
});
