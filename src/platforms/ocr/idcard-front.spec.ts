import * as fc from 'fast-check';
import { cardHolder } from '../../../test/support/id-cards/person';
import { picturedLines, type Placed } from '../../../test/support/id-cards/lines';
import { cardRows } from './card-rows';
import { readCardText } from './card-text';
import type { CardFront } from './id-card';
import { isCardFront, readCardFront } from './idcard-front';

type Printed = Record<'name' | 'gender' | 'ethnicity' | 'birthDate' | 'address' | 'idNumber', string>;

/** The texts of a front where they are printed; labels apart from their values, or in one piece with them. */
function printed(card: Printed, apart: boolean): Placed[] {
  const [year = '', month, day] = card.birthDate.split('-');
  const address = card.address.match(/.{1,11}/gu) ?? [];
  const pair = (left: number, y: number, label: string, value: string, at = 160): Placed[] =>
    apart
      ? [
          { text: label, left, y },
          { text: value, left: at, y },
        ]
      : [{ text: `${label} ${value}`, left, y }];
  return [
    ...pair(60, 90, '姓名', card.name),
    ...pair(60, 158, '性别', card.gender),
    ...pair(262, 158, '民族', card.ethnicity, 352),
    ...pair(60, 226, '出生', `${year}年${Number(month)}月${Number(day)}日`),
    ...pair(60, 294, '住址', address[0] ?? ''),
    ...address.slice(1).map((text, i) => ({ text, left: 160, y: 338 + i * 44 })),
    ...pair(60, 470, '公民身份号码', card.idNumber, 280),
  ];
}

const rowsOf = (placed: Placed[], degrees = 0) => cardRows(picturedLines(placed, degrees));

const CARD: Printed = {
  name: '张洋平',
  gender: '男',
  ethnicity: '汉',
  birthDate: '1985-06-11',
  address: '湖南省桑植县103号',
  idNumber: '430822198506111655',
};

describe("the portrait's side", () => {
  it('is read whoever it belongs to, however it lies, and however its texts were cut', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100_000 }),
        fc.double({ min: -12, max: 12, noNaN: true }),
        fc.boolean(),
        fc.infiniteStream(fc.nat()),
        (seed, degrees, apart, order) => {
          const { authority: _a, validFrom: _f, validTo: _t, ...card } = cardHolder(seed);
          const keys = new Map<Placed, number>();
          const texts = printed(card, apart);
          for (const text of texts) keys.set(text, order.next().value ?? 0);
          const shuffled = texts.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
          const rows = rowsOf(shuffled, degrees);
          expect(isCardFront(rows)).toBe(true);
          expect(readCardFront(rows)).toEqual({ side: 'front', ...card });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never makes fields of a text without its labels, and never fails', () => {
    const anything = fc.record({
      text: fc.string({ unit: 'grapheme', maxLength: 30 }),
      left: fc.integer({ min: -500, max: 2000 }),
      y: fc.integer({ min: -500, max: 2000 }),
    });
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 20 }), (placed) => {
        const rows = rowsOf(placed);
        expect(isCardFront(rows)).toBe(false);
        expect(readCardFront(rows).side).toBe('front');
      }),
    );
  });

  const withTexts = (change: (texts: Placed[]) => Placed[]): CardFront =>
    readCardFront(rowsOf(change(printed(CARD, true))));
  const replacing = (from: string, to: string) => (texts: Placed[]) =>
    texts.map((placed) => ({ ...placed, text: placed.text.replace(from, to) }));

  it.each(['·', '•', '．', '・', '.'])('takes %s for the dot of a name', (dot) => {
    const { name } = withTexts(replacing('张洋平', `古丽娜尔${dot}艾合买提`));
    expect(name).toBe('古丽娜尔·艾合买提');
  });

  it.each([
    ['姓名', '妊名', 'name'],
    ['住址', '住扯', 'address'],
    ['民族', '民旋', 'ethnicity'],
    ['公民身份号码', '公民身份号玛', 'idNumber'],
  ] as const)('knows the label %s when it was read as %s', (label, misread, field) => {
    expect(withTexts(replacing(label, misread))[field]).toBe(CARD[field]);
  });

  it('has the check as an upper-case X, and digits in whatever width', () => {
    expect(withTexts(replacing(CARD.idNumber, '54010219821007923x')).idNumber).toBe('54010219821007923X');
    expect(withTexts(replacing(CARD.idNumber, '５４０１０２１９８２１００７９２３Ｘ')).idNumber).toBe(
      '54010219821007923X',
    );
    expect(withTexts(replacing(CARD.idNumber, '540102 19821007 923X')).idNumber).toBe('54010219821007923X');
  });

  it('leaves a number as it was read, when a digit is missing', () => {
    expect(withTexts(replacing(CARD.idNumber, '43082219850611165')).idNumber).toBe('43082219850611165');
  });

  it.each([
    ['1985年6月11日', '1985年6月31日'],
    ['1985年6月11日', '年月日'],
  ])('has no date of birth where there is none: %s read as %s', (date, misread) => {
    expect(withTexts(replacing(date, misread)).birthDate).toBeNull();
  });

  it('has null for every text that is missing', () => {
    const labels = ['姓名', '性别', '民族', '出生', '住址', '公民身份号码'];
    const { side: _side, ...fields } = withTexts((texts) =>
      texts.filter(({ text }) => labels.includes(text)),
    );
    expect(Object.values(fields)).toEqual([null, null, null, null, null, null]);
  });

  it('takes nothing of the portrait into the address', () => {
    const withNoise = [
      ...printed(CARD, true),
      { text: '3', left: 700, y: 294 },
      { text: '一', left: 690, y: 338 },
    ];
    expect(readCardFront(rowsOf(withNoise)).address).toBe(CARD.address);
  });

  it('is not a form with the same labels', () => {
    const form = ['姓名', '性别', '民族', '出生日期', '现住址', '联系电话 13800138000'];
    expect(isCardFront(rowsOf(form.map((text, i) => ({ text, left: 60, y: 60 + i * 60 }))))).toBe(false);
  });
});

describe('a picture', () => {
  it('with two numbers has several cards', () => {
    const other = { ...CARD, idNumber: '54010219821007923X' };
    const two = [
      ...printed(CARD, true),
      ...printed(other, true).map((text) => ({ ...text, y: text.y + 600 })),
    ];
    expect(() => readCardText(picturedLines(two))).toThrow('图片中有多张身份证，请只拍一张');
  });

  it('with one side is refused when the other is wanted, and null without any', () => {
    expect(() => readCardText(picturedLines(printed(CARD, true)), 'back')).toThrow(
      '图片是身份证的人像面，请上传国徽面',
    );
    expect(readCardText(picturedLines([]))).toBeNull();
  });

  it('is trusted as much as its characters', () => {
    expect(readCardText(picturedLines(printed(CARD, true)))?.confidence).toBeCloseTo(0.97, 3);
  });
});
