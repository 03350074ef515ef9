import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { boundedDepth, pageQuery } from '../../common/http/paging';
import { recordId, text } from '../../common/validation/fields';
import { webAddress } from '../../common/validation/links';
import { type Article, ARTICLE_STATES } from './article.schema';

const tag = text(20, 1);
const coverUrl = z.union([z.literal(''), webAddress]).meta({ example: 'https://cdn.example.cn/a/cover.jpg' });

/** What each tag costs grows with those that are open around it. */
const MOST_TAGS = 10_000;

const fields = {
  title: text(200, 1).meta({ description: '标题', example: '月嫂上户前要准备什么' }),
  author: text(50).meta({ description: '作者', example: '李静' }),
  source: text(100).meta({ description: '来源', example: '杭州同馨' }),
  coverUrl,
  summary: text(500).meta({ description: '摘要', example: '坐月子期间的饮食、休息和护理要点。' }),
  contentRaw: z
    .string()
    .max(300_000)
    .refine((html) => (html.match(/<[a-z]/gi)?.length ?? 0) <= MOST_TAGS, { error: '正文中的标签过多' })
    .meta({
      description: '正文：HTML 或纯文本；不安全的标签会被去掉',
      example: '<p>上户前一天……</p>',
    }),
  imageUrls: z.array(webAddress).max(50),
  status: z.enum(ARTICLE_STATES).meta({ example: 'published' }),
  tags: z.array(tag).max(20),
};

export class CreateArticleDto extends createZodDto(
  z.object({
    ...fields,
    author: fields.author.default(''),
    source: fields.source.default(''),
    coverUrl: coverUrl.default(''),
    summary: fields.summary.default(''),
    imageUrls: fields.imageUrls.default([]),
    status: fields.status.default('draft'),
    tags: fields.tags.default([]),
  }),
) {}

export class UpdateArticleDto extends createZodDto(z.object(fields).partial()) {}

export class ListPublishedDto extends createZodDto(
  pageQuery
    .extend({ tag: tag.optional().meta({ description: '标签', example: '月子' }) })
    .superRefine(boundedDepth),
) {}

export class ListArticlesDto extends createZodDto(
  pageQuery.extend({ status: z.enum(ARTICLE_STATES).optional() }).superRefine(boundedDepth),
) {}

export const articleListItem = z.strictObject({
  id: recordId,
  title: fields.title,
  author: z.string(),
  source: z.string(),
  coverUrl: z.string(),
  summary: z.string(),
  tags: z.array(z.string()),
  viewCount: z.int(),
  publishedAt: z.iso.datetime().nullable(),
});
export type ArticleListItem = z.infer<typeof articleListItem>;

export const publishedArticle = z.strictObject({
  ...articleListItem.shape,
  contentHtml: z.string().meta({ example: '<p>上户前一天……</p>' }),
  imageUrls: z.array(z.string()),
});
export type PublishedArticle = z.infer<typeof publishedArticle>;

const staffFields = {
  status: z.enum(ARTICLE_STATES),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
};
export const staffArticleItem = z.strictObject({ ...articleListItem.shape, ...staffFields });
export type StaffArticleItem = z.infer<typeof staffArticleItem>;

export const staffArticle = z.strictObject({
  ...publishedArticle.shape,
  ...staffFields,
  contentRaw: z.string(),
});
export type StaffArticle = z.infer<typeof staffArticle>;

/** Fields of a list; the contents of a hundred articles would be megabytes. */
export const LIST_FIELDS = { contentRaw: 0, contentHtml: 0, imageUrls: 0 } as const;

export function toListItem(article: Omit<Article, keyof typeof LIST_FIELDS>): ArticleListItem {
  const { _id, title, author, source, coverUrl: cover, summary, tags, viewCount, publishedAt } = article;
  return {
    id: _id.toHexString(),
    title,
    author,
    source,
    coverUrl: cover,
    summary,
    tags,
    viewCount,
    publishedAt: publishedAt?.toISOString() ?? null,
  };
}

export function toPublished(article: Article): PublishedArticle {
  return { ...toListItem(article), contentHtml: article.contentHtml, imageUrls: article.imageUrls };
}

export function toStaffItem(article: Omit<Article, keyof typeof LIST_FIELDS>): StaffArticleItem {
  const { status, createdAt, updatedAt } = article;
  return {
    ...toListItem(article),
    status,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

export function toStaffArticle(article: Article): StaffArticle {
  return { ...toPublished(article), ...toStaffItem(article), contentRaw: article.contentRaw };
}
