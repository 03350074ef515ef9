/** What IDCardOCR finds on a card, in the names of its answer; a field of the other side is left out. */
export interface OcrCard {
  Name?: string;
  Sex?: string;
  Nation?: string;
  Birth?: string;
  Address?: string;
  IdNum?: string;
  Authority?: string;
  ValidDate?: string;
  /** 0–100 */
  Quality?: number;
  /** codes of the cloud's warnings, e.g. -9102: a copy */
  WarnInfos?: number[];
}

export type CardSide = 'FRONT' | 'BACK';

const FRONT_FIELDS = ['Name', 'Sex', 'Nation', 'Birth', 'Address', 'IdNum'] as const;
const BACK_FIELDS = ['Authority', 'ValidDate'] as const;

/** What is in every picture until the control interface says otherwise: the sandbox cannot read. */
export const SAMPLE_CARD: OcrCard = {
  Name: '沙小箱',
  Sex: '女',
  Nation: '汉',
  Birth: '1990/1/15',
  Address: '杭州市西湖区沙箱路1号',
  IdNum: '330106199001150029',
  Authority: '杭州市公安局西湖分局',
  ValidDate: '2015.06.01-2035.06.01',
};

export function hasSide(card: OcrCard, side: CardSide): boolean {
  const fields = side === 'FRONT' ? FRONT_FIELDS : BACK_FIELDS;
  return fields.some((field) => card[field] !== undefined);
}

/** All fields of the answer, those of the other side empty. */
export function fieldsOf(card: OcrCard, side: CardSide): Record<string, string> {
  const shown: readonly string[] = side === 'FRONT' ? FRONT_FIELDS : BACK_FIELDS;
  const all = [...FRONT_FIELDS, ...BACK_FIELDS];
  return Object.fromEntries(all.map((field) => [field, shown.includes(field) ? (card[field] ?? '') : '']));
}

/** EnableRecognitionRectify, on unless it is switched off: birth and sex are made to agree with the number. */
export function rectified(fields: Record<string, string>): Record<string, string> {
  const [, year, month, day, sex] = /^\d{6}(\d{4})(\d{2})(\d{2})\d{2}(\d)/.exec(fields['IdNum'] ?? '') ?? [];
  if (!year || !sex) return fields;
  return {
    ...fields,
    Birth: [year, Number(month), Number(day)].join('/'),
    Sex: Number(sex) % 2 === 1 ? '男' : '女',
  };
}
