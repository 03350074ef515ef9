import * as fc from 'fast-check';
import { messageData } from './message-data';

const LIMITS = {
  thing: 20,
  number: 32,
  letter: 32,
  symbol: 5,
  character_string: 32,
  phone_number: 17,
  car_number: 8,
  phrase: 5,
  name: 20,
};
const anyText = fc.string({ unit: 'binary', maxLength: 50 });
const valueOf = (key: string, value: string): string => messageData({ [key]: value })[key]?.value ?? '';

describe('the values of a message', () => {
  it.each(Object.entries(LIMITS))('of kind %s hold at most %i characters of any text', (kind, most) => {
    fc.assert(
      fc.property(anyText, fc.nat({ max: 99 }), (text, number) => {
        const value = valueOf(`${kind}${number}`, text);
        // one line without control characters or space around it
        return [...value].length <= most && !/\p{Cc}/u.test(value) && value === value.trim();
      }),
    );
  });

  it('are never cut in the middle of a character', () => {
    const emoji = fc.array(fc.constantFrom('😀', '🏠', '字', 'a', '𠮷'), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(emoji, (characters) => {
        expect(valueOf('thing1', characters.join(''))).toBe(characters.slice(0, 20).join(''));
      }),
    );
  });

  it('that fit are left alone', () => {
    const short = fc.string({ unit: 'grapheme-ascii', maxLength: 20 }).map((text) => text.trim());
    fc.assert(
      fc.property(short, (text) => {
        expect(valueOf('thing1', text)).toBe(text.replace(/ +/g, ' '));
      }),
    );
  });

  it('of kind name hold 10 characters where one is Chinese, 20 Latin ones', () => {
    expect(valueOf('name1', '欧阳娜娜欧阳娜娜欧阳娜娜')).toBe('欧阳娜娜欧阳娜娜欧阳');
    expect(valueOf('name1', 'Anna 王abcdefghijklm')).toBe('Anna 王abcd');
    expect(valueOf('name1', 'Maximiliane Alexandra')).toBe('Maximiliane Alexandr');
  });

  it('of times are not cut', () => {
    expect(messageData({ time2: '2026-03-01 08:05', thing7: '张三' })).toEqual({
      time2: { value: '2026-03-01 08:05' },
      thing7: { value: '张三' },
    });
  });
});
