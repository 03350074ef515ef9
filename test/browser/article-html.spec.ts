import type { Browser } from 'playwright-core';
import { articleHtml } from '../../src/modules/articles/article-html';
import { inBrowser, openBrowser } from '../support/browser';
import { HTML_VECTORS } from '../support/html-vectors';

inBrowser('the HTML of an article, in a page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  /** Which pieces of HTML ran something when they were shown and what is in them clicked. */
  async function running(pieces: string[]): Promise<string[]> {
    const page = await browser.newPage();
    await page.route('**/*', (route) => route.abort());
    const ran: string[] = [];
    let shown = '';
    await page.exposeFunction('alert', () => void ran.push(shown));
    for (const piece of pieces) {
      shown = piece;
      await page.setContent(`<div id="article">${piece}</div>`);
      await page.evaluate("document.querySelectorAll('a, button').forEach((link) => link.click())");
      await page.waitForTimeout(20);
    }
    await page.close();
    return ran;
  }

  it('runs nothing of what would run as it was written', async () => {
    expect(new Set(await running([...HTML_VECTORS])).size).toBeGreaterThan(10);
    expect(await running(HTML_VECTORS.map(articleHtml))).toEqual([]);
  });
});
