import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { IdempotencyInterceptor } from './idempotency.interceptor';

/** For routes that make a record: honours an Idempotency-Key. */
export function Idempotent(): MethodDecorator {
  return applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: '防重复提交：1–255 个可见 ASCII 字符，24 小时内相同的键只创建一次',
      schema: { type: 'string', example: '7f1c2a52-create-customer' },
    }),
  );
}
