import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { boundedDepth, pageQuery } from '../../common/http/paging';
import { recordId, text } from '../../common/validation/fields';
import { webAddress } from '../../common/validation/links';
import { type Banner, BANNER_STATES, LINK_TYPES } from './banner.schema';

const instant = z
  .union([z.iso.datetime({ offset: true }), z.null()])
  .transform((value) => (value === null ? null : new Date(value)))
  .meta({ description: 'ISO 8601 时间；null 为不限', example: '2026-01-16T10:30:00.000Z' });

const fields = {
  title: text(100, 1).meta({ description: '标题', example: '春节不打烊' }),
  imageUrl: webAddress.meta({ description: '图片地址' }),
  linkUrl: text(1000).meta({ description: '点击后打开的地址', example: 'pages/activity/index' }),
  linkType: z.enum(LINK_TYPES).meta({ description: '链接种类', example: 'miniprogram' }),
  order: z.number().int().min(0).max(1_000_000).meta({ description: '排序，小的在前', example: 10 }),
  status: z.enum(BANNER_STATES).meta({ example: 'active' }),
  startTime: instant,
  endTime: instant,
};

/** A page within the mini-program, with or without a slash before it. */
const PAGE_PATH = /^\/?[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*(\?[^\s"<>]*)?$/;

type Linked = Partial<Pick<Banner, 'linkType' | 'linkUrl' | 'startTime' | 'endTime'>>;

/** What must hold of a banner as a whole; a change is judged together with what it leaves as it was. */
export function bannerProblems(banner: Linked): { field: string; message: string }[] {
  const { linkType = 'none', linkUrl = '', startTime, endTime } = banner;
  const problems = [];
  const isPage = PAGE_PATH.test(linkUrl);
  const isAddress = webAddress.safeParse(linkUrl).success;
  if (linkType === 'miniprogram' && !isPage)
    problems.push({ field: 'linkUrl', message: '链接应为小程序页面路径' });
  if ((linkType === 'h5' || linkType === 'external') && !isAddress)
    problems.push({ field: 'linkUrl', message: '链接应为 http(s) 地址' });
  // it may be kept for later, but it goes out to every client as it is
  if (linkType === 'none' && linkUrl !== '' && !isPage && !isAddress)
    problems.push({ field: 'linkUrl', message: '链接应为 http(s) 地址或小程序页面路径' });
  if (startTime && endTime && startTime >= endTime)
    problems.push({ field: 'endTime', message: '结束时间应晚于开始时间' });
  return problems;
}

export class CreateBannerDto extends createZodDto(
  z.object({
    ...fields,
    linkUrl: fields.linkUrl.default(''),
    linkType: fields.linkType.default('none'),
    order: fields.order.default(0),
    status: fields.status.default('active'),
    startTime: fields.startTime.default(null),
    endTime: fields.endTime.default(null),
  }),
) {}

export class UpdateBannerDto extends createZodDto(z.object(fields).partial()) {}

export class ListBannersDto extends createZodDto(
  pageQuery.extend({ status: z.enum(BANNER_STATES).optional() }).superRefine(boundedDepth),
) {}

export class ReorderBannersDto extends createZodDto(
  z.object({
    items: z
      .array(z.object({ id: recordId, order: fields.order }))
      .min(1)
      .max(200)
      .refine((items) => new Set(items.map(({ id }) => id)).size === items.length, { error: '有重复的编号' }),
  }),
) {}

const time = z.iso.datetime().nullable();

export const publicBanner = z.strictObject({
  id: recordId,
  title: fields.title,
  imageUrl: z.string(),
  linkUrl: z.string(),
  linkType: z.enum(LINK_TYPES),
  order: z.int(),
});
export type PublicBanner = z.infer<typeof publicBanner>;

export const bannerView = z.strictObject({
  ...publicBanner.shape,
  status: z.enum(BANNER_STATES),
  startTime: time,
  endTime: time,
  viewCount: z.int(),
  clickCount: z.int(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type BannerView = z.infer<typeof bannerView>;

export const reordered = z.strictObject({ updated: z.int().meta({ example: 3 }) });

export function toPublicBanner({ _id, title, imageUrl, linkUrl, linkType, order }: Banner): PublicBanner {
  return { id: _id.toHexString(), title, imageUrl, linkUrl, linkType, order };
}

export function toBannerView(banner: Banner): BannerView {
  return {
    ...toPublicBanner(banner),
    status: banner.status,
    startTime: banner.startTime?.toISOString() ?? null,
    endTime: banner.endTime?.toISOString() ?? null,
    viewCount: banner.viewCount,
    clickCount: banner.clickCount,
    createdAt: banner.createdAt.toISOString(),
    updatedAt: banner.updatedAt.toISOString(),
  };
}
