import { cardHolder } from '../../../test/support/id-cards/person';
import type { CardBack, CardFront } from '../../platforms/ocr/id-card';
import { warningsAbout } from './card-checks';

const NOW = new Date('2026-06-15T04:00:00Z');

const FRONT: CardFront = {
  side: 'front',
  name: '张洋平',
  gender: '男',
  ethnicity: '汉',
  birthDate: '1985-06-11',
  address: '湖南省桑植县103号',
  idNumber: '430822198506111655',
};
const BACK: CardBack = {
  side: 'back',
  authority: '桑植县公安局',
  validFrom: '2021-07-26',
  validTo: '2041-07-26',
};

const aboutFront = (changes: Partial<CardFront>) => warningsAbout({ ...FRONT, ...changes }, NOW);
const aboutBack = (changes: Partial<CardBack>) => warningsAbout({ ...BACK, ...changes }, NOW);

describe('warnings about a front', () => {
  it('are none for a card that agrees with itself', () => {
    expect(aboutFront({})).toEqual([]);
    for (let seed = 0; seed < 300; seed++) {
      const { name, gender, ethnicity, birthDate, address, idNumber } = cardHolder(seed);
      const card: CardFront = { side: 'front', name, gender, ethnicity, birthDate, address, idNumber };
      expect(warningsAbout(card, NOW)).toEqual([]);
    }
  });

  it.each<[Partial<CardFront>, string[]]>([
    [{ idNumber: '430822198506111656' }, ['公民身份号码校验位不正确，请核对']],
    [{ idNumber: '43082219850611165' }, ['公民身份号码不是 18 位，请核对']],
    [{ birthDate: '1985-06-12' }, ['出生日期与公民身份号码不一致，请核对']],
    [{ gender: '女' }, ['性别与公民身份号码不一致，请核对']],
    [{ ethnicity: '汗' }, ['民族“汗”不在民族名单中，请核对']],
    [{ name: null, address: null }, ['未能识别：姓名、住址']],
    [{ idNumber: null }, ['未能识别：公民身份号码']],
  ])('%j', (changes, warnings) => {
    expect(aboutFront(changes)).toEqual(warnings);
  });

  it('name a date of birth inside the number that does not exist, or has not come', () => {
    expect(aboutFront({ idNumber: '430822198502301655', birthDate: null })).toContain(
      '公民身份号码中的出生日期不存在，请核对',
    );
    expect(aboutFront({ idNumber: '430822203006111655', birthDate: null })).toContain(
      '公民身份号码中的出生日期晚于今天，请核对',
    );
  });
});

describe('warnings about a back', () => {
  it.each<[Partial<CardBack>, string[]]>([
    [{}, []],
    [{ validTo: '长期' }, []],
    [{ validFrom: '2016-02-29', validTo: '2026-03-01' }, ['身份证已过期']],
    [{ validFrom: '2024-02-29', validTo: '2034-02-28' }, []],
    [{ validFrom: '2006-06-15', validTo: '2026-06-15' }, []],
    [{ validFrom: '2006-06-14', validTo: '2026-06-14' }, ['身份证已过期']],
    [{ validFrom: '2021-07-26', validTo: '2041-07-27' }, ['有效期限不是 5 年、10 年、20 年或长期，请核对']],
    [
      { validFrom: '2041-07-26', validTo: '2041-07-26' },
      ['签发日期晚于今天，请核对', '失效日期不晚于签发日期，请核对'],
    ],
    [{ validFrom: '2026-06-16', validTo: '2046-06-16' }, ['签发日期晚于今天，请核对']],
    [{ authority: null, validTo: null }, ['未能识别：签发机关、失效日期']],
  ])('%j', (changes, warnings) => {
    expect(aboutBack(changes)).toEqual(warnings);
  });

  it('follow the day in Shanghai', () => {
    const midnight = new Date('2026-06-15T16:30:00Z');
    expect(warningsAbout({ ...BACK, validFrom: '2006-06-15', validTo: '2026-06-15' }, midnight)).toEqual([
      '身份证已过期',
    ]);
  });
});
