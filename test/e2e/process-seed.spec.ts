import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { freshDataDir, ServiceProcess } from '../support/service-process';

const SEED = resolve(__dirname, '../../dist/cli/seed.js');
const run = promisify(execFile);

describe('the invented data, on the embedded database', () => {
  const dataDir = freshDataDir();
  const seed = (...options: string[]) =>
    run(process.execPath, [SEED, ...options], {
      cwd: dataDir,
      env: { PATH: process.env['PATH'] ?? '', DATA_DIR: dataDir, PUBLIC_BASE_URL: 'http://crm.test' },
    });
  const SMALL = ['--customers', '30', '--resumes', '12', '--jobs', '9', '--password', 'a demo password'];
  afterAll(() => ServiceProcess.endAll());

  it('is there for staff, guests and the mini-programs, with every picture', async () => {
    const { stdout } = await seed(...SMALL);
    expect(stdout).toContain('已写入 30 位客户、12 份简历');
    const service = await ServiceProcess.start({ DATA_DIR: dataDir, PUBLIC_BASE_URL: 'http://crm.test' });
    const guest = service.asGuest();
    const { token } = (
      await guest.post('/api/auth/login', { username: 'demo-admin01', password: 'a demo password' })
    ).body.data;
    const admin = guest.withToken(token);
    expect((await admin.get('/api/customers/miniprogram/list')).body.data.total).toBe(30);

    const banners = (await admin.get('/api/banners')).body.data.list as { id: string; imageUrl: string }[];
    const articles = (await admin.get('/api/articles')).body.data.list as { coverUrl: string }[];
    const workers = (await guest.get('/api/resumes/public/list')).body.data.list as {
      personalPhotos: { url: string }[];
    }[];
    const pictures = [
      ...banners.map(({ imageUrl }) => imageUrl),
      ...articles.map(({ coverUrl }) => coverUrl),
      ...workers.flatMap(({ personalPhotos }) => personalPhotos.map(({ url }) => url)),
    ];
    expect(pictures.length).toBeGreaterThan(15);
    for (const picture of pictures) {
      const answer = await fetch(picture.replace('http://crm.test', service.url));
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    }
    // what the service shows, it takes back as it is
    const [{ id, imageUrl } = { id: '', imageUrl: '' }] = banners;
    expect((await admin.patch(`/api/banners/${id}`, { imageUrl })).status).toBe(200);
    await service.stop();
  });

  it('is not mixed with what is there already, and not with wrong options', async () => {
    await expect(seed(...SMALL)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/--replace/),
    });
    await expect(seed('--customers', 'many')).rejects.toMatchObject({ code: 1 });
    expect((await seed('--help')).stdout).toContain('--customers N');
  });
});
