import { cpus } from 'node:os';
import { median, type Sample, typical } from './measure';
import { COMPARED, type Route, ROUTES } from './routes';
import { type Variant, VARIANTS } from './variants';

/** CPU per request, as a multiple of the floor's and of Express's, that the service should stay within. */
const TARGETS: Partial<Record<Route, { floor: number; express: number }>> = {
  list: { floor: 1.35, express: 0.5 },
  detail: { floor: 1.35, express: 0.35 },
  'public-list': { floor: 1.35, express: 0.5 },
  'public-detail': { floor: 1.35, express: 0.35 },
  'jobs-recommended': { floor: 1.35, express: 0.5 },
  'jobs-nearby': { floor: 1.35, express: 0.5 },
  'jobs-newest': { floor: 1.35, express: 0.5 },
  'job-info': { floor: 1.35, express: 0.35 },
};

export interface Results {
  database: string;
  conditions: string;
  /** database commands of one request of the service */
  commands: ReadonlyMap<Route, string[]>;
  samples(variant: Variant, route: Route): Sample[];
}

/** Everything that was measured, as Markdown tables. */
export function report(results: Results): string {
  return [
    `${results.database}; ${results.conditions}; Node ${process.version}; ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}`,
    routesTable(results),
    ...(compared(results).length > 0 ? [comparisonTable(results), ratiosTable(results)] : []),
  ].join('\n\n');
}

function routesTable(results: Results): string {
  const rows = ROUTES.filter((route) => results.samples('service', route).length > 0).map((route) => {
    const commands = results.commands.get(route) ?? [];
    return figures(route, results.samples('service', route), `${commands.length} (${commands.join(', ')})`);
  });
  return table(['service', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms/request', 'database calls'], rows);
}

/** Of the compared routes, those that were measured. */
function compared(results: Results): Route[] {
  return COMPARED.filter((route) => results.samples('floor', route).length > 0);
}

function comparisonTable(results: Results): string {
  const rows = compared(results).flatMap((route) =>
    VARIANTS.map((variant) => figures(`${route}, ${variant}`, results.samples(variant, route))),
  );
  return table(['side by side', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms/request'], rows);
}

function ratiosTable(results: Results): string {
  const rows = compared(results).flatMap((route) => {
    const noise = spread(results, route);
    return (['floor', 'express'] as const).map((other) => {
      const ratio = ratioOf(results, ['service', 'service again'], other, route);
      const target = TARGETS[route]?.[other];
      return [
        `${route}, service ÷ ${other}`,
        ratio.toFixed(2),
        other === 'floor' ? '–' : ratioOf(results, ['floor'], other, route).toFixed(2),
        target ? `≤ ${target}` : '–',
        target ? verdict(ratio, target, noise) : '–',
        noise.toFixed(2),
      ];
    });
  });
  // below the floor's own ratio to Express nothing on this stack can get, whatever the target says
  return table(['CPU per request', 'ratio', "the floor's", 'target', 'met', 'noise'], rows);
}

/** A target counts as missed only when the miss is larger than the difference between two equal processes. */
function verdict(ratio: number, target: number, noise: number): string {
  if (ratio <= target) return 'yes';
  return ratio <= target * noise ? 'within noise' : 'no';
}

/**
 * What some cost on average, divided by what another costs: the median over the rounds, since within a round all were
 * measured under the same circumstances.
 */
function ratioOf(results: Results, some: readonly Variant[], other: Variant, route: Route): number {
  const costs = some.map((variant) => cpu(results, variant, route));
  return median(
    cpu(results, other, route).map((value, round) => {
      const total = costs.reduce((sum, ofVariant) => sum + (ofVariant[round] ?? 0), 0);
      return total / costs.length / value;
    }),
  );
}

/** How far the two equal processes lay apart, round by round: 1.1 is 10 %. */
function spread(results: Results, route: Route): number {
  const again = cpu(results, 'service again', route);
  return median(
    cpu(results, 'service', route).map((value, round) => {
      const other = again[round] ?? value;
      return Math.max(value, other) / Math.min(value, other);
    }),
  );
}

function cpu(results: Results, variant: Variant, route: Route): number[] {
  return results.samples(variant, route).map(({ cpuMsPerRequest }) => cpuMsPerRequest);
}

function figures(name: string, samples: Sample[], ...more: string[]): string[] {
  const { requestsPerSecond, p50, p99, cpuMsPerRequest } = typical(samples);
  return [
    name,
    requestsPerSecond.toFixed(0),
    p50.toFixed(1),
    p99.toFixed(1),
    cpuMsPerRequest.toFixed(3),
    ...more,
  ];
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
