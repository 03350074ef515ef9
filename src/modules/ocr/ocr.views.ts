import { z } from 'zod';
import type { CardBack, CardFront, CardReading } from '../../platforms/ocr/id-card';

const read = z.string().nullable();
const words = z.strictObject({ words: z.string() });

/** As Baidu's interface of the same purpose answers, which the mini-programs were written against; days are YYYYMMDD. */
const frontWords = z.strictObject({
  姓名: words,
  性别: words,
  民族: words,
  出生: words,
  住址: words,
  公民身份号码: words,
});
const backWords = z.strictObject({ 签发机关: words, 签发日期: words, 失效日期: words });

export const idCardView = z.strictObject({
  side: z.enum(['front', 'back']).meta({ description: 'front 人像面，back 国徽面' }),
  name: read.meta({ example: '张洋平' }),
  gender: z
    .enum(['男', '女'])
    .nullable()
    .meta({ description: '按证件所示；写入简历时为 male（男）、female（女）', example: '男' }),
  ethnicity: read.meta({ example: '汉' }),
  birthDate: read.meta({ description: 'YYYY-MM-DD', example: '1985-06-11' }),
  address: read.meta({ example: '湖南省桑植县103号' }),
  idNumber: read.meta({ description: '按证件所示，不作更正', example: '430822198506111655' }),
  authority: read.meta({ description: '签发机关（国徽面）', example: null }),
  validFrom: read.meta({ description: 'YYYY-MM-DD（国徽面）', example: null }),
  validTo: read.meta({ description: 'YYYY-MM-DD 或 长期（国徽面）', example: null }),
  confidence: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .meta({ description: '0–1；云端没有给出时为 null', example: 0.98 }),
  warnings: z
    .array(z.string())
    .meta({ description: '需要人工核对之处', example: ['性别与公民身份号码不一致，请核对'] }),
  provider: z.enum(['local', 'tencent']).meta({ description: '由谁识别' }),
  words_result: z.union([frontWords, backWords]),
  requestId: z.string().meta({ example: '140f8a16-98b5-4c65-9e9a-7beb111713b4' }),
});
export type IdCardView = z.infer<typeof idCardView>;

export const ocrHealth = z.strictObject({
  status: z.enum(['healthy', 'unhealthy']),
  provider: z.enum(['local', 'tencent']),
  message: z.string().meta({ example: '本机识别可用' }),
  latencyMs: z.int().meta({ example: 3 }),
});
export type OcrHealth = z.infer<typeof ocrHealth>;

export const ocrMetrics = z.strictObject({
  totalRequests: z.int().meta({ example: 120 }),
  successfulRequests: z.int().meta({ example: 118 }),
  failedRequests: z.int().meta({ example: 2 }),
  successRate: z.number().meta({ description: '0–1；还没有请求时为 1', example: 0.9833 }),
  averageProcessingTime: z.number().meta({ description: '毫秒', example: 812.4 }),
  p95ProcessingTime: z.number().meta({ description: '毫秒', example: 1430.2 }),
  uptime: z.int().meta({ description: '秒', example: 86_400 }),
  since: z.iso.datetime(),
});
export type OcrMetricsView = z.infer<typeof ocrMetrics>;

const NOTHING_OF_FRONT: Omit<CardFront, 'side'> = {
  name: null,
  gender: null,
  ethnicity: null,
  birthDate: null,
  address: null,
  idNumber: null,
};
const NOTHING_OF_BACK: Omit<CardBack, 'side'> = { authority: null, validFrom: null, validTo: null };

export function toIdCardView(
  { card, confidence, provider }: CardReading,
  warnings: string[],
  requestId: string,
): IdCardView {
  return {
    ...NOTHING_OF_FRONT,
    ...NOTHING_OF_BACK,
    ...card,
    confidence,
    warnings,
    provider,
    words_result: card.side === 'front' ? wordsOfFront(card) : wordsOfBack(card),
    requestId,
  };
}

function wordsOfFront({ name, gender, ethnicity, birthDate, address, idNumber }: CardFront) {
  return {
    姓名: inWords(name),
    性别: inWords(gender),
    民族: inWords(ethnicity),
    出生: inWords(birthDate?.replaceAll('-', '')),
    住址: inWords(address),
    公民身份号码: inWords(idNumber),
  };
}

function wordsOfBack({ authority, validFrom, validTo }: CardBack) {
  return {
    签发机关: inWords(authority),
    签发日期: inWords(validFrom?.replaceAll('-', '')),
    失效日期: inWords(validTo?.replaceAll('-', '')),
  };
}

function inWords(value: string | null | undefined): { words: string } {
  return { words: value ?? '' };
}
