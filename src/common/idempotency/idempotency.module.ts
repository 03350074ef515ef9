import { Global, Module } from '@nestjs/common';
import { CollectionsModule } from '../../database/collections';
import { IDEMPOTENCY_CLAIM, idempotencyClaimSchema } from './idempotency.schema';
import { Idempotency } from './idempotency.service';
import { IdempotencyStore } from './idempotency.store';

@Global()
@Module({
  imports: [CollectionsModule.of([{ name: IDEMPOTENCY_CLAIM, schema: idempotencyClaimSchema }])],
  providers: [Idempotency, IdempotencyStore],
  exports: [Idempotency],
})
export class IdempotencyModule {}
