import { Injectable } from '@nestjs/common';
import { type Collection, InjectCollection } from '../../database/collections';
import { centreOf, distance, FINE_SQUARE_REACH, type Place } from './job-distance';
import { JOB_LISTING, type JobListing, LISTING_INDEXES, OPEN } from './job-listing.schema';
import type { BizType } from './job.schema';

const FRESH_MS = 60_000;

interface Density {
  squares: { centre: Place; count: number }[];
  total: number;
  freshUntil: number;
}

/**
 * How many jobs lie in which square of the map, as of a minute ago or so. Only an estimate rests on it: how far one
 * has to look for so many jobs.
 */
@Injectable()
export class JobDensity {
  private readonly known = new Map<BizType, Density>();
  private readonly looking = new Map<BizType, Promise<Density>>();

  constructor(@InjectCollection(JOB_LISTING) private readonly listings: Collection<JobListing>) {}

  /**
   * Metres around a place within which there are probably `wanted` of the jobs of a list that has `total`; undefined
   * where that would be all of the map.
   */
  async reachFor(wanted: number, total: number, bizType: BizType, from: Place): Promise<number | undefined> {
    const density = await this.of(bizType);
    const share = Math.min(1, total / Math.max(1, density.total));
    // half as many again: squares are coarse, and what a filter leaves is not spread evenly
    const enough = Math.ceil((wanted * 1.5 + 20) / Math.max(share, Number.EPSILON));
    if (enough >= density.total) return undefined;
    const byDistance = density.squares
      .map(({ centre, count }) => ({ metres: distance(centre, from), count }))
      .sort((a, b) => a.metres - b.metres);
    let count = 0;
    const last = byDistance.find((square) => (count += square.count) >= enough);
    return last && last.metres + FINE_SQUARE_REACH;
  }

  /** What is known is good enough while a new look is under way; one look for all who ask meanwhile. */
  private async of(bizType: BizType): Promise<Density> {
    const known = this.known.get(bizType);
    if (known && Date.now() < known.freshUntil) return known;
    const look = this.looking.get(bizType) ?? this.lookOnce(bizType);
    if (!known) return look;
    look.catch(() => undefined);
    return known;
  }

  private lookOnce(bizType: BizType): Promise<Density> {
    const look = this.look(bizType)
      .then((density) => {
        this.known.set(bizType, density);
        return density;
      })
      .finally(() => this.looking.delete(bizType));
    this.looking.set(bizType, look);
    return look;
  }

  /** From the index alone. */
  private async look(bizType: BizType): Promise<Density> {
    const rows = await this.listings
      .aggregate<{ _id: number; count: number }>(
        [{ $match: { bizType, until: OPEN } }, { $group: { _id: '$fine', count: { $sum: 1 } } }],
        { hint: LISTING_INDEXES.nearby.all },
      )
      .toArray();
    return {
      squares: rows.map(({ _id, count }) => ({ centre: centreOf(_id), count })),
      total: rows.reduce((sum, { count }) => sum + count, 0),
      freshUntil: Date.now() + FRESH_MS,
    };
  }
}
