import { parseArgs } from 'node:util';
import { COMPARED, type Route, ROUTES } from './routes';

export interface BenchOptions {
  customers: number;
  /** of the marketplace */
  jobs: number;
  rounds: number;
  /** length of one measurement */
  seconds: number;
  connections: number;
  /** requests before the first measurement, of each variant and compared route */
  warmUp: number;
  /** whether the database stays for the next run */
  keep: boolean;
  /** what is measured */
  routes: readonly Route[];
}

export const USAGE = `Usage: npm run bench -- [options]
  --customers N     records in the database (20000)
  --jobs N          jobs of the marketplace in it (300)
  --rounds N        measurements of each variant and route (6)
  --seconds N       length of one measurement (2.5)
  --connections N   requests under way at a time (8)
  --warm-up N       requests before the first measurement (3000)
  --keep            leave the database for the next run
  --routes A,B      these only, of: ${ROUTES.join(', ')}
  --compare-only    those only that all programs answer: ${COMPARED.join(', ')}
BENCH_MONGODB_URI names a real MongoDB; without it the embedded server is started.`;

/** @throws {Error} naming the option that is wrong */
export function readOptions(args: string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      customers: { type: 'string', default: '20000' },
      jobs: { type: 'string', default: '300' },
      rounds: { type: 'string', default: '6' },
      seconds: { type: 'string', default: '2.5' },
      connections: { type: 'string', default: '8' },
      'warm-up': { type: 'string', default: '3000' },
      keep: { type: 'boolean', default: false },
      routes: { type: 'string' },
      'compare-only': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    customers: positive('--customers', values.customers),
    jobs: positive('--jobs', values.jobs),
    rounds: positive('--rounds', values.rounds),
    seconds: positive('--seconds', values.seconds),
    connections: positive('--connections', values.connections),
    warmUp: positive('--warm-up', values['warm-up']),
    keep: values.keep,
    routes: values.routes ? values.routes.split(',').map(route) : values['compare-only'] ? COMPARED : ROUTES,
  };
}

function route(name: string): Route {
  const found = ROUTES.find((known) => known === name.trim());
  if (found) return found;
  throw new Error(`--routes: ${ROUTES.join(', ')}; not ${name}`);
}

function positive(name: string, value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0) throw new Error(`${name}: a number above 0, not ${value}`);
  return number;
}
