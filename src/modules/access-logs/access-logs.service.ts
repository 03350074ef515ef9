import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type PipelineStage, Types } from 'mongoose';
import type { Caller } from '../../common/access/caller';
import { invalidField } from '../../common/errors/app-error';
import { type Page, pageOf } from '../../common/http/paging';
import { maskLine } from '../../common/logging/masking';
import { clientNetwork } from '../../common/rate-limit/client-network';
import { RateLimiter } from '../../common/rate-limit/rate-limiter';
import { endOfShanghaiDay, startOfShanghaiDay } from '../../common/time/shanghai';
import { Settings } from '../../config/settings';
import { type Collection, InjectCollection } from '../../database/collections';
import { findPage } from '../../database/pages';
import { AccessLogBuffer } from './access-log.buffer';
import { ACCESS_LOG, type AccessLog } from './access-log.schema';
import type {
  AccessLogEntry,
  AccessLogView,
  AccessStats,
  AccessStatsDto,
  ListAccessLogsDto,
} from './access-logs.dto';

const LONGEST_PATHNAME = 500;
const DAY_MS = 86_400_000;
const LONGEST_STATS_DAYS = 92;
const PAGES_SHOWN = 50;
const SHANGHAI_DAY = { $dateToString: { date: '$receivedAt', format: '%Y-%m-%d', timezone: '+08:00' } };
/** What a page reports besides having been opened, which is not one more look at it. */
const NO_VIEWS = ['join', 'leave'] as const;

interface Figures {
  _id: unknown;
  pv: number;
  uv: number;
}

/** Which pages are looked at, by how many. */
@Injectable()
export class AccessLogs {
  constructor(
    @InjectCollection(ACCESS_LOG) private readonly logs: Collection<AccessLog>,
    private readonly buffer: AccessLogBuffer,
    private readonly limits: RateLimiter,
    private readonly settings: Settings,
  ) {}

  /** @throws {AppError} RATE_LIMITED; SERVICE_UNAVAILABLE while too much is waiting for the database */
  async report(entries: AccessLogEntry[], { ip }: Caller): Promise<{ received: number }> {
    await this.limits.take('accessLogDay', clientNetwork(ip), entries.length);
    const receivedAt = new Date();
    const incoming = entries.map(({ timestamp = receivedAt, ...entry }) => {
      const text = withoutSecrets(entry);
      const clean = JSON.parse(text) as typeof entry;
      const record: AccessLog = {
        _id: new Types.ObjectId(),
        ...clean,
        pathname: clean.pathname || pathOf(clean.url),
        timestamp,
        ip,
        visitor: this.visitor(ip, entry.userAgent),
        receivedAt,
      };
      return { record, characters: text.length };
    });
    await this.buffer.add(incoming);
    return { received: incoming.length };
  }

  async list(query: ListAccessLogsDto): Promise<Page<AccessLogView>> {
    const { pathname, event, from, to } = query;
    const { rows, total } = await findPage(this.logs, {
      filter: {
        ...(pathname ? { pathname } : {}),
        ...(event ? { event } : {}),
        ...(from || to
          ? { receivedAt: { ...(from ? { $gte: from } : {}), ...(to ? { $lt: to } : {}) } }
          : {}),
      },
      sort: { receivedAt: -1, _id: -1 },
      page: query.page,
      pageSize: query.pageSize,
    });
    return pageOf(rows.map(toView), total, query);
  }

  /** Of the given days, both included; without any, of the last seven. Three calls, each answered from an index. */
  async stats({ from, to }: AccessStatsDto): Promise<AccessStats> {
    const end = to ?? endOfShanghaiDay(new Date());
    const start = from ?? new Date(startOfShanghaiDay(end).getTime() - 7 * DAY_MS);
    if (start >= end) throw invalidField('to', '结束日期不能早于开始日期');
    if (end.getTime() - start.getTime() > LONGEST_STATS_DAYS * DAY_MS)
      throw invalidField('from', `最多统计 ${LONGEST_STATS_DAYS} 天`);
    const [whole, pages, days] = await Promise.all([
      this.figures(start, end, null),
      // of all paths that anybody could think of, no more than are shown
      this.figures(start, end, '$pathname', [{ $sort: { pv: -1, _id: 1 } }, { $limit: PAGES_SHOWN }]),
      this.figures(start, end, SHANGHAI_DAY, [{ $sort: { _id: 1 } }]),
    ]);
    return {
      pv: whole[0]?.pv ?? 0,
      uv: whole[0]?.uv ?? 0,
      pages: pages.map(({ _id, pv, uv }) => ({ pathname: String(_id), pv, uv })),
      byDay: days.map(({ _id, pv, uv }) => ({ date: String(_id), pv, uv })),
    };
  }

  /** Views and visitors, grouped: first by visitor, so that no set of visitors has to be held together. */
  private figures(start: Date, end: Date, key: unknown, shown: PipelineStage[] = []): Promise<Figures[]> {
    return this.logs
      .aggregate<Figures>([
        { $match: { receivedAt: { $gte: start, $lt: end }, event: { $nin: [...NO_VIEWS] } } },
        { $group: { _id: { key, visitor: '$visitor' }, pv: { $sum: 1 } } },
        { $group: { _id: '$_id.key', pv: { $sum: '$pv' }, uv: { $sum: 1 } } },
        ...shown,
      ])
      .toArray();
  }

  /** Keyed, so that nobody with the records alone can try addresses until one fits. */
  private visitor(ip: string, userAgent: string): string {
    return createHmac('sha256', this.settings.jwtSecret)
      .update(`visitor:${ip}:${userAgent}`)
      .digest('base64url')
      .slice(0, 16);
  }
}

/** Addresses carry phones and tokens of people who never agreed to have them logged. */
function withoutSecrets(entry: Omit<AccessLogEntry, 'timestamp'>): string {
  return maskLine(JSON.stringify(entry));
}

/** Of an address its path; a mini-program's page is a path already. */
function pathOf(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : (url.split(/[?#]/)[0] ?? '');
  return path.slice(0, LONGEST_PATHNAME);
}

function toView(log: AccessLog): AccessLogView {
  return {
    id: log._id.toHexString(),
    url: log.url,
    pathname: log.pathname,
    fileName: log.fileName,
    environment: log.environment,
    queryParams: log.queryParams ?? {},
    userAgent: log.userAgent,
    isWechat: log.isWechat,
    isMiniProgram: log.isMiniProgram,
    referrer: log.referrer,
    event: log.event,
    stayDuration: log.stayDuration ?? null,
    stayDurationSeconds: log.stayDurationSeconds ?? null,
    timestamp: log.timestamp.toISOString(),
    ip: log.ip,
    receivedAt: log.receivedAt.toISOString(),
  };
}
