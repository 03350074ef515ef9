import { z } from 'zod';
import { invalidField } from '../../../common/errors/app-error';
import { UpstreamFailure } from '../../upstream/upstream-failure';
import { dayOf } from '../card-dates';
import { nameOf } from '../card-text';
import type { CardBack, CardFront, CardReading, CardSide, CardText } from '../id-card';
import { readPeriod } from '../idcard-back';
import { API } from './tencent-errors';

const text = z.string().trim().default('');

/** IDCardOCR of 2018-11-19; a field of the other side is empty. */
const answerSchema = z.object({
  Name: text,
  Sex: text,
  Nation: text,
  Birth: text,
  Address: text,
  IdNum: text,
  Authority: text,
  ValidDate: text,
  AdvancedInfo: text,
});
type Answer = z.infer<typeof answerSchema>;

const advancedSchema = z.object({
  /** 0–100: how sharp the picture is */
  Quality: z.coerce.number().min(0).max(100).optional(),
  WarnInfos: z.array(z.number()).nullish(),
});

const WARNINGS: Record<number, string> = {
  [-9101]: '身份证边框不完整',
  [-9102]: '疑似身份证复印件',
  [-9103]: '疑似翻拍屏幕',
  [-9104]: '疑似临时身份证',
  [-9105]: '身份证被遮挡',
  [-9106]: '图片疑似被修改过',
  [-9107]: '图片反光',
  [-9108]: '疑似身份证复印件',
  [-9109]: '身份证有效日期不合法',
  [-9110]: '疑似电子身份证',
  [-9111]: '图片有水印',
};

/**
 * A card of the cloud's answer.
 * @throws {AppError} INVALID_PARAMS when it is empty or of the other side, UPSTREAM_ERROR when it is no answer
 */
export function readingOf(response: unknown, wanted: CardSide | undefined): CardReading {
  const parsed = answerSchema.safeParse(response);
  if (!parsed.success) throw new UpstreamFailure(API, 'malformed', parsed.error);
  const answer = parsed.data;
  const side = sideOf(answer);
  if (!side) throw invalidField('file', '图片中没有识别到身份证，请对准证件重新拍摄');
  if (wanted && wanted !== side) {
    throw invalidField('side', `图片是身份证的${nameOf(side)}，请上传${nameOf(wanted)}`);
  }
  return { provider: 'tencent', card: cardOf(side, answer), ...advanced(answer.AdvancedInfo) };
}

function sideOf({ Name, IdNum, Authority, ValidDate }: Answer): CardSide | null {
  if (Name || IdNum) return 'front';
  return Authority || ValidDate ? 'back' : null;
}

function cardOf(side: CardSide, answer: Answer): CardText {
  return side === 'front' ? frontOf(answer) : backOf(answer);
}

function frontOf({ Name, Sex, Nation, Birth, Address, IdNum }: Answer): CardFront {
  const [, year, month, day] = /^(\d{4})\D(\d{1,2})\D(\d{1,2})\D?$/.exec(Birth) ?? [];
  return {
    side: 'front',
    name: Name || null,
    gender: Sex === '男' || Sex === '女' ? Sex : null,
    ethnicity: Nation || null,
    birthDate: year && month && day ? dayOf(year, month, day) : null,
    address: Address || null,
    idNumber: IdNum.toUpperCase() || null,
  };
}

function backOf({ Authority, ValidDate }: Answer): CardBack {
  return { side: 'back', authority: Authority || null, ...readPeriod(ValidDate) };
}

/** The cloud has no figure for its certainty; the sharpness of the picture is what it gives instead. */
function advanced(info: string): Pick<CardReading, 'confidence' | 'warnings'> {
  const parsed = advancedSchema.safeParse(jsonOf(info));
  const { Quality, WarnInfos } = parsed.data ?? {};
  const warnings = (WarnInfos ?? []).map((code) => WARNINGS[code] ?? `云端告警 ${code}`);
  return { confidence: Quality === undefined ? null : Quality / 100, warnings: [...new Set(warnings)] };
}

function jsonOf(written: string): unknown {
  try {
    return JSON.parse(written) as unknown;
  } catch {
    return {};
  }
}
