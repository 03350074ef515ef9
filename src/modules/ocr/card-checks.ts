import { formatShanghaiDay } from '../../common/time/shanghai';
import { type IdNumberFault, readIdNumber } from '../../common/validation/id-number';
import { type CardBack, type CardFront, type CardText, FOR_GOOD } from '../../platforms/ocr/id-card';
import { ETHNICITIES } from './ethnicities';

/** What on a card cannot be right, for the person who has it in their hand: nothing is corrected. */
export function warningsAbout(card: CardText, now: Date): string[] {
  return card.side === 'front'
    ? [...missing(card), ...ofFront(card, now)]
    : [...missing(card), ...ofBack(card, now)];
}

const NAMES: Record<string, string> = {
  name: '姓名',
  gender: '性别',
  ethnicity: '民族',
  birthDate: '出生日期',
  address: '住址',
  idNumber: '公民身份号码',
  authority: '签发机关',
  validFrom: '签发日期',
  validTo: '失效日期',
};

function missing(card: CardText): string[] {
  const fields = Object.entries(card).filter(([, value]) => value === null);
  return fields.length === 0
    ? []
    : [`未能识别：${fields.map(([field]) => NAMES[field] ?? field).join('、')}`];
}

const NUMBER_FAULTS: Record<IdNumberFault, string> = {
  format: '公民身份号码不是 18 位，请核对',
  'birth-date': '公民身份号码中的出生日期不存在，请核对',
  future: '公民身份号码中的出生日期晚于今天，请核对',
  checksum: '公民身份号码校验位不正确，请核对',
};

function ofFront({ idNumber, birthDate, gender, ethnicity }: CardFront, now: Date): string[] {
  const warnings: string[] = [];
  if (ethnicity && !ETHNICITIES.has(ethnicity)) warnings.push(`民族“${ethnicity}”不在民族名单中，请核对`);
  if (!idNumber) return warnings;
  const read = readIdNumber(idNumber, now);
  if (!read.valid) warnings.push(NUMBER_FAULTS[read.fault]);
  const inside = insideOf(idNumber);
  if (inside && birthDate && inside.birthDate !== birthDate.replaceAll('-', ''))
    warnings.push('出生日期与公民身份号码不一致，请核对');
  if (inside && gender && inside.gender !== gender) warnings.push('性别与公民身份号码不一致，请核对');
  return warnings;
}

/** What the digits say, be the number valid or not: of two readings that disagree, either may be the wrong one. */
function insideOf(idNumber: string): { birthDate: string; gender: '男' | '女' } | null {
  const [, birthDate, sex] = /^\d{6}(\d{8})\d{2}(\d)[\dX]$/.exec(idNumber) ?? [];
  return birthDate && sex ? { birthDate, gender: Number(sex) % 2 === 1 ? '男' : '女' } : null;
}

/** Years that cards are issued for: to children, to young people, to adults; from 46 on for good. */
const SPANS = [5, 10, 20];

function ofBack({ validFrom, validTo }: CardBack, now: Date): string[] {
  const today = formatShanghaiDay(now);
  const warnings: string[] = [];
  if (validFrom && validFrom > today) warnings.push('签发日期晚于今天，请核对');
  if (!validTo || validTo === FOR_GOOD) return warnings;
  if (validTo < today) warnings.push('身份证已过期');
  if (!validFrom) return warnings;
  if (validTo <= validFrom) warnings.push('失效日期不晚于签发日期，请核对');
  else if (!isUsualSpan(validFrom, validTo)) warnings.push('有效期限不是 5 年、10 年、20 年或长期，请核对');
  return warnings;
}

/** To the same day; of a 29 February, to the day before or after where that year has none. */
function isUsualSpan(from: string, to: string): boolean {
  const years = Number(to.slice(0, 4)) - Number(from.slice(0, 4));
  const sameDay = from.slice(4) === to.slice(4);
  const leapDay = from.endsWith('-02-29') && ['-02-28', '-03-01'].includes(to.slice(4));
  return SPANS.includes(years) && (sameDay || leapDay);
}
