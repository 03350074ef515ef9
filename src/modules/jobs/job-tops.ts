import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../../common/jobs/jobs';
import { JobBoard } from './job-board';

const INTERVAL_MS = 60_000;

/** Ends tops that have run out while nobody takes a new look at a list, so that whoever does finds few of them. */
@Injectable()
export class JobTops implements OnModuleInit {
  constructor(
    private readonly board: JobBoard,
    private readonly queue: Jobs,
  ) {}

  onModuleInit(): void {
    this.queue.every('marketplace.end-tops', INTERVAL_MS, async () => {
      await this.board.endTops();
    });
  }
}
