import { applyDecorators } from '@nestjs/common';
import { ApiDefaultResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../errors/catalogue';
import { routeConfig } from './route-config';

interface AnswerOptions {
  /** one line for the API document: what the route does */
  summary: string;
  /** the envelope's message; default 操作成功 */
  message?: string;
  /** what stands under `data`; absent where it is null */
  data?: z.ZodType;
}

/** Documents a CRM route's answer: the envelope around `data`, with the message that it carries. */
export function Answers({ summary, message = '操作成功', data = z.null() }: AnswerOptions): MethodDecorator {
  const envelope = z.object({
    success: z.literal(true),
    message: z.string().meta({ example: message }),
    data,
    timestamp: z.int().meta({ example: 1_768_300_000_000, description: '毫秒时间戳' }),
  });
  return applyDecorators(
    ApiOperation({ summary }),
    ApiOkResponse({ description: '成功', schema: documentSchema(envelope) }),
    ApiDefaultResponse({ description: '失败', schema: { $ref: '#/components/schemas/Failure' } }),
    routeConfig({ message }),
  );
}

/** What every failure of the CRM API looks like. */
export const failureSchema = z.object({
  success: z.literal(false),
  message: z.string().meta({ example: '手机号格式不正确，应为 11 位手机号' }),
  code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]).meta({ example: 'INVALID_PARAMS' }),
  details: z
    .unknown()
    .optional()
    .meta({
      description: 'INVALID_PARAMS：每个有误的字段',
      example: [{ field: 'phone', message: '手机号格式不正确，应为 11 位手机号' }],
    }),
  requestId: z.string().meta({ example: '140f8a16-98b5-4c65-9e9a-7beb111713b4' }),
  timestamp: z.int().meta({ example: 1_768_300_000_000 }),
});

type SchemaObject = NonNullable<Extract<Parameters<typeof ApiOkResponse>[0], { schema?: unknown }>['schema']>;

/** A zod schema in the words of OpenAPI 3.1, which are JSON Schema's. */
export function documentSchema(schema: z.ZodType): SchemaObject {
  const { $schema: _dialect, ...described } = z.toJSONSchema(schema, {
    io: 'output',
    // the format says it; zod's pattern beside it fills a screen
    override: ({ jsonSchema }) => {
      if (jsonSchema.format === 'date-time') {
        delete jsonSchema.pattern;
        jsonSchema.examples = ['2026-01-16T10:30:00.000Z'];
      }
    },
  });
  return described as SchemaObject;
}
