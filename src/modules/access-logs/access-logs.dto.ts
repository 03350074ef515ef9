import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { boundedDepth, pageQuery } from '../../common/http/paging';
import { dayFrom, dayTo, recordId, text } from '../../common/validation/fields';

/** A time as clients write it: milliseconds, or ISO 8601. Their clocks may say anything; receivedAt is ours. */
const clientTime = z
  .union([z.number().int().min(0).max(8.64e15), z.iso.datetime({ offset: true })])
  .transform((value) => new Date(value))
  .meta({ description: '毫秒或 ISO 8601', example: 1_768_300_000_000 });

const flag = z.boolean().default(false);

/** What is longer is cut, not refused: a report is worth keeping in part. */
const cut = (max: number) =>
  z
    .string()
    .transform((value) => value.trim().slice(0, max))
    .default('');

const MOST_PARAMS = 50;
const LONGEST_NAME = 100;
const LONGEST_VALUE = 500;

/** Cut as well. Without what a name in the database must not hold, or could be taken there for something else. */
const queryParams = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .transform((params) =>
    Object.fromEntries(
      Object.entries(params)
        .slice(0, MOST_PARAMS)
        .map(([name, value]) => [
          storableName(name),
          typeof value === 'string' ? value.slice(0, LONGEST_VALUE) : value,
        ]),
    ),
  );

function storableName(name: string): string {
  return name.replaceAll('\0', '').replace(/^\$+/, '').slice(0, LONGEST_NAME);
}

/** What a client has nothing to say of is null in one and absent in another. */
const withoutNulls = (input: unknown): unknown =>
  input && typeof input === 'object' && !Array.isArray(input)
    ? Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null))
    : input;

const fields = z.object({
  url: cut(2000).meta({ example: 'https://h5.example.cn/h5/interview?roomId=room_1' }),
  pathname: cut(500).meta({ example: '/h5/interview' }),
  fileName: cut(200).meta({ example: 'interview.html' }),
  environment: cut(50).meta({ example: 'production' }),
  queryParams: queryParams.optional().meta({ example: { roomId: 'room_1' } }),
  userAgent: cut(500).meta({ example: 'Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50' }),
  isWechat: flag.meta({ example: true }),
  isMiniProgram: flag.meta({ example: false }),
  referrer: cut(2000).meta({ example: 'https://h5.example.cn/' }),
  timestamp: clientTime.optional(),
  event: cut(50).meta({
    description: '事件名，例如 page_view；join（进入）和 leave（离开）不计入浏览次数',
    example: 'page_view',
  }),
  stayDuration: z.number().min(0).max(1e9).optional().meta({ description: '毫秒', example: 1500 }),
  stayDurationSeconds: z.number().min(0).max(1e6).optional().meta({ description: '秒', example: 1.5 }),
});
const entry = z.preprocess(withoutNulls, fields);
export type AccessLogEntry = z.infer<typeof entry>;

const MOST_ENTRIES = 100;

export class ReportAccessDto extends createZodDto(
  z
    .union([entry, z.array(entry).min(1).max(MOST_ENTRIES)])
    .transform((reported) => ({ entries: Array.isArray(reported) ? reported : [reported] })),
) {}

export const reportAnswer = z.strictObject({ received: z.int().meta({ example: 1 }) });

export class ListAccessLogsDto extends createZodDto(
  pageQuery
    .extend({
      pathname: text(500, 1).optional().meta({ example: '/h5/interview' }),
      event: text(50, 1).optional().meta({ example: 'page_view' }),
      from: dayFrom.optional(),
      to: dayTo.optional(),
    })
    .superRefine(boundedDepth),
) {}

export class AccessStatsDto extends createZodDto(
  z.object({ from: dayFrom.optional(), to: dayTo.optional() }),
) {}

export const accessLogView = z.strictObject({
  id: recordId,
  url: z.string(),
  pathname: z.string(),
  fileName: z.string(),
  environment: z.string(),
  queryParams: z.record(z.string(), z.unknown()),
  userAgent: z.string(),
  isWechat: z.boolean(),
  isMiniProgram: z.boolean(),
  referrer: z.string(),
  event: z.string(),
  stayDuration: z.number().nullable(),
  stayDurationSeconds: z.number().nullable(),
  timestamp: z.iso.datetime(),
  ip: z.string().meta({ example: '203.0.113.7' }),
  receivedAt: z.iso.datetime(),
});
export type AccessLogView = z.infer<typeof accessLogView>;

const figures = {
  pv: z.int().meta({ description: '浏览次数', example: 120 }),
  uv: z.int().meta({ description: '访客数', example: 45 }),
};

export const accessStats = z.strictObject({
  ...figures,
  pages: z.array(z.strictObject({ pathname: z.string(), ...figures })),
  byDay: z.array(z.strictObject({ date: z.string().meta({ example: '2026-01-16' }), ...figures })),
});
export type AccessStats = z.infer<typeof accessStats>;
