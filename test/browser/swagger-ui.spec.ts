import type { Browser, Locator, Page } from 'playwright-core';
import { UsersService } from '../../src/modules/users/users.service';
import { TestApp } from '../support/app';
import { inBrowser, openBrowser } from '../support/browser';
import { PASSWORD, userInput } from '../support/factories';

inBrowser('Swagger UI', () => {
  let app: TestApp;
  let browser: Browser;
  let page: Page;
  const strangers: string[] = [];
  const problems: string[] = [];
  const username = userInput().username;

  beforeAll(async () => {
    app = await TestApp.start();
    const caller = { principal: undefined, requestId: 'test', ip: '' };
    await app.app
      .get(UsersService)
      .create({ ...userInput({ username, role: 'admin' }), active: true }, caller);
    browser = await openBrowser();
    page = await browser.newPage();
    page.on('request', (request) => {
      if (!request.url().startsWith(app.url) && !request.url().startsWith('data:'))
        strangers.push(request.url());
    });
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    await page.goto(`${app.url}/api/docs`);
    await page.waitForSelector('.opblock');
  });
  afterAll(async () => {
    await browser.close();
    await app.stop();
  });

  /** Opens a route, sends `body` from the page, and gives back what the page then shows. */
  async function tryOut(operation: string, body?: object): Promise<{ status: string; text: string }> {
    const block = page.locator(`[id$="-${operation}"]`);
    await block.locator('.opblock-summary-control').click();
    await block.locator('.try-out__btn').click();
    if (body) await block.locator('textarea.body-param__text').fill(JSON.stringify(body));
    await block.locator('.execute').click();
    const answer: Locator = block.locator('.live-responses-table .response').first();
    await answer.waitFor();
    const status = (await answer.locator('.response-col_status').innerText()).trim();
    return { status, text: await answer.locator('.highlight-code, pre').first().innerText() };
  }

  it('lets an administrator log in, authorise and create a member of staff', async () => {
    const login = await tryOut('Auth_login', { username, password: PASSWORD });
    expect(login.status).toContain('200');
    const token = /"token":\s*"([^"]+)"/.exec(login.text)?.[1] ?? '';
    await page.click('.btn.authorize');
    await page.locator('.modal-ux input').first().fill(token);
    await page.locator('.modal-ux .btn.authorize').first().click();
    await page.click('.modal-ux .btn-done');
    const created = await tryOut('Users_create', userInput({ name: '王小梅', role: 'employee' }));
    expect(created.status).toContain('200');
    expect(created.text).toContain('创建成功');
    expect(created.text).toContain('王小梅');
    expect(created.text).not.toContain(PASSWORD);
  });

  it('works without the internet and within its content security policy', () => {
    expect(strangers).toEqual([]);
    expect(problems).toEqual([]);
  });
});
