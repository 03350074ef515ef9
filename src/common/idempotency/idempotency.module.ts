import { Global, Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { IDEMPOTENCY_CLAIM, idempotencyClaimSchema } from './idempotency.schema';
import { IdempotencyStore } from './idempotency.store';

@Global()
@Module({
  imports: [CollectionsModule.of([{ name: IDEMPOTENCY_CLAIM, schema: idempotencyClaimSchema }])],
  providers: [IdempotencyStore],
  exports: [IdempotencyStore],
})
export class IdempotencyModule {}
