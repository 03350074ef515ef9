import type { Place } from '../../src/modules/jobs/job-distance';
import { reachOf, type Tract, tractsOf } from '../../src/modules/jobs/job-tracts';
import { OPEN } from './job';
import type { JobDatabase } from './job-list';

const FRESH_MS = 60_000;

/** How many jobs lie in which square of the map, looked up once a minute: how far to look for the nearest of them. */
export class JobSquares {
  private tracts: Tract[] = [];
  private total = 0;
  private freshUntil = 0;

  constructor(private readonly database: JobDatabase) {}

  async reachFor(wanted: number, from: Place): Promise<number | undefined> {
    if (Date.now() >= this.freshUntil) await this.look();
    const enough = Math.ceil(wanted * 1.5 + 20);
    return enough >= this.total ? undefined : reachOf(this.tracts, enough, from);
  }

  private async look(): Promise<void> {
    const stages = [
      { $match: { bizType: 1, until: OPEN } },
      { $group: { _id: '$fine', count: { $sum: 1 } } },
    ];
    const rows = await this.database.versions<{ _id: number; count: number }>(stages, 'nearby');
    this.tracts = tractsOf(rows.map(({ _id: fine, count }) => ({ fine, count })));
    this.total = rows.reduce((sum, { count }) => sum + count, 0);
    this.freshUntil = Date.now() + FRESH_MS;
  }
}
