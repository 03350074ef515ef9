import * as fc from 'fast-check';
import { cardHolder } from '../../../test/support/id-cards/person';
import { picturedLines, type Placed } from '../../../test/support/id-cards/lines';
import { cardRows } from './card-rows';
import { isCardBack, readCardBack, readPeriod } from './idcard-back';

const TITLES: Placed[] = [
  { text: '中华人民共和国', left: 360, y: 100 },
  { text: '居民身份证', left: 340, y: 190 },
];

function printed(authority: string[], period: string, apart: boolean): Placed[] {
  const [first = '', ...rest] = authority;
  return [
    ...TITLES,
    ...(apart
      ? [
          { text: '签发机关', left: 180, y: 390 },
          { text: first, left: 330, y: 390 },
          { text: '有效期限', left: 180, y: 470 },
          { text: period, left: 330, y: 470 },
        ]
      : [
          { text: `签发机关${first}`, left: 180, y: 390 },
          { text: `有效期限 ${period}`, left: 180, y: 470 },
        ]),
    ...rest.map((text, i) => ({ text, left: 330, y: 430 + i * 30 })),
  ];
}

const rowsOf = (placed: Placed[], degrees = 0) => cardRows(picturedLines(placed, degrees));

describe("the emblem's side", () => {
  it('is read whoever issued it, however it lies, and however its texts were cut', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100_000 }),
        fc.double({ min: -12, max: 12, noNaN: true }),
        fc.boolean(),
        (seed, degrees, apart) => {
          const { authority, validFrom, validTo } = cardHolder(seed);
          const period = `${validFrom}-${validTo}`.replaceAll(/(?<=\d)-(?=\d{2}(-|$))/g, '.');
          const rows = rowsOf(printed([authority], period.replace(/-(\d{2})-/, '.$1-'), apart), degrees);
          expect(isCardBack(rows)).toBe(true);
          expect(readCardBack(rows)).toEqual({ side: 'back', authority, validFrom, validTo });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('has an authority of two rows in one', () => {
    const rows = rowsOf(printed(['伊犁哈萨克自治州公安局', '伊宁市分局'], '2010.01.01-2030.01.01', true));
    expect(readCardBack(rows).authority).toBe('伊犁哈萨克自治州公安局伊宁市分局');
  });

  it('has null for what is missing', () => {
    expect(readCardBack(rowsOf(TITLES))).toEqual({
      side: 'back',
      authority: null,
      validFrom: null,
      validTo: null,
    });
  });

  it('is not just any paper of the country', () => {
    expect(isCardBack(rowsOf([{ text: '中华人民共和国劳动合同法', left: 60, y: 60 }]))).toBe(false);
  });
});

describe('a period of validity', () => {
  it.each([
    ['2010.01.01-2030.01.01', '2010-01-01', '2030-01-01'],
    ['2010.01.01—2030.01.01', '2010-01-01', '2030-01-01'],
    ['2010.01.01一2030.01.01', '2010-01-01', '2030-01-01'],
    ['2010.01.01至2030.01.01', '2010-01-01', '2030-01-01'],
    ['2010,01.01-2030.0101', '2010-01-01', '2030-01-01'],
    ['20100101-20300101', '2010-01-01', '2030-01-01'],
    ['2019.03.05-长期', '2019-03-05', '长期'],
    ['2019.03.05长期', '2019-03-05', '长期'],
    ['2019.02.30-2029.02.30', null, null],
    ['2019.03.05-', '2019-03-05', null],
    ['不清楚', null, null],
    ['', null, null],
  ])('%s', (text, validFrom, validTo) => {
    expect(readPeriod(text)).toEqual({ validFrom, validTo });
  });
});
