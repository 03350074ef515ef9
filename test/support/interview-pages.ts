import { readFileSync } from 'node:fs';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Actor } from './actor';
import { freshDatabaseName } from './database';
import { asBoss, BOSS, endProcesses, onTestDatabase, ServiceProcess } from './service-process';

export const PHONE = { viewport: { width: 390, height: 780 } };
export const SMALL_PHONE = { viewport: { width: 320, height: 600 } };
export const DESKTOP = { viewport: { width: 1280, height: 800 } };

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** The service in a process of its own, and pages of it that are watched. */
export class InterviewPages {
  /** addresses that were asked and are not the service's */
  readonly strangers: string[] = [];
  /** what the policy of the pages has forbidden, errors of their scripts, and what they have complained of */
  readonly problems: string[] = [];
  private readonly opened: Page[] = [];
  /** the beginnings of what pages may ask for; tests with a proxy add its own */
  readonly known: string[];

  private constructor(
    readonly service: ServiceProcess,
    readonly boss: Actor,
    readonly guest: Actor,
    private readonly database: string,
  ) {
    this.known = [service.url, 'data:', 'blob:'];
  }

  static async start(environment: Record<string, string> = {}): Promise<InterviewPages> {
    const database = freshDatabaseName();
    const service = await ServiceProcess.start({
      ...onTestDatabase(database),
      ...BOSS,
      SANDBOX_PORT: '0',
      RATE_LIMIT_FACTOR: '1000',
      RATE_LIMIT_PER_IP: '1000000',
      ...environment,
    });
    return new InterviewPages(service, await asBoss(service), service.asGuest(), database);
  }

  get url(): string {
    return this.service.url;
  }

  /** A page in a browser of its own, as another person's. */
  async open(browser: Browser, path: string, options: BrowserContextOptions = PHONE): Promise<Page> {
    const context = await browser.newContext({ locale: 'zh-CN', ...options });
    context.setDefaultTimeout(30_000);
    await context.exposeFunction('tellViolation', (text: string) => void this.problems.push(text));
    await context.addInitScript(`addEventListener('securitypolicyviolation', (event) =>
      tellViolation(event.violatedDirective + ' forbids ' + event.blockedURI))`);
    const page = await context.newPage();
    this.opened.push(page);
    page.on('request', (request) => {
      if (!this.known.some((url) => request.url().startsWith(url))) this.strangers.push(request.url());
    });
    page.on('pageerror', (error) => this.problems.push(String(error.stack)));
    page.on('console', (message) => {
      // what the service has refused, or a network that is not there, is told so by the browser
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        this.problems.push(message.text());
    });
    await page.goto(path.startsWith('http') ? path : this.url + path);
    return page;
  }

  guestPage(browser: Browser, roomId: string, options?: BrowserContextOptions): Promise<Page> {
    return this.open(browser, `/h5/interview?roomId=${roomId}`, options);
  }

  /** Ends the pages of one test. */
  async closePages(): Promise<void> {
    await Promise.all(this.opened.splice(0).map((page) => page.context().close()));
  }

  async stop(): Promise<void> {
    await this.closePages();
    await endProcesses(this.database);
  }
}

/** Resolves when the page shows the room from inside. */
export function inTheRoom(page: Page): Promise<void> {
  return page.getByRole('group', { name: '通话控制' }).waitFor();
}

/** Fills the door's form and joins; resolves when the page is in the room. */
export async function joinAs(page: Page, name: string, way = '加入面试'): Promise<void> {
  await page.getByLabel('您的姓名').fill(name);
  await page.getByRole('button', { name: way, exact: true }).click();
  await inTheRoom(page);
}

/** What axe finds wrong with the page as it is; empty where it finds nothing. */
export async function flaws(page: Page): Promise<string[]> {
  if (!(await page.evaluate<boolean>(`'axe' in window`))) await page.evaluate(AXE);
  const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`,
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

/** Whether something is wider than the screen, or a button or a link too small for a thumb. */
export function layoutFlaws(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const flaws = [];
    if (document.documentElement.scrollWidth > innerWidth)
      flaws.push('wider than the screen: ' + document.documentElement.scrollWidth);
    for (const element of document.querySelectorAll('button, a, input')) {
      const { width, height } = element.getBoundingClientRect();
      if (width > 0 && (width < 44 || height < 44))
        flaws.push(element.outerHTML.slice(0, 80) + ' ' + width + ' × ' + height);
    }
    return flaws;
  })()`);
}
