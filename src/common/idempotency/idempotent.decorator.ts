import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { routeConfig } from '../http/route-config';
import { IdempotencyInterceptor } from './idempotency.interceptor';

/**
 * For routes that make a record: honours an Idempotency-Key. The handler runs within one transaction with the keeping
 * of its answer; one that has to call an outside system opens `own-transactions`, and must do no harm when it is run
 * again after a crash between its last commit and the keeping of the answer. A route that takes files goes on with the
 * key itself, once it knows what they hold: see `Idempotency.once` and FileIntake.
 */
export function Idempotent(
  idempotency: 'one-transaction' | 'own-transactions' = 'one-transaction',
): MethodDecorator {
  return applyDecorators(
    routeConfig({ idempotency }),
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: '防重复提交：1–255 个可见 ASCII 字符，24 小时内相同的键只创建一次',
      schema: { type: 'string', example: '7f1c2a52-create-customer' },
    }),
  );
}
