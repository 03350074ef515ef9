import { Types } from 'mongoose';
import type { TestApp } from './app';

const HOUR_MS = 3_600_000;
const BATCH = 5000;
/** Two in three lie within the last week, so that the figures of a few days stand out of many. */
const SPREAD_HOURS = 240;

/** Puts the n-th records, `to` left out, of each kind of content straight into the database. */
export async function loadContent(app: TestApp, from: number, to: number): Promise<void> {
  for (const [name, make] of Object.entries({ banners: banner, articles: article, access_logs: accessLog })) {
    for (let start = from; start < to; start += BATCH) {
      const size = Math.min(BATCH, to - start);
      const records = Array.from({ length: size }, (_, i) => make(start + i));
      await app.connection.collection(name).insertMany(records, { ordered: false });
    }
  }
}

const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR_MS);

/** Most of them are over or have not begun, which the shown ones must be picked out of. */
function banner(n: number): object {
  return {
    _id: new Types.ObjectId(),
    title: `轮播图 ${n}`,
    imageUrl: '/files/a.jpg',
    linkUrl: '',
    linkType: 'none',
    order: n,
    status: n % 3 ? 'active' : 'inactive',
    viewCount: 0,
    clickCount: 0,
    startTime: n % 7 ? null : hoursAgo(-1),
    endTime: n % 10 ? hoursAgo(1) : null,
    createdAt: hoursAgo(n % SPREAD_HOURS),
    updatedAt: hoursAgo(0),
  };
}

function article(n: number): object {
  const published = n % 4 !== 0;
  return {
    _id: new Types.ObjectId(),
    title: `文章 ${n}`,
    author: '李静',
    source: '',
    coverUrl: '',
    summary: '',
    contentRaw: '文',
    viewCount: 0,
    contentHtml: '<p>文</p>',
    imageUrls: [],
    tags: [`标签${n % 11}`, `标签${(n + 1) % 11}`],
    status: published ? 'published' : 'draft',
    publishedAt: published ? hoursAgo(n % SPREAD_HOURS) : null,
    createdAt: hoursAgo(n % SPREAD_HOURS),
    updatedAt: hoursAgo(0),
  };
}

function accessLog(n: number): object {
  return {
    _id: new Types.ObjectId(),
    url: '',
    fileName: '',
    environment: '',
    userAgent: '',
    isWechat: true,
    isMiniProgram: true,
    referrer: '',
    pathname: `/page/${n % 37}`,
    event: n % 50 ? 'page_view' : 'rare',
    ip: '203.0.113.7',
    visitor: `visitor-${n % 101}`,
    timestamp: hoursAgo(n % SPREAD_HOURS),
    receivedAt: hoursAgo(n % SPREAD_HOURS),
  };
}
