import fc from 'fast-check';
import { compareValues } from '../src/bson/compare';
import { decode } from '../src/bson/decode';
import { encode } from '../src/bson/encode';
import { encodeField, encodeValue } from '../src/storage/key-encoding';
import { bsonValues } from './support/arbitrary-values';

const RUNS = { numRuns: 3000 };

describe('the encoding of index keys', () => {
  it('orders any two values as BSON does', () => {
    fc.assert(
      fc.property(bsonValues, bsonValues, (a, b) => {
        expect(Buffer.compare(encodeValue(a), encodeValue(b))).toBe(compareValues(a, b));
      }),
      RUNS,
    );
  });

  it('orders descending fields the other way round', () => {
    fc.assert(
      fc.property(bsonValues, bsonValues, (a, b) => {
        const order = Buffer.compare(encodeField(a, -1), encodeField(b, -1));
        expect(order + compareValues(a, b)).toBe(0);
      }),
      RUNS,
    );
  });

  it('orders compound keys field by field', () => {
    fc.assert(
      fc.property(fc.tuple(bsonValues, bsonValues), fc.tuple(bsonValues, bsonValues), (a, b) => {
        const [x, y] = [a, b].map(([first, second]) =>
          Buffer.concat([encodeField(first, 1), encodeField(second, -1)]),
        ) as [Buffer, Buffer];
        const order = compareValues(a[0], b[0]) || compareValues(b[1], a[1]);
        expect(Buffer.compare(x, y)).toBe(order);
      }),
      RUNS,
    );
  });
});

describe('the order of values', () => {
  it('is total', () => {
    fc.assert(
      fc.property(bsonValues, bsonValues, bsonValues, (a, b, c) => {
        expect(compareValues(a, b) + compareValues(b, a)).toBe(0);
        const [x, y, z] = [a, b, c].sort(compareValues);
        expect(compareValues(x, z)).toBeLessThanOrEqual(0);
        expect(compareValues(x, y)).toBeLessThanOrEqual(0);
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
