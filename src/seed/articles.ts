import { articleHtml } from '../modules/articles/article-html';
import type { Article } from '../modules/articles/article.schema';
import { ARTICLE_TEXTS } from './article-texts';
import { fullName } from './people';
import { type Hang, landscape } from './pictures';
import type { Random } from './random';

const DAY_MS = 86_400_000;
const COVER = { width: 375, height: 210 };

/** Articles of the months before `base`, the last of them a draft. */
export async function articles(random: Random, base: Date, hang: Hang): Promise<Article[]> {
  const authors = [fullName(random), fullName(random), fullName(random)];
  const made: Article[] = [];
  for (const [place, text] of ARTICLE_TEXTS.entries())
    made.push(await article(random, base, hang, ARTICLE_TEXTS.length - place, text, authors));
  return made;
}

async function article(
  random: Random,
  base: Date,
  hang: Hang,
  age: number,
  { title, summary, tags, content }: (typeof ARTICLE_TEXTS)[number],
  authors: string[],
): Promise<Article> {
  const published = age > 1;
  const createdAt = new Date(base.getTime() - Math.round((age * 11 + random.next() * 8) * DAY_MS));
  const publishedAt = published ? random.within(createdAt, 48, base) : null;
  return {
    _id: random.objectId(createdAt),
    title,
    author: random.pick(authors),
    source: '',
    coverUrl: await hang(landscape(random, COVER.width, COVER.height), createdAt),
    summary,
    contentRaw: content,
    contentHtml: articleHtml(content),
    imageUrls: [],
    status: published ? 'published' : 'draft',
    publishedAt,
    viewCount: published ? random.int(60, 4000) : 0,
    tags: [...tags],
    createdAt,
    updatedAt: publishedAt ?? createdAt,
  };
}
