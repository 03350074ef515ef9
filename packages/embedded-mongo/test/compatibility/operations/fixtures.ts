import { Binary, BSONRegExp, Decimal128, MaxKey, MinKey, ObjectId, Timestamp, type Document } from 'bson';

export const OBJECT_ID = new ObjectId('65a000000000000000000001');
export const day = (text: string): Date => new Date(`${text}Z`);

/** `v` holds a value of every type, and of those kinds that comparisons are known to get wrong. */
export const MIXED: Document[] = [
  { _id: 1, v: 1 },
  { _id: 2, v: 2.5 },
  { _id: 3, v: 3 },
  { _id: 4, v: new Decimal128('4.5') },
  { _id: 5, v: 'abc' },
  { _id: 6, v: 'ABD' },
  { _id: 7, v: null },
  { _id: 8 },
  { _id: 9, v: [1, 2, 3] },
  { _id: 10, v: [] },
  { _id: 11, v: [[1, 2]] },
  { _id: 12, v: { a: 1, b: 'x' } },
  {
    _id: 13,
    v: [
      { a: 1, b: 2 },
      { a: 3, b: 4 },
    ],
  },
  { _id: 14, v: true },
  { _id: 15, v: false },
  { _id: 16, v: day('2024-01-01T00:00:00') },
  { _id: 17, v: OBJECT_ID },
  { _id: 18, v: new Binary(Buffer.from('binary')) },
  { _id: 19, v: new BSONRegExp('^ab', 'i') },
  { _id: 20, v: new MinKey() },
  { _id: 21, v: new MaxKey() },
  { _id: 22, v: new Timestamp({ t: 1, i: 1 }) },
  { _id: 23, v: NaN },
  { _id: 24, v: Infinity },
  { _id: 25, v: { b: 'x', a: 1 } },
  { _id: 26, v: [null] },
  { _id: 27, v: -0 },
  { _id: 28, v: 2 ** 40 },
  { _id: 29, v: '张三' },
  { _id: 30, v: 1 },
  { _id: 31, v: new Decimal128('1.00') },
  { _id: 32, v: ['abc', 5] },
];

/** Customers of an agency, as a filter, a list or a report meets them. */
export const CUSTOMERS: Document[] = [
  {
    _id: 1,
    name: '张三',
    phone: '13800000001',
    age: 30,
    tags: ['vip', 'new'],
    address: { city: '上海', zip: 200000 },
    calls: [
      { by: 'a', minutes: 5 },
      { by: 'b', minutes: 12 },
    ],
    createdAt: day('2024-01-01T15:30:00'),
  },
  {
    _id: 2,
    name: 'Li Si',
    phone: '13800000002',
    age: 45,
    tags: ['new'],
    address: { city: '北京' },
    calls: [{ by: 'b', minutes: 3 }],
    createdAt: day('2024-01-01T16:30:00'),
  },
  {
    _id: 3,
    name: 'Wang Wu',
    phone: null,
    age: 30,
    tags: [],
    address: { city: '上海', zip: null },
    calls: [],
    createdAt: day('2024-02-29T23:59:59.999'),
  },
  { _id: 4, name: 'wang liu', age: 22, tags: 'vip', createdAt: day('2023-12-31T15:59:59') },
  { _id: 5, name: 'Zhao.Qi', phone: '13900000005', calls: [{ minutes: 12 }, { by: 'a' }] },
];

/** With a key that one lacks. */
export const PHONES: Document[] = [
  { _id: 1, phone: '138', shop: 'a' },
  { _id: 2, phone: '139', shop: 'a' },
  { _id: 3, shop: 'b' },
];
