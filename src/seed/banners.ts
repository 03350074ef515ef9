import type { Banner } from '../modules/banners/banner.schema';
import { type Hang, landscape } from './pictures';
import type { Random } from './random';

const DAY_MS = 86_400_000;
const WIDTH = 750;
const HEIGHT = 320;

interface Plan extends Pick<Banner, 'title' | 'linkType' | 'linkUrl'> {
  status?: Banner['status'];
  /** days from now at which it begins and ends */
  from?: number;
  until?: number;
}

/** Most are shown now; one is over, one has not begun, one is switched off. */
const PLANS: readonly Plan[] = [
  { title: '金牌月嫂，提前三个月预约', linkType: 'miniprogram', linkUrl: 'pages/resume/list?jobType=yuexin' },
  { title: '视频面试，在家选阿姨', linkType: 'miniprogram', linkUrl: 'pages/interview/guide' },
  {
    title: '开荒保洁限时优惠',
    linkType: 'h5',
    linkUrl: 'https://h5.example.cn/activity/cleaning',
    from: -10,
    until: 20,
  },
  { title: '育儿嫂持证上岗，背景可查', linkType: 'none', linkUrl: '' },
  { title: '老客户介绍有礼', linkType: 'miniprogram', linkUrl: 'pages/activity/referral', from: -60 },
  { title: '上一季活动', linkType: 'none', linkUrl: '', from: -90, until: -30 },
  { title: '下月护老服务周', linkType: 'none', linkUrl: '', from: 25, until: 40 },
  { title: '备用图', linkType: 'none', linkUrl: '', status: 'inactive' },
];

/** The carousel of the mini-program's first page as it is at `base`. */
export async function banners(random: Random, base: Date, hang: Hang): Promise<Banner[]> {
  const made: Banner[] = [];
  for (const [order, plan] of PLANS.entries())
    made.push(await banner(random, base, hang, (order + 1) * 10, plan));
  return made;
}

async function banner(random: Random, base: Date, hang: Hang, order: number, plan: Plan): Promise<Banner> {
  const { status = 'active', from, until, ...shown } = plan;
  const inDays = (days: number) => new Date(base.getTime() + days * DAY_MS);
  const createdAt = random.between(inDays(-120), inDays(-91));
  const begun = status === 'active' && (from ?? 0) <= 0;
  const viewCount = begun ? random.int(400, 9000) : 0;
  return {
    _id: random.objectId(createdAt),
    ...shown,
    imageUrl: await hang(landscape(random, WIDTH, HEIGHT), createdAt),
    order,
    status,
    startTime: from === undefined ? null : inDays(from),
    endTime: until === undefined ? null : inDays(until),
    viewCount,
    clickCount: Math.floor(viewCount * (0.01 + random.next() * 0.06)),
    createdAt,
    updatedAt: createdAt,
  };
}
