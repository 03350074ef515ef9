import { Injectable } from '@nestjs/common';
import type { MemberCaller } from '../../common/access/caller';
import { JobsService } from '../jobs/jobs.service';
import type { PlacedOrder } from '../orders/order.views';
import { OrdersService } from '../orders/orders.service';
import type { PaidRefreshDto, TopJobDto } from './job-promotions.dto';

/** Topping and refreshing that are paid for. */
@Injectable()
export class JobPromotions {
  constructor(
    private readonly jobs: JobsService,
    private readonly orders: OrdersService,
  ) {}

  /** @throws {AppError} NOT_FOUND, FORBIDDEN, CONFLICT of the job; those of ordering */
  async top({ job_id: jobId, top_hour, price }: TopJobDto, caller: MemberCaller): Promise<PlacedOrder> {
    await this.jobs.requireOwnActive(jobId, caller.principal.id);
    return this.orders.place({ type: 'top', topHour: top_hour, price, field: 'top_hour', jobId }, caller);
  }

  /** @throws {AppError} NOT_FOUND, FORBIDDEN, CONFLICT of the job; those of ordering */
  async refresh({ job_id: jobId, price }: PaidRefreshDto, caller: MemberCaller): Promise<PlacedOrder> {
    await this.jobs.requireOwnActive(jobId, caller.principal.id);
    return this.orders.place({ type: 'refresh', price, field: 'price', jobId }, caller);
  }
}
