import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type Collection, InjectCollection } from '../../database/collections';
import { RememberedCounts } from '../../database/remembered-counts';
import { RESUME, RESUME_INDEXES, type Resume } from './resume.schema';

const RECENT_MS = 7 * 24 * 3_600_000;

export const resumeStatistics = z.strictObject({
  totalResumes: z.int().meta({ example: 1250 }),
  resumesWithSelfIntroduction: z.int().meta({ example: 980 }),
  selfIntroductionRate: z.string().meta({ example: '78.40', description: '百分比，两位小数' }),
  recentResumes: z.int().meta({ example: 45, description: '最近 7 天' }),
  lastUpdated: z.iso.datetime().meta({ description: '统计时间' }),
});
type Statistics = z.infer<typeof resumeStatistics>;

/** Figures over all resumes: three counts, none of which reads a document. */
@Injectable()
export class ResumeStatistics {
  constructor(
    @InjectCollection(RESUME) private readonly resumes: Collection<Resume>,
    private readonly counts: RememberedCounts,
  ) {}

  async overview(now = new Date()): Promise<Statistics> {
    const recently = { createdAt: { $gt: new Date(now.getTime() - RECENT_MS) } };
    const [totalResumes, introduced, recentResumes] = await Promise.all([
      this.resumes.estimatedDocumentCount(),
      this.counts.count('introduced', () => this.count({ introduced: true }, RESUME_INDEXES.introduced)),
      this.counts.count('recent', () => this.count(recently, RESUME_INDEXES.all)),
    ]);
    return {
      totalResumes,
      resumesWithSelfIntroduction: introduced,
      selfIntroductionRate: rate(introduced, totalResumes),
      recentResumes,
      lastUpdated: now.toISOString(),
    };
  }

  private count(filter: object, hint: string): Promise<number> {
    return this.resumes.countDocuments(filter, { hint });
  }
}

/** Per cent with two decimals; of nothing, none. */
function rate(part: number, whole: number): string {
  return (whole === 0 ? 0 : Math.min(100, (100 * part) / whole)).toFixed(2);
}
