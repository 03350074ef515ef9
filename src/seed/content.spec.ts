import { articles } from './articles';
import { banners } from './banners';
import { Random } from './random';
import {
  bannerView,
  bannerProblems,
  publicBanner,
  toBannerView,
  toPublicBanner,
} from '../modules/banners/banners.dto';
import { staffArticle, toStaffArticle } from '../modules/articles/articles.dto';

const BASE = new Date('2026-01-16T10:00:00Z');
const DATA_IMAGE = /^data:image\/jpeg;base64,/;

describe('invented content', () => {
  it('is the same for the same seed, and another for another', async () => {
    const made = async (seed: number) => {
      const random = new Random(seed);
      return JSON.stringify([await banners(random, BASE), await articles(random, BASE)]);
    };
    const first = await made(1);
    expect(await made(1)).toBe(first);
    expect(await made(2)).not.toBe(first);
  });

  it('has banners that the service could have made, some shown now', async () => {
    const made = await banners(new Random(1), BASE);
    for (const banner of made) {
      expect(bannerProblems(banner)).toEqual([]);
      expect(bannerView.safeParse(toBannerView(banner)).error).toBeUndefined();
      expect(publicBanner.safeParse(toPublicBanner(banner)).error).toBeUndefined();
      expect(banner.imageUrl).toMatch(DATA_IMAGE);
      expect(banner.imageUrl.length).toBeLessThan(30_000);
      expect(banner.createdAt.getTime()).toBeLessThan(BASE.getTime());
    }
    const shown = made.filter(
      ({ status, startTime, endTime }) =>
        status === 'active' && (!startTime || startTime <= BASE) && (!endTime || endTime > BASE),
    );
    expect(shown.length).toBeGreaterThanOrEqual(4);
    expect(shown.length).toBeLessThan(made.length);
  });

  it('has articles whose content shows as it was written, published before now', async () => {
    const made = await articles(new Random(1), BASE);
    for (const article of made) {
      expect(staffArticle.safeParse(toStaffArticle(article)).error).toBeUndefined();
      expect(article.contentHtml).toBe(article.contentRaw);
      expect(article.coverUrl).toMatch(DATA_IMAGE);
      if (article.publishedAt) expect(article.publishedAt.getTime()).toBeLessThanOrEqual(BASE.getTime());
      expect(article.status === 'published').toBe(article.publishedAt !== null);
    }
    expect(made.filter(({ status }) => status === 'draft')).toHaveLength(1);
  });
});
