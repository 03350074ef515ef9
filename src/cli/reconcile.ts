import '../source-maps';
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { AppError } from '../common/errors/app-error';
import { Metrics } from '../common/metrics/metrics';
import { yuanText } from '../common/money/money';
import { processEnvironment } from '../config/process-environment';
import { Settings, SettingsError } from '../config/settings';
import { Payments } from '../modules/payments/payments';
import { booksOf, openDifferences } from '../modules/reconciliation/books';
import { hasBill } from '../modules/reconciliation/reconciliation-days';
import {
  DIFFERENCE_LABELS,
  type Reconciliation,
  type Sum,
} from '../modules/reconciliation/reconciliation.schema';
import { BillNotReady, type Books, Reconciler } from '../modules/reconciliation/reconciler';
import { UpstreamMetrics } from '../platforms/upstream/upstream-metrics';
import { connectTo, Mistake, openDatabase, say } from './command';

const USAGE = `用法：npm run reconcile -- --date YYYY-MM-DD

下载微信支付这一天（北京时间）的交易账单，与本系统的订单和退款逐笔核对。
退出码：0 一致，1 有差异，2 没有完成。`;

const AGREES = 0;
const DIFFERS = 1;
const NOT_DONE = 2;
const MOST_SHOWN = 100;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { date: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help) {
    say(USAGE);
    return AGREES;
  }
  const day = values.date ?? '';
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || !hasBill(day, new Date()))
    throw new Mistake(`--date 应为三个月内、今天以前的日期（YYYY-MM-DD）\n\n${USAGE}`);
  const settings = Settings.load(processEnvironment());
  const payments = new Payments(settings, new UpstreamMetrics(new Metrics()));
  if (!payments.isConfigured) throw new Mistake('微信支付未配置：请设置 WECHAT_PAY_…');
  const server = await openDatabase(settings, fail);
  const connection = await connectTo(server, settings, { writeConcern: { w: 'majority' } });
  try {
    return await reconcile(day, booksOf(connection), payments);
  } finally {
    await connection.close();
    await server.stop();
  }
}

async function reconcile(day: string, books: Books, payments: Payments): Promise<number> {
  say(`下载 ${day} 的账单……`);
  const report = await new Reconciler(books, payments.provider).run(day, 'cli', (lines) => {
    if (process.stdout.isTTY) process.stdout.write(`\r已核对 ${lines} 笔`);
  });
  if (process.stdout.isTTY) say('');
  say(described(report));
  if (!report.differences) return AGREES;
  for (const { kind, orderNo, refundNo, ours, theirs } of await openDifferences(books, day, MOST_SHOWN))
    say(
      `  ${DIFFERENCE_LABELS[kind]}：${refundNo ?? orderNo}（本系统 ${ours ?? '无'}，账单 ${theirs ?? '无'}）`,
    );
  if (report.differences > MOST_SHOWN) say(`  …… 其余见 GET /api/admin/reconciliations/${day}`);
  return DIFFERS;
}

function described({ theirs, ours, differences = 0 }: Reconciliation): string {
  const line = (name: string, sums: { payments: Sum; refunds: Sum } | undefined) =>
    `${name}：支付 ${sums?.payments.count ?? 0} 笔 ${yuanText(sums?.payments.amount ?? 0)} 元，` +
    `退款 ${sums?.refunds.count ?? 0} 笔 ${yuanText(sums?.refunds.amount ?? 0)} 元`;
  return [
    line('账单', theirs),
    line('本系统', ours),
    differences === 0 ? '一致。' : `有 ${differences} 处差异：`,
  ].join('\n');
}

function fail(error: unknown): void {
  const explained = [Mistake, SettingsError, AppError, BillNotReady].some((kind) => error instanceof kind);
  console.error(error instanceof Error && explained ? error.message : error);
  process.exit(NOT_DONE);
}

main().then((code) => process.exit(code), fail);
