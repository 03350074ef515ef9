import fc from 'fast-check';
import { Binary, BSONRegExp, Decimal128, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';

/** Longs beyond 2^53 and decimals of more digits are stored, but not compared. */
const numbers = fc.oneof(
  fc.integer(),
  fc.integer({ min: -3, max: 3 }),
  fc.double(),
  fc.constantFrom<unknown>(0, -0, Number.NaN, Infinity, -Infinity, 2 ** 53 - 1, -(2 ** 53)),
  fc
    .tuple(fc.integer({ min: -999_999_999, max: 999_999_999 }), fc.integer({ min: -25, max: 5 }))
    .map(([coefficient, exponent]) => Decimal128.fromString(`${coefficient}E${exponent}`)),
);

const strings = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('', '\0', 'a\0b', '张三', '😀', '\uffff'),
);

const scalars: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: numbers },
  { weight: 4, arbitrary: strings },
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(new MinKey(), new MaxKey()),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => new ObjectId(bytes)),
  fc
    .tuple(fc.uint8Array({ maxLength: 5 }), fc.constantFrom(0, 4))
    .map(([bytes, type]) => new Binary(bytes, type)),
  fc.nat().map((t) => new Timestamp({ t, i: 1 })),
  fc.tuple(fc.constantFrom('a', '^b', 'a.c'), fc.constantFrom('', 'i')).map(([p, o]) => new BSONRegExp(p, o)),
);

/** Values of every BSON type, nested a little. */
export const bsonValues: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    { weight: 6, arbitrary: scalars },
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', ''), tie('value'), { maxKeys: 3 }),
  ),
})).value;
