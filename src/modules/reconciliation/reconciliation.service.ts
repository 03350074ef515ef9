import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import type { StaffCaller } from '../../common/access/caller';
import { AuditTrail } from '../../common/audit/audit-trail';
import { AppError, invalidField } from '../../common/errors/app-error';
import { type Page, pageOf } from '../../common/http/paging';
import { Jobs } from '../../common/jobs/jobs';
import { LOGGER } from '../../common/logging/logging.module';
import { type Collection, InjectCollection } from '../../database/collections';
import { findPage } from '../../database/pages';
import { Transactions } from '../../database/transactions';
import { ORDER, type Order } from '../orders/order.schema';
import { OrderSettling } from '../orders/order-settling.service';
import { REFUND, type RefundRecord } from '../orders/refund.schema';
import { PaymentAlarms } from '../payments/payment-alarms';
import { Payments } from '../payments/payments';
import { dueDays, hasBill, isLate, isReady } from './reconciliation-days';
import { DIFFERENCE, type Difference, RECONCILIATION, type Reconciliation } from './reconciliation.schema';
import { type ReconciliationView, toDifferenceView, toReconciliationView } from './reconciliation.views';
import { BillNotReady, Reconciler } from './reconciler';

const DAILY = 'reconciliation.daily';
const LOOK_EVERY_MS = 10 * 60_000;
/** How a payment or refund is refused that is not the one of our number. */
const UNFITTING: readonly AppError['code'][] = ['NOT_FOUND', 'INVALID_PARAMS'];
/** A run that takes longer goes on after the answer. */
const ANSWER_WITHIN_MS = 8_000;

interface PageRequest {
  page: number;
  pageSize: number;
}

/** The daily comparison of WeChat Pay's bill with what is recorded here, and its reports. */
@Injectable()
export class Reconciliations implements OnModuleInit {
  constructor(
    @InjectCollection(RECONCILIATION) private readonly reconciliations: Collection<Reconciliation>,
    @InjectCollection(DIFFERENCE) private readonly differences: Collection<Difference>,
    @InjectCollection(ORDER) private readonly orders: Collection<Order>,
    @InjectCollection(REFUND) private readonly refunds: Collection<RefundRecord>,
    private readonly settling: OrderSettling,
    private readonly payments: Payments,
    private readonly alarms: PaymentAlarms,
    private readonly transactions: Transactions,
    private readonly audit: AuditTrail,
    private readonly jobs: Jobs,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.jobs.every(DAILY, LOOK_EVERY_MS, () => this.runDue());
  }

  async list({ page, pageSize }: PageRequest): Promise<Page<ReconciliationView>> {
    const { rows, total } = await findPage(this.reconciliations, {
      filter: {},
      sort: { _id: -1 },
      page,
      pageSize,
    });
    return pageOf(rows.map(toReconciliationView), total, { page, pageSize });
  }

  /** A day's report with one page of its differences, those that are resolved among them. */
  async get(day: string, { page, pageSize }: PageRequest) {
    const report = await this.reconciliations.findOne<Reconciliation>({ _id: day });
    if (!report) throw new AppError('NOT_FOUND', { message: '这一天还没有对账' });
    const { rows, total } = await findPage(this.differences, {
      filter: { day },
      sort: { firstSeenAt: 1, _id: 1 },
      page,
      pageSize,
    });
    const found = pageOf(rows.map(toDifferenceView), total, { page, pageSize });
    return { ...toReconciliationView(report), found };
  }

  /**
   * Runs a day, again if it has been run.
   * @throws {AppError} INVALID_PARAMS for a day without a bill, CONFLICT while it is being run, SERVICE_UNAVAILABLE
   */
  async start(day: string, caller: StaffCaller): Promise<ReconciliationView> {
    if (!hasBill(day, new Date())) throw invalidField('date', '只能对账三个月内、今天以前的日期');
    if (!this.payments.isConfigured) throw new AppError('SERVICE_UNAVAILABLE', { message: '微信支付未配置' });
    await this.transactions.run(caller, (session) =>
      this.audit.record(
        { entity: 'reconciliation', entityId: day, action: 'run', before: null, after: { day } },
        caller,
        session,
      ),
    );
    const work = this.run(day, caller.principal.id);
    // at once: a run that is refused before anybody waits for it would end the process
    work.catch((error: unknown) => this.logger.warn({ err: error, day }, 'reconciliation: failed'));
    let timer: NodeJS.Timeout | undefined;
    const later = new Promise<null>((resume) => {
      timer = setTimeout(() => resume(null), ANSWER_WITHIN_MS);
    });
    const done = await Promise.race([work, later]).finally(() => clearTimeout(timer));
    const report = done ?? (await this.reconciliations.findOne<Reconciliation>({ _id: day }));
    if (!report) throw new AppError('NOT_FOUND');
    return toReconciliationView(report);
  }

  /** Days that are due, one after the other. What fails is tried again at the next look. */
  private async runDue(): Promise<void> {
    if (!this.payments.isConfigured) return;
    const first = await this.orders.findOne(
      {},
      { sort: { createdAt: 1, _id: 1 }, projection: { createdAt: 1 } },
    );
    if (!first) return;
    const days = dueDays(first.createdAt, new Date());
    const done = await this.reconciliations
      .find<Reconciliation>({ _id: { $in: days }, status: 'done' })
      .toArray();
    // what somebody has run before the bill was certain to be whole counts for nothing here
    const reports = new Map(
      done.filter(({ _id, startedAt }) => isReady(_id, startedAt)).map((report) => [report._id, report]),
    );
    for (const day of days) {
      const report = reports.get(day);
      const work = report ? this.settle(report) : this.run(day, 'service');
      await work.catch((error: unknown) => this.failed(day, error));
    }
  }

  /**
   * It is tried again at the next look; but somebody must know that the money of that day is not looked at, unless it is
   * only that the bill takes its time.
   */
  private failed(day: string, error: unknown): void {
    this.logger.warn({ err: error, day }, 'reconciliation: failed, will be tried again');
    const { code, cause } = error as Partial<AppError>;
    if (code === 'CONFLICT') return;
    const isWaiting = cause instanceof BillNotReady;
    if (!isWaiting || isLate(day, new Date())) this.alarms.raise('not-reconciled', { day, isWaiting });
  }

  private async run(day: string, startedBy: string): Promise<Reconciliation> {
    const { orders, refunds, reconciliations, differences, payments } = this;
    const books = { orders, refunds, reconciliations, differences };
    try {
      const report = await new Reconciler(books, payments.provider).run(day, startedBy);
      await this.settle(report);
      return report;
    } catch (error) {
      if (!(error instanceof BillNotReady)) throw error;
      throw new AppError('SERVICE_UNAVAILABLE', { message: error.message, retryAfter: 600, cause: error });
    }
  }

  /**
   * What follows of a report: somebody is called once for each difference, and what was missed is booked. The report
   * notes when that is done; until then, if a process died or it was run on the command line, the next look does it.
   */
  private async settle({ _id: day, runs, differences, settledAt }: Reconciliation): Promise<void> {
    if (!differences || settledAt) return;
    const unheard = { day, resolvedAt: { $exists: false }, alarmedAt: { $exists: false } };
    const news = await this.differences.countDocuments(unheard);
    if (news > 0) {
      // rather twice than not at all
      this.alarms.raise('bill-differs', { day, differences, news });
      await this.differences.updateMany(unheard, { $set: { alarmedAt: new Date() } });
    }
    if (await this.settleMissed(day))
      await this.reconciliations.updateOne(
        { _id: day, runs, status: 'done' },
        { $set: { settledAt: new Date() } },
      );
  }

  /**
   * What WeChat Pay has and is not booked here is booked; the report says that it was not.
   * @returns false where WeChat Pay or the database was away, so that it must be tried again
   */
  private async settleMissed(day: string): Promise<boolean> {
    const missed = await this.differences
      .find<Difference>({
        day,
        kind: { $in: ['payment-state', 'refund-state'] },
        resolvedAt: { $exists: false },
      })
      .toArray();
    let isSettled = true;
    for (const { orderNo, refundNo } of missed) {
      await this.settling.see(orderNo, refundNo).catch((error: unknown) => {
        this.logger.warn({ err: error, orderNo, refundNo }, 'reconciliation: not settled');
        // what does not fit has its own alarm, and would fit no better the next time
        if (!(error instanceof AppError && UNFITTING.includes(error.code))) isSettled = false;
      });
    }
    return isSettled;
  }
}
