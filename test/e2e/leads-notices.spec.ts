import { TestApp } from '../support/app';
import { eventually } from '../support/eventually';
import { phone } from '../support/factories';
import { ACTION, actionInput, bind, messagesTo, subscribedAdvisor } from '../support/leads';
import { PlatformSandbox } from '../support/sandbox';

describe('what an advisor is told of', () => {
  let sandbox: PlatformSandbox;
  let app: TestApp;
  beforeAll(async () => {
    sandbox = await PlatformSandbox.start();
    app = await TestApp.start({ env: sandbox.environment });
  });
  afterAll(async () => {
    await app.stop();
    await sandbox.stop();
  });

  it('is a new lead, though the same person did the same a moment ago without a number', async () => {
    const advisor = await subscribedAdvisor(app, 'o_form');
    const tap = actionInput(advisor.id, { actionType: 'contact_advisor', customerPhone: undefined });
    await app.asGuest().post(ACTION, tap);
    const filled = await app.asGuest().post(ACTION, { ...tap, customerPhone: phone() });
    expect(filled.body.data.customerCreated).toBe(true);
    const texts = (await messagesTo(app, 'o_form')).map(({ data }) => data['thing1']?.value);
    expect(texts).toEqual(['客户想要联系您', '新客户想要联系您']);
  });

  it('is a new lead, however many passers-by have used the hour up', async () => {
    const advisor = await subscribedAdvisor(app, 'o_busy');
    for (let i = 0; i < 62; i++)
      await app.asGuest().post(ACTION, actionInput(advisor.id, { customerPhone: undefined }));
    expect(await messagesTo(app, 'o_busy')).toHaveLength(60);
    await app.asGuest().post(ACTION, actionInput(advisor.id, { actionType: 'book_service' }));
    const texts = (await messagesTo(app, 'o_busy')).map(({ data }) => data['thing1']?.value);
    expect(texts).toHaveLength(61);
    expect(texts).toContain('新客户预约了您的服务');
  });

  it('comes through the official account once WeChat says that the consent is used up', async () => {
    const advisor = await subscribedAdvisor(app, 'o_refuse_more');
    await bind(app, advisor.id, { officialOpenid: 'g_more' });
    const manager = await app.asManager();
    const assign = async () => {
      const input = { name: '张小明', phone: phone(), serviceType: '月嫂' };
      const made = await manager.post('/api/customers/miniprogram/create', input);
      const path = `/api/customers/miniprogram/${made.body.data.id as string}/assign`;
      expect((await manager.patch(path, { assignedTo: advisor.id, reason: '' })).status).toBe(200);
    };
    await assign();
    await eventually(async () =>
      expect(await messagesTo(app, 'o_refuse_more')).toMatchObject([
        { status: 'failed', error: { errcode: 43101 } },
      ]),
    );
    await assign();
    await eventually(async () =>
      expect(await messagesTo(app, 'g_more')).toMatchObject([{ channel: 'template' }]),
    );
  });
});
