import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ClientSession } from 'mongoose';
import { JOB_STATUS } from '../jobs/job-status';
import { JobsService } from '../jobs/jobs.service';
import { Benefits, type Revoked } from '../orders/benefits';
import type { Order } from '../orders/order.schema';
import type { TakenBack } from '../orders/refund.schema';

/** What topping and refreshing orders give. A job that nobody sees any more gets neither: the money goes back. */
@Injectable()
export class PromotionBenefits implements OnModuleInit {
  constructor(
    private readonly jobs: JobsService,
    private readonly benefits: Benefits,
  ) {}

  onModuleInit(): void {
    this.benefits.register('top', {
      grant: (order, session) => this.top(order, session),
      revoke: (order, session) => this.endTop(order, session),
      restore: (order, takenBack, session) => this.topAgain(order, takenBack, session),
    });
    this.benefits.register('refresh', {
      grant: (order, session) => this.refresh(order, session),
      // a refresh is over as soon as it is given
      revoke: async ({ amount }) => ({ amount, takenBack: {} }),
      restore: async () => undefined,
    });
  }

  private async top({ jobId = 0, topHour = 0 }: Order, session: ClientSession): Promise<boolean> {
    if (!(await this.isActive(jobId, session))) return false;
    await this.jobs.extendTop(jobId, topHour, session);
    return true;
  }

  private async refresh({ jobId = 0 }: Order, session: ClientSession): Promise<boolean> {
    if (!(await this.isActive(jobId, session))) return false;
    await this.jobs.refreshPaid(jobId, session);
    return true;
  }

  /** The whole price goes back; of the topped time, what has not passed yet. */
  private async endTop({ jobId = 0, topHour = 0, amount }: Order, session: ClientSession): Promise<Revoked> {
    const topHours = await this.jobs.shortenTop(jobId, topHour, session);
    return { amount, takenBack: { topHours } };
  }

  private async topAgain(
    { jobId = 0 }: Order,
    { topHours = 0 }: TakenBack,
    session: ClientSession,
  ): Promise<void> {
    if (topHours > 0 && (await this.isActive(jobId, session)))
      await this.jobs.extendTop(jobId, topHours, session);
  }

  private async isActive(jobId: number, session: ClientSession): Promise<boolean> {
    return (await this.jobs.statusOf(jobId, session)) === JOB_STATUS.active;
  }
}
