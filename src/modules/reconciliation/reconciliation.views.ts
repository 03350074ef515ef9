import { z } from 'zod';
import { pageSchema } from '../../common/http/paging';
import { yuanOf } from '../../common/money/money';
import {
  type Difference,
  DIFFERENCE_KINDS,
  DIFFERENCE_LABELS,
  type Reconciliation,
  RECONCILIATION_STATUSES,
  type Sum,
} from './reconciliation.schema';

const instant = z.iso.datetime().nullable();
const sumView = z.strictObject({
  count: z.int().meta({ example: 120 }),
  amount: z.number().meta({ description: '元', example: 478.8 }),
});
const sums = z.strictObject({ payments: sumView, refunds: sumView }).nullable();

export const reconciliationView = z.strictObject({
  id: z.string().meta({ example: '2026-01-10' }),
  date: z.string().meta({ description: '账单日期（北京时间）', example: '2026-01-10' }),
  status: z
    .enum(RECONCILIATION_STATUSES)
    .meta({ description: 'running 对账中，done 已完成，failed 失败', example: 'done' }),
  differences: z.int().nullable().meta({ description: '未解决的差异，0 为一致', example: 0 }),
  theirs: sums.meta({ description: '账单' }),
  ours: sums.meta({ description: '本系统' }),
  billHash: z.string().nullable().meta({ description: '账单的 SHA-1；空为当日无交易', example: '' }),
  runs: z.int().meta({ description: '第几次对账', example: 1 }),
  startedBy: z.string().meta({ description: '员工编号，service 为自动，cli 为命令行', example: 'service' }),
  startedAt: z.iso.datetime(),
  finishedAt: instant,
  error: z.string().nullable().meta({ example: null }),
});
export type ReconciliationView = z.infer<typeof reconciliationView>;

export function toReconciliationView(report: Reconciliation): ReconciliationView {
  return {
    id: report._id,
    date: report._id,
    status: report.status,
    differences: report.differences ?? null,
    theirs: report.theirs ? inYuan(report.theirs) : null,
    ours: report.ours ? inYuan(report.ours) : null,
    billHash: report.billHash ?? null,
    runs: report.runs,
    startedBy: report.startedBy,
    startedAt: report.startedAt.toISOString(),
    finishedAt: report.finishedAt?.toISOString() ?? null,
    error: report.error ?? null,
  };
}

function inYuan({ payments, refunds }: { payments: Sum; refunds: Sum }) {
  const yuan = ({ count, amount }: Sum) => ({ count, amount: yuanOf(amount) });
  return { payments: yuan(payments), refunds: yuan(refunds) };
}

const differenceView = z.strictObject({
  id: z.string().meta({ example: '2026-01-10:payment-amount:CV202601101520151234' }),
  kind: z.enum(DIFFERENCE_KINDS).meta({ example: 'payment-amount' }),
  text: z.string().meta({ example: '支付金额不一致' }),
  orderNo: z.string().meta({ example: 'CV202601101520151234' }),
  refundNo: z.string().nullable().meta({ example: null }),
  ours: z.string().nullable().meta({ description: '本系统', example: '3.99' }),
  theirs: z.string().nullable().meta({ description: '账单', example: '3.98' }),
  firstSeenAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  resolvedAt: instant.meta({ description: '之后的对账中不再出现的时间' }),
});

export function toDifferenceView(difference: Difference): z.infer<typeof differenceView> {
  return {
    id: difference._id,
    kind: difference.kind,
    text: DIFFERENCE_LABELS[difference.kind],
    orderNo: difference.orderNo,
    refundNo: difference.refundNo,
    ours: difference.ours,
    theirs: difference.theirs,
    firstSeenAt: difference.firstSeenAt.toISOString(),
    lastSeenAt: difference.lastSeenAt.toISOString(),
    resolvedAt: difference.resolvedAt?.toISOString() ?? null,
  };
}

export const reconciliationDetail = reconciliationView.extend({
  found: pageSchema(differenceView).meta({ description: '差异，已解决的也在内' }),
});
