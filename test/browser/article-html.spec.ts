import type { Browser } from 'playwright-core';
import { articleHtml } from '../../src/modules/articles/article-html';
import { inBrowser, openBrowser } from '../support/browser';
import { HTML_VECTORS } from '../support/html-vectors';

/** Shows HTML in a frame of its own, which takes with it what still runs or leads elsewhere, and clicks what is in it. */
const showInFrame = (html: string) => `(async () => {
  const frame = document.createElement('iframe');
  frame.srcdoc = ${JSON.stringify(html)};
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
  document.body.append(frame);
  const soon = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  await Promise.race([loaded, soon(500)]);
  frame.contentDocument?.querySelectorAll('a, button').forEach((link) => link.click());
  await soon(20);
  frame.remove();
})()`;

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
      await page.evaluate(showInFrame(`<div id="article">${piece}</div>`));
    }
    await page.close();
    return ran;
  }

  it('runs nothing of what would run as it was written', async () => {
    expect(new Set(await running([...HTML_VECTORS])).size).toBeGreaterThan(10);
    expect(await running(HTML_VECTORS.map(articleHtml))).toEqual([]);
  });
});
