import {
  array,
  assert,
  constantFrom,
  date,
  integer,
  property,
  record,
  string,
  type Arbitrary,
} from 'fast-check';
import { checkedData } from '../src/wechat-shared/value-limits';

const HAN = '新客户王小丽预约了服务';
const SYMBOLS = '!@#￥%&*（）—+=。，？';
const LETTERS = 'abcXYZ';
const DIGITS = '0123456789';

const of = (characters: string, minLength: number, maxLength: number): Arbitrary<string> =>
  string({ unit: constantFrom(...characters), minLength, maxLength });

/** The errcode that a value gets as `<kind>1`; 0 when it is taken. */
function errcodeOf(kind: string, value: unknown): number {
  try {
    checkedData({ [`${kind}1`]: { value } });
    return 0;
  } catch (error) {
    return (error as { errcode: number }).errcode;
  }
}

const digitsOf = (least: number, most: number): Arbitrary<string> => of(DIGITS, least, most);

/** For each kind, values on the right side of its limit, up to the very limit, and values beyond it. */
const LIMITS: [kind: string, taken: Arbitrary<string>, refused: Arbitrary<string>][] = [
  ['thing', of(HAN + LETTERS + DIGITS + SYMBOLS + '😀', 1, 20), of(HAN + LETTERS + '😀', 21, 60)],
  ['number', digitsOf(1, 32), digitsOf(33, 60)],
  ['number', of('1', 1, 5).map((digits) => `${digits}.50`), of(HAN + LETTERS + '-', 1, 10)],
  ['letter', of(LETTERS, 1, 32), of(LETTERS, 33, 60)],
  ['letter', of(LETTERS, 1, 9), of(DIGITS + HAN, 1, 9)],
  ['symbol', of(SYMBOLS, 1, 5), of(SYMBOLS, 6, 20)],
  ['symbol', of(SYMBOLS, 1, 5), of(HAN + LETTERS + DIGITS, 1, 5)],
  ['character_string', of(LETTERS + DIGITS + '!#%-_/', 1, 32), of(LETTERS + DIGITS, 33, 60)],
  ['character_string', of(LETTERS, 1, 9), of(HAN, 1, 9)],
  ['phone_number', of(DIGITS + '+-()', 1, 17), of(DIGITS + '+-', 18, 30)],
  ['phone_number', digitsOf(1, 9), of(LETTERS + HAN, 1, 9)],
  ['car_number', of('粤京', 1, 1).map((first) => `${first}A8Z888挂`), of('AB12', 9, 12)],
  ['car_number', of('AB12', 1, 8), of(SYMBOLS, 1, 8)],
  ['name', of(HAN, 1, 10), of(HAN, 11, 30)],
  ['name', of(LETTERS + ' .', 1, 20), of(LETTERS, 21, 40)],
  ['name', of(HAN + LETTERS, 1, 10), of(DIGITS, 1, 10)],
  ['phrase', of(HAN, 1, 5), of(HAN, 6, 20)],
  ['phrase', of(HAN, 1, 5), of(LETTERS + DIGITS + SYMBOLS, 1, 5)],
  ['amount', digitsOf(1, 10).map((digits) => `¥${digits}.50元`), of('1', 11, 20)],
  ['amount', digitsOf(1, 10), of(HAN + LETTERS, 1, 5)],
];

describe('the limits of the values of a message', () => {
  it.each(LIMITS)('%s', (kind, taken, refused) => {
    assert(property(taken, (value) => expect(errcodeOf(kind, value)).toBe(0)));
    assert(property(refused, (value) => expect(errcodeOf(kind, value)).toBe(47003)));
  });

  const pad = (number: number): string => String(number).padStart(2, '0');
  const day = date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
  const clock = record({ hour: integer({ min: 0, max: 23 }), minute: integer({ min: 0, max: 59 }) });

  it('time and date take every day and minute there is, also as a span', () => {
    assert(
      property(day, clock, (at, { hour, minute }) => {
        const [year, month, dayOfMonth] = at.toISOString().slice(0, 10).split('-').map(Number);
        const time = `${pad(hour)}:${pad(minute)}`;
        for (const text of [`${at.toISOString().slice(0, 10)}`, `${year}年${month}月${dayOfMonth}日`]) {
          expect(errcodeOf('time', `${text} ${time}`)).toBe(0);
          expect(errcodeOf('time', `${text} ${time}:09`)).toBe(0);
          expect(errcodeOf('time', text)).toBe(47003);
          expect(errcodeOf('date', text)).toBe(0);
          expect(errcodeOf('date', `${text} ${time}~${text} ${time}`)).toBe(0);
        }
        expect(errcodeOf('time', time)).toBe(0);
        expect(errcodeOf('date', time)).toBe(47003);
      }),
    );
  });

  it.each([
    '2026-02-29 08:00',
    '2026-04-31 08:00',
    '2026-13-01 08:00',
    '2026-00-10 08:00',
    '2026-01-00 08:00',
    '2026-01-20 24:00',
    '2026-01-20 08:60',
    '2026-01-20T08:00',
    '2026-01-20 8点',
    '08:00~09:00~10:00',
    '明天',
  ])('time refuses %s', (value) => {
    expect(errcodeOf('time', value)).toBe(47003);
    expect(errcodeOf('date', value)).toBe(47003);
  });

  it('leap days exist', () => {
    expect(errcodeOf('date', '2028-02-29')).toBe(0);
    expect(errcodeOf('date', '2000-02-29')).toBe(0);
    expect(errcodeOf('date', '2100-02-29')).toBe(47003);
  });

  it('refuses what is no text, nothing, and keys without a kind', () => {
    assert(
      property(constantFrom(...LIMITS.map(([kind]) => kind)), (kind) => {
        for (const value of ['', undefined, null, 7, {}, ['x']]) expect(errcodeOf(kind, value)).toBe(47003);
      }),
    );
    expect(errcodeOf('thing', 'a\nb')).toBe(47003);
    for (const data of [
      undefined,
      {},
      [],
      'x',
      { thing: { value: 'a' } },
      { other1: { value: 'a' } },
      { constructor1: { value: 'a' } },
      { thing1: 'a' },
    ])
      expect(() => checkedData(data)).toThrow('47003');
  });

  it('every key of the data counts', () => {
    const values = array(of(HAN, 1, 20), { minLength: 1, maxLength: 5 });
    assert(
      property(values, of(HAN, 21, 30), (taken, refused) => {
        const entries = taken.map((value, index) => [`thing${index + 1}`, { value }] as const);
        const data = Object.fromEntries(entries);
        expect(checkedData(data)).toBe(data);
        expect(() => checkedData({ ...data, thing9: { value: refused } })).toThrow('47003');
      }),
    );
  });
});
