import * as fc from 'fast-check';
import { withoutPhones } from './written-phones';

describe('a text without phones', () => {
  it.each([
    ['13800138000', '138****8000'],
    ['电话13800138000，微信同号', '电话138****8000，微信同号'],
    ['138 0013 8000', '138****8000'],
    ['138-0013-8000', '138****8000'],
    ['138.0013.8000', '138****8000'],
    ['138 - 0013 - 8000', '138****8000'],
    ['+8613800138000', '138****8000'],
    ['+86 138 0013 8000', '138****8000'],
    ['0086-13800138000', '138****8000'],
    ['8613800138000', '138****8000'],
    ['１３８００１３８０００', '138****8000'],
    ['1 3 8 0 0 1 3 8 0 0 0', '138****8000'],
    ['021-65551234', '021****1234'],
    ['（021）6555 1234', '（021****1234'],
    ['0571 86551234', '057****1234'],
    ['400-820-8820', '400****8820'],
    ['13800138000/13900139000', '138****8000/139****9000'],
  ])('%s → %s', (text, expected) => {
    expect(withoutPhones(text)).toBe(expected);
  });

  it.each([
    '5000-6500元/月，18-35岁，月休4天',
    '工号 20260115，2026-01-15 08:30 到岗',
    '8000-12000，13薪，五险一金',
    '身高 160-175，时薪 20-25 元，每天 10-12 小时',
    '南京东路 100 号 3 栋 1602 室',
    '经度 121.473701',
  ])('leaves %s', (text) => {
    expect(withoutPhones(text)).toBe(text);
  });

  it('holds none of the digits in a row, however a mobile number is written and what stands around it', () => {
    const number = fc
      .tuple(
        fc.constantFrom('3', '5', '8'),
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 9, maxLength: 9 }),
      )
      .map(([second, rest]) => `1${second}${rest.join('')}`);
    const gap = fc.constantFrom('', '', ' ');
    const between = fc.array(fc.constantFrom('', '', '', ' ', '-', '.', ' - ', '（', '·'), {
      minLength: 8,
      maxLength: 8,
    });
    const around = fc.constantFrom('', '微信', '，', 'tel:', ' ', '(', ')', '\n');
    const prefix = fc.constantFrom('', '+86', '86-', '0086 ', '+86 ');
    const wide = fc.boolean();
    fc.assert(
      fc.property(number, gap, between, around, prefix, wide, (digits, first, gaps, edge, code, isWide) => {
        const spaced = [...digits].map((digit, i) => digit + (i < 2 ? first : (gaps[i - 2] ?? ''))).join('');
        const written = isWide
          ? spaced.replace(/\d/g, (d) => String.fromCharCode(d.charCodeAt(0) + 0xfee0))
          : spaced;
        const shown = withoutPhones(`${edge}${code}${written}${edge}`).normalize('NFKC').replace(/\D/g, '');
        expect(shown).toBe(digits.slice(0, 3) + digits.slice(-4));
      }),
    );
  });
});
