import * as fc from 'fast-check';
import { maskLine, maskName, maskPhone } from './masking';

const SECRET_FIELDS = [
  'password',
  'oldPassword',
  'newPassword',
  'passwordHash',
  'token',
  'access_token',
  'refresh_token',
  'authorization',
  'Authorization',
  'cookie',
  'appsecret',
  'serverSecret',
  'session_key',
  'openid',
  'openId',
  'unionid',
  'touser',
  'idempotency-key',
  'js_code',
  'phoneCode',
  'login_code',
  'guestId',
];

const digits = (length: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((ds) => ds.join(''));
const alphanumeric = (length: number) =>
  fc
    .array(fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'), {
      minLength: length,
      maxLength: length,
    })
    .map((letters) => letters.join(''));

const phone = fc
  .tuple(fc.integer({ min: 3, max: 9 }), digits(9))
  .map(([second, rest]) => `1${second}${rest}`);
const idNumber = fc
  .tuple(
    digits(6),
    fc.integer({ min: 1940, max: 2029 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 31 }),
    digits(3),
    fc.constantFrom(...'0123456789X'),
  )
  .map(([region, year, month, day, order, check]) =>
    [region, year, String(month).padStart(2, '0'), String(day).padStart(2, '0'), order, check].join(''),
  );
const jwt = fc
  .tuple(alphanumeric(20), alphanumeric(40), alphanumeric(43))
  .map((parts) => `eyJ${parts.join('.')}`);
const openid = alphanumeric(27).map((rest) => `o${rest}`);
const guestId = fc
  .array(fc.constantFrom(...'0123456789abcdef'), { minLength: 32, maxLength: 32 })
  .map((letters) => `guest_${letters.join('')}`);

/** Text without digits, letters and hyphens, so that what stands in it keeps its edges. */
const around = fc
  .array(fc.constantFrom(...' ，。:：;"\'\\/\n\t（）[]{}电话住址é😀\u0001'), { maxLength: 8 })
  .map((characters) => characters.join(''));
const inText = (inner: fc.Arbitrary<string>) =>
  fc
    .tuple(around, inner, around)
    .map(([before, it, after]) => ({ inner: it, value: `${before}${it}${after}` }));

/** Puts a value somewhere inside of a random object, as a logger's caller might. */
function somewhere<T>(leaf: fc.Arbitrary<T>): fc.Arbitrary<{ leaf: T; wrap: (value: unknown) => unknown }> {
  const layers = fc.array(fc.constantFrom('object', 'array', 'crowd'), { maxLength: 5 });
  return fc.tuple(leaf, layers, fc.jsonValue({ maxDepth: 1 })).map(([value, kinds, neighbour]) => ({
    leaf: value,
    wrap: (inner: unknown) =>
      kinds.reduce<unknown>((content, kind) => {
        if (kind === 'array') return [neighbour, content, neighbour];
        return kind === 'crowd' ? { a: neighbour, content, z: neighbour } : { content };
      }, inner),
  }));
}

const line = (value: unknown) => JSON.stringify({ level: 'info', msg: 'request', value });

describe('maskLine', () => {
  it.each([
    ['a phone', phone],
    ['an ID number', idNumber],
    ['a token', jwt],
    ['an openid', openid],
    ['the id of a guest', guestId],
  ])('masks %s in any text at any depth, and leaves valid JSON', (_what, personal) => {
    fc.assert(
      fc.property(somewhere(inText(personal)), ({ leaf, wrap }) => {
        const masked = maskLine(line(wrap(leaf.value)));
        expect(masked).not.toContain(leaf.inner);
        expect(() => JSON.parse(masked) as unknown).not.toThrow();
      }),
      { numRuns: 400 },
    );
  });

  it('masks what stands under the name of a secret, at any depth, whatever characters it has', () => {
    const secret = fc.tuple(alphanumeric(6), fc.string(), alphanumeric(6)).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.constantFrom(...SECRET_FIELDS), somewhere(secret), (field, { leaf, wrap }) => {
        const masked = maskLine(line(wrap({ [field]: leaf })));
        expect(masked).toBe(line(wrap({ [field]: '[masked]' })));
        expect(masked).not.toContain(leaf.slice(0, 6));
      }),
      { numRuns: 400 },
    );
  });

  it('masks a secret in a body that is quoted as text', () => {
    const secret = fc.tuple(alphanumeric(6), fc.string(), alphanumeric(6)).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.constantFrom(...SECRET_FIELDS), secret, (field, leaf) => {
        const body = JSON.stringify({ name: '张', [field]: leaf, end: 1 });
        const masked = maskLine(line(`refused: ${body}`));
        const expected = JSON.stringify({ name: '张', [field]: '[masked]', end: 1 });
        expect(masked).toBe(line(`refused: ${expected}`));
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    ['a number', { token: 123456 }],
    ['a list', { openid: ['first-one', 'second-one'] }],
  ])('masks a secret that is %s', (_kind, value) => {
    expect(JSON.parse(maskLine(line(value)))).toMatchObject({
      value: { [Object.keys(value)[0] ?? '']: '[masked]' },
    });
  });

  it.each([
    ['tel13800138000', 'tel138****8000'],
    ['phone_13800138000', 'phone_138****8000'],
    ['+8613800138000', '+138****8000'],
    ['+86 13800138000', '+86 138****8000'],
    ['a\n13800138000', 'a\\n138****8000'],
    ['/api/customers?keyword=13800138000&page=1', '/api/customers?keyword=138****8000&page=1'],
    ['E11000 dup key: { phone: "13800138000" }', 'E11000 dup key: { phone: \\"138****8000\\" }'],
    ['n110101199003074514', 'n110101********[masked]'],
    ['https://x/y?access_token=abc.DEF&a=1', 'https://x/y?access_token=[masked]&a=1'],
    ['Authorization: Bearer abc.def-ghi', 'Authorization: Bearer [masked]'],
  ])('writes %j as %s', (text, expected) => {
    expect(maskLine(line(text))).toContain(expected);
  });

  it.each([
    [13800138000, '138****8000'],
    [
      [1, 13800138000],
      [1, '138****8000'],
    ],
  ])('masks a phone that was logged as a number: %j', (value, expected) => {
    expect(JSON.parse(maskLine(line(value)))).toMatchObject({ value: expected });
  });

  it('leaves ordinary numbers and record keys alone', () => {
    const hex = (length: number) =>
      fc
        .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
        .map((letters) => letters.join(''));
    const ordinary = fc.record({
      time: fc.date({ noInvalidDate: true, min: new Date('2000-01-01'), max: new Date('2099-01-01') }),
      timestamp: fc.integer({ min: 1_300_000_000_000, max: 1_999_999_999_999 }),
      dealAmount: fc.integer({ min: 0, max: 1_000_000_000 }),
      ms: fc.integer({ min: 0, max: 100_000 }).map((tenths) => tenths / 10),
      id: hex(24),
      decimalId: digits(24),
      requestId: fc.uuid(),
      status: fc.integer({ min: 200, max: 599 }),
      customerId: digits(11).map((number) => `CUS0${number.slice(1)}`),
    });
    fc.assert(
      fc.property(ordinary, (value) => {
        expect(maskLine(line(value))).toBe(line(value));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('names and phones as shown to others', () => {
  it.each([
    ['张小明', '张**'],
    ['𠮷野', '𠮷**'],
    ['', '**'],
  ])('masks the name %j as %s', (name, expected) => {
    expect(maskName(name)).toBe(expected);
  });

  it.each([
    ['13800138000', '138****8000'],
    ['123456', '****'],
    ['', '****'],
  ])('masks the phone %j as %s', (number, expected) => {
    expect(maskPhone(number)).toBe(expected);
  });
});
