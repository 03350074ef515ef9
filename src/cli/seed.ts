import '../source-maps';
import { SingleBar } from 'cli-progress';
import { ROLE_LABELS, ROLES } from '../common/access/principal';
import { processEnvironment } from '../config/process-environment';
import { Settings } from '../config/settings';
import { ensureIndexes } from '../database/indexes';
import type { DatabaseServer } from '../database/server';
import type { User } from '../modules/users/user.schema';
import { openStorage } from '../platforms/storage/storage.module';
import { priceOf, readOptions, type SeedOptions, USAGE } from '../seed/options';
import { type Progress, seed, SeedRefused } from '../seed/seed';
import { connectTo, openDatabase, say } from './command';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), new Date());
  if (options === 'help') return say(USAGE);
  const settings = Settings.load(processEnvironment());
  if (settings.production) throw new SeedRefused('生产环境（NODE_ENV=production）不写入演示数据');
  const database = await openDatabase(settings, fail);
  const price = database.embedded ? priceOf(options) : undefined;
  if (price) process.stderr.write(`${price}\n`);
  try {
    const team = await load(database, settings, options);
    say(summary(team, options));
  } finally {
    await database.stop();
  }
}

async function load(database: DatabaseServer, settings: Settings, options: SeedOptions): Promise<User[]> {
  const connection = await connectTo(database, settings);
  const bar = new SingleBar({
    format: '客户 [{bar}] {percentage}%  {value}/{total}  还需 {eta_formatted}',
    noTTYOutput: true,
    notTTYSchedule: 5000,
  });
  try {
    const team = await seed(
      connection,
      { storage: await openStorage(settings), publicBaseUrl: settings.publicBaseUrl },
      options,
      progressOn(bar, options.customers),
    );
    bar.stop();
    say('建立索引……');
    await ensureIndexes(connection, database.uri);
    return team;
  } finally {
    if (bar.isActive) bar.stop();
    await connection.close();
  }
}

function progressOn(bar: SingleBar, total: number): Progress {
  return (customers) => (bar.isActive ? bar.update(customers) : bar.start(total, customers));
}

function summary(
  team: User[],
  { customers, resumes, jobs, seed: number, base, password }: SeedOptions,
): string {
  const byRole = ROLES.map((role) => {
    const names = team.filter((user) => user.role === role && user.active).map(({ username }) => username);
    const range = names.length > 1 ? `${names[0]} … ${names.at(-1)}` : names.join('');
    return `  ${ROLE_LABELS[role]}：${range}`;
  });
  return [
    `已写入 ${customers} 位客户、${resumes} 份简历、${team.length} 名员工、轮播图和文章、${jobs} 条市场信息（--seed ${number} --base ${base.toISOString()}）。`,
    '可以用以下账号登录：',
    ...byRole,
    `  密码都是：${password}`,
    ...(jobs > 0 ? ['市场用户在平台沙箱中登录：login_code 为 demo-member1.任意字符，每个只能用一次'] : []),
  ].join('\n');
}

/** Refusals, wrong options and an absent database explain themselves; a stack would only hide the sentence. */
function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

main().catch(fail);
