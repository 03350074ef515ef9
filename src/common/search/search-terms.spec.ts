import * as fc from 'fast-check';
import { pinyin } from 'pinyin-pro';
import { LONGEST_KEYWORD, normaliseKeyword, searchTerms } from './search-terms';

const SYLLABLES = [...'张王李赵刘陈曾单仇吕解任晓明丽娜婷女士先生欧阳上官'];
const chineseName = fc.array(fc.constantFrom(...SYLLABLES), { minLength: 1, maxLength: 20 });
const anyName = fc.oneof(
  chineseName.map((characters) => characters.join('')),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  fc.string({ unit: fc.constantFrom(...'张晓 aZé·ＡüÜ9-.*ﬁ'), minLength: 1, maxLength: 20 }),
);
const mobile = fc.stringMatching(/^1[3-9]\d{9}$/);

const finds = (keyword: string, name: string, phone?: string): boolean =>
  searchTerms(name, phone).includes(normaliseKeyword(keyword));

function part<T>(symbols: T[], from: number, to: number): T[] {
  const [start, end] = [from, to].map((at) => at % (symbols.length + 1)).sort((a, b) => a - b) as [
    number,
    number,
  ];
  return symbols.slice(start, Math.max(end, start + 1));
}

describe('search terms', () => {
  it('hold every part of a name, however it is cut', () => {
    fc.assert(
      fc.property(anyName, fc.nat(), fc.nat(), (name, from, to) => {
        const keyword = part([...normaliseKeyword(name)], from, to).join('');
        return keyword === '' || finds(keyword, name);
      }),
    );
  });

  it('hold every part of a phone from two digits on', () => {
    fc.assert(
      fc.property(mobile, fc.nat(9), fc.integer({ min: 2, max: 11 }), (phone, start, length) =>
        finds(phone.slice(start, start + Math.max(2, Math.min(length, 11 - start))), '张', phone),
      ),
    );
  });

  it('hold the pinyin from every syllable on, whole or begun, and every part of the initials', () => {
    fc.assert(
      fc.property(chineseName, fc.nat(), fc.nat(), (characters, from, to) => {
        const syllables = pinyin(characters.join(''), {
          toneType: 'none',
          type: 'array',
          surname: 'head',
          v: true,
        });
        const rest = syllables.slice(from % syllables.length).join('');
        const name = characters.join('');
        const begun = rest.slice(0, Math.min(1 + (to % rest.length), LONGEST_KEYWORD));
        const initials = part(
          syllables.map((syllable) => syllable.slice(0, 1)),
          from,
          to,
        ).join('');
        return finds(begun, name) && (initials === '' || finds(initials, name));
      }),
    );
  });

  it('are each once, never empty, and no longer than a keyword', () => {
    fc.assert(
      fc.property(anyName, mobile, (name, phone) => {
        const terms = searchTerms(name, phone);
        expect(new Set(terms).size).toBe(terms.length);
        expect(terms.every((term) => term !== '' && [...term].length <= LONGEST_KEYWORD)).toBe(true);
      }),
    );
  });

  it('stay few: a usual name has under 120, the longest that can be written under 3,000', () => {
    expect(searchTerms('欧阳晓明', '13812345678').length).toBeLessThan(120);
    expect(searchTerms('﷽'.repeat(20), '13812345678').length).toBeLessThan(3000);
    fc.assert(fc.property(anyName, mobile, (name, phone) => searchTerms(name, phone).length < 3000));
  });

  it('normalise to what is already normal', () => {
    fc.assert(
      fc.property(fc.oneof(anyName, fc.string({ unit: 'binary' })), (text) => {
        const once = normaliseKeyword(text);
        return normaliseKeyword(once) === once;
      }),
    );
  });

  it.each([
    ['单田芳', 'shan'],
    ['曾国藩', 'zengguo'],
    ['仇英', 'qiuying'],
    ['吕布', 'lvbu'],
    ['吕布', 'LÜ'],
    ['张女士', 'zhangnvshi'],
    ['张女士', 'nvs'],
    ['张女士', 'zns'],
    ['张晓明', 'zhangxiaoming'],
    ['欧阳娜娜', 'yangnana'],
    ['Anna Maria', 'ANNAM'],
    ['Anna Maria', 'na ma'],
    ['买买提·吐尔逊', '买提吐'],
    ['买买提·吐尔逊', '提•吐尔'],
    ['买买提·吐尔逊', 'tuer'],
    ['ＪＡＣＫ陈', 'jack'],
    ['𠮷野家', '𠮷野'],
    ['O’Neil (2).*', '(2).*'],
  ])('find %s by %s', (name, keyword) => expect(finds(keyword, name)).toBe(true));

  it.each([
    ['张晓明', 'zhangxiaomin g1'],
    ['张晓敏', 'zhangxiaoming'],
    ['张晓明', 'hang'],
    ['张晓明', '.*'],
    ['单田芳', 'dan'],
    ['张晓明', '张明'],
  ])('do not find %s by %s', (name, keyword) => expect(finds(keyword, name)).toBe(false));

  it('leave the phone out where there is none, and single digits of one', () => {
    expect(searchTerms('张')).toEqual(['张', 'z', 'zh', 'zha', 'zhan', 'zhang']);
    expect(finds('3', '张', '13812345678')).toBe(false);
  });
});
