import { eventually } from '../support/eventually';
import { phone } from '../support/factories';
import { PlatformSandbox } from '../support/sandbox';
import { TestApp } from '../support/app';

/** From a code of wx.login to what an advisor reads, over sockets all the way. */
describe('the way of a lead', () => {
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

  it('ends with the advisor being told', async () => {
    const advisorPhone = phone();
    const admin = await app.asAdmin();
    const made = await admin.post('/api/users', {
      username: 'advisor',
      password: 'correct-horse-9',
      name: '李静',
      role: 'employee',
      phone: advisorPhone,
      active: true,
    });
    expect(made.status).toBe(200);
    const login = await app.asGuest().post('/api/auth/miniprogram-login', {
      code: sandbox.loginCode('lijing'),
      phone: advisorPhone,
      phoneCode: sandbox.phoneCode(advisorPhone),
    });
    expect(login.body).toMatchObject({ success: true, data: { user: { id: made.body.data.id } } });
    const advisor = app.asGuest().withToken(login.body.data.token);

    const subscribed = await advisor.post('/api/advisor/subscribe', {
      advisorId: made.body.data.id,
      openid: 'o_lijing',
      templateId: 'tmpl_customer',
      subscribed: true,
    });
    expect(subscribed.body).toMatchObject({ success: true, data: { subscribed: true } });

    const customerPhone = phone();
    const action = await app.asGuest().post('/api/customer/action', {
      customerId: 'o_zhangsan',
      advisorId: made.body.data.id,
      actionType: 'contact_advisor',
      customerName: '张三',
      customerPhone,
    });
    expect(action.body).toMatchObject({
      message: '记录客户行为成功，已创建新客户线索',
      data: { customerCreated: true, customer: { name: '张三', phone: customerPhone, leadSource: '其他' } },
    });
    await eventually(async () => {
      expect(await sandbox.messages()).toEqual([
        expect.objectContaining({
          channel: 'subscribe',
          touser: 'o_lijing',
          templateId: 'tmpl_customer',
          data: {
            thing1: { value: '新客户想要联系您' },
            time2: { value: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d$/) },
            thing3: { value: customerPhone },
            thing7: { value: '张三' },
          },
        }),
      ]);
    });
    const listed = await admin.get('/api/messages');
    expect(listed.body.data.list).toMatchObject([{ status: 'sent', attempts: 1, text: '新客户想要联系您' }]);
    const metrics = await fetch(`${app.url}/metrics`).then((response) => response.text());
    expect(metrics).toMatch(/queue_jobs_due \d/);
    expect(metrics).toMatch(/messages_waiting 0/);
    expect(metrics).toMatch(
      /upstream_requests_total\{api="wechat",operation="subscribe\/send",outcome="ok"\} 1/,
    );
  });
});
