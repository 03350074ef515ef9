import { parseArgs } from 'node:util';
import { formatShanghaiDay, parseShanghaiDate } from '../common/time/shanghai';

const HOUR_MS = 3_600_000;
const MOST_CUSTOMERS = 1_000_000;
/** Every one of them has an identity number of their own. */
const MOST_RESUMES = 10_000;
const MOST_JOBS = 100_000;
/** What the embedded database is meant for; it keeps everything in memory. */
const MOST_EMBEDDED_CUSTOMERS = 20_000;
const EMBEDDED_KILOBYTES = 30;

export interface SeedOptions {
  customers: number;
  resumes: number;
  /** of the marketplace, with a third as many members */
  jobs: number;
  seed: number;
  /** the moment that the invented year ends at */
  base: Date;
  password: string;
  /** whether customers that are there already are deleted first */
  replace: boolean;
}

export const USAGE = `用法：npm run seed -- [选项]
  --customers N      客户数，默认 2000；内置数据库每位约占 ${EMBEDDED_KILOBYTES} KB 内存，超过 ${MOST_EMBEDDED_CUSTOMERS} 位请用 MONGODB_URI 指定 MongoDB
  --resumes N        简历数，默认 400
  --jobs N           市场的招聘、求职、招租信息数，默认 360（用户数为其三分之一）
  --seed N           随机种子，默认 1；同一种子和同一基准时间得到同样的数据
  --base 时间        数据截止的时间（YYYY-MM-DD 或 ISO 8601），默认当前整点
  --password 密码    演示账号的密码，默认 demo-homecare
  --replace          先删除现有的客户、跟进记录、分配记录、简历、分享链接、文件、轮播图、文章、市场数据和演示账号
  --help             显示本说明`;

/** @throws {Error} with a message for the person at the terminal */
export function readOptions(args: string[], now: Date): SeedOptions | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      customers: { type: 'string', default: '2000' },
      resumes: { type: 'string', default: '400' },
      jobs: { type: 'string', default: '360' },
      seed: { type: 'string', default: '1' },
      base: { type: 'string' },
      password: { type: 'string', default: 'demo-homecare' },
      replace: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  if (values.password.length < 10 || values.password.length > 128)
    throw new Error('--password：10–128 个字符');
  return {
    customers: whole('--customers', values.customers, 1, MOST_CUSTOMERS),
    resumes: whole('--resumes', values.resumes, 0, MOST_RESUMES),
    jobs: whole('--jobs', values.jobs, 0, MOST_JOBS),
    seed: whole('--seed', values.seed, 0, 2 ** 32 - 1),
    base:
      values.base === undefined
        ? new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS)
        : moment(values.base),
    password: values.password,
    replace: values.replace,
  };
}

/** What so many customers cost on the embedded database; undefined when it is not worth a word. */
export function priceOf({ customers }: SeedOptions): string | undefined {
  if (customers <= MOST_EMBEDDED_CUSTOMERS) return undefined;
  const gigabytes = (customers * EMBEDDED_KILOBYTES) / 1e6;
  return (
    `注意：内置数据库把数据都放在内存里，${customers} 位客户约占 ${gigabytes.toFixed(1)} GB，写入和以后每次打开都很慢。` +
    '需要这么多数据时，请安装 MongoDB，并用环境变量 MONGODB_URI 指定它。'
  );
}

function whole(name: string, value: string, low: number, high: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < low || number > high)
    throw new Error(`${name}：应为 ${low}–${high} 的整数`);
  return number;
}

/** A day means its evening: that day's customers have come by then. */
function moment(value: string): Date {
  const date = parseShanghaiDate(value);
  if (!date) throw new Error('--base：应为 YYYY-MM-DD 或 ISO 8601 时间');
  return value === formatShanghaiDay(date) ? new Date(date.getTime() + 18 * HOUR_MS) : date;
}
