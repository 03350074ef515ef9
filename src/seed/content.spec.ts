import { articles } from './articles';
import { banners } from './banners';
import { Random } from './random';
import { webAddress } from '../common/validation/links';
import {
  bannerView,
  bannerProblems,
  publicBanner,
  toBannerView,
  toPublicBanner,
} from '../modules/banners/banners.dto';
import { staffArticle, toStaffArticle } from '../modules/articles/articles.dto';

const BASE = new Date('2026-01-16T10:00:00Z');
const hang = (svg: string) => Promise.resolve(`https://crm.example.cn/files/${svg.length}.jpg`);

describe('invented content', () => {
  it('is the same for the same seed, and another for another', async () => {
    const made = async (seed: number) => {
      const random = new Random(seed);
      return JSON.stringify([await banners(random, BASE, hang), await articles(random, BASE, hang)]);
    };
    const first = await made(1);
    expect(await made(1)).toBe(first);
    expect(await made(2)).not.toBe(first);
  });

  it('has banners that the service could have made, some shown now', async () => {
    const made = await banners(new Random(1), BASE, hang);
    for (const banner of made) {
      expect(bannerProblems(banner)).toEqual([]);
      expect(bannerView.safeParse(toBannerView(banner)).error).toBeUndefined();
      expect(publicBanner.safeParse(toPublicBanner(banner)).error).toBeUndefined();
      expect(webAddress.safeParse(banner.imageUrl).error).toBeUndefined();
      if (banner.linkUrl && banner.linkType === 'h5')
        expect(webAddress.safeParse(banner.linkUrl).error).toBeUndefined();
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
    const made = await articles(new Random(1), BASE, hang);
    for (const article of made) {
      expect(staffArticle.safeParse(toStaffArticle(article)).error).toBeUndefined();
      expect(article.contentHtml).toBe(article.contentRaw);
      expect(webAddress.safeParse(article.coverUrl).error).toBeUndefined();
      if (article.publishedAt) expect(article.publishedAt.getTime()).toBeLessThanOrEqual(BASE.getTime());
      expect(article.status === 'published').toBe(article.publishedAt !== null);
    }
    expect(made.filter(({ status }) => status === 'draft')).toHaveLength(1);
  });
});
