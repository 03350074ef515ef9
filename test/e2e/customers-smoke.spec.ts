import { TestApp } from '../support/app';
import { customerInput } from '../support/factories';

describe('smoke', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it('creates and lists', async () => {
    const employee = await app.asEmployee();
    const created = await employee.post('/api/customers/miniprogram/create', customerInput());
    expect(created.status).toBe(200);
    const list = await employee.get('/api/customers/miniprogram/list', { keyword: 'xiaom' });
    expect(list.body.data.list).toHaveLength(1);
    expect(await app.databaseCalls(() => employee.get('/api/customers/miniprogram/list'))).toHaveLength(2);
  });
});
