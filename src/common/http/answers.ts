import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { z } from 'zod';
import { routeConfig } from './route-config';

/** The schema of every documented answer by its route handler, so that tests can hold real answers against it. */
const ANSWERS = Symbol('answer schema');

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
  const { $schema: _dialect, ...schema } = z.toJSONSchema(envelope, { io: 'output' });
  return applyDecorators(
    ApiOperation({ summary }),
    ApiOkResponse({ description: '成功', schema: schema as object }),
    routeConfig({ message }),
    (_target, _key, descriptor) => Reflect.defineMetadata(ANSWERS, data, descriptor.value as object),
  );
}
