import fc from 'fast-check';
import { withoutIdentity, withoutIdNumbers, withoutPhones } from './resume-masking';

const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));
const phones = fc
  .tuple(fc.integer({ min: 3, max: 9 }), digits(9))
  .map(([second, rest]) => `1${second}${rest}`);
const wide = (text: string) =>
  text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));

describe('what people write about themselves', () => {
  const written = fc.tuple(
    phones,
    fc.constantFrom('', '86', '+86', '+86 ', '８６'),
    fc.constantFrom('', ' ', '-', '.', '·', '_'),
    fc.boolean(),
    fc.constantFrom(['', ''], ['电话', '，谢谢'], ['tel:', ' '], ['微信', '']),
  );

  it('keeps no phone, however it is written', () => {
    fc.assert(
      fc.property(written, ([phone, prefix, gap, isWide, [before, after]]) => {
        const grouped = [phone.slice(0, 3), phone.slice(3, 7), phone.slice(7)].join(gap);
        const text = `${before}${prefix}${isWide ? wide(grouped) : grouped}${after}`;
        const masked = `${before}${phone.slice(0, 3)}****${phone.slice(7)}${after}`;
        expect(withoutPhones({ text })).toEqual({ text: masked });
        expect(withoutIdentity({ name: '张桂芳', text }).text).toBe(masked);
      }),
    );
  });

  it('keeps no identity number', () => {
    const numbers = fc.tuple(digits(17), fc.constantFrom('0', '9', 'X', 'x'), fc.boolean());
    fc.assert(
      fc.property(numbers, ([body, last, isWide]) => {
        const text = `我的身份证${isWide ? wide(body) : body}${last}。`;
        expect(withoutIdNumbers({ text })).toEqual({ text: '我的身份证******。' });
      }),
    );
  });

  it('keeps years, amounts and what has too many digits', () => {
    for (const text of ['2010.10-2015.06 在北京', '月薪 13800 元', '编号 138001380001', '1990 年 5 月'])
      expect(withoutPhones({ text })).toEqual({ text });
  });
});
