import { SANDBOX_CREDENTIALS, type Sandbox, startSandbox } from '@homecare/platform-sandbox';
import sharp from 'sharp';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { frontOf } from '../support/id-cards/card';
import { cardHolder } from '../support/id-cards/person';
import { IDEAL, photograph } from '../support/id-cards/photograph';
import { AT_EASE, readCard } from '../support/id-cards/upload';
import { refusal } from '../support/refusal';

const { secretId, secretKey } = SANDBOX_CREDENTIALS.tencent;

describe('reading identity cards with Tencent Cloud', () => {
  let sandbox: Sandbox;
  let app: TestApp;
  /** gives the cloud a second */
  let hasty: TestApp;
  let employee: Actor;
  let picture: Buffer;
  const settings = (overrides: Record<string, string> = {}) => ({
    OCR_PROVIDER: 'tencent',
    TENCENT_SECRET_ID: secretId,
    TENCENT_SECRET_KEY: secretKey,
    TENCENT_OCR_ENDPOINT: `${sandbox.url}/tencent-ocr`,
    ...overrides,
  });
  beforeAll(async () => {
    picture = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#fff' } })
      .jpeg()
      .toBuffer();
    sandbox = await startSandbox();
    app = await TestApp.start({ env: settings() });
    hasty = await TestApp.start({ env: settings({ OCR_TIMEOUT_MS: '1000' }), database: app.database });
    employee = await app.asEmployee();
  });
  beforeEach(() => control('reset'));
  afterAll(async () => {
    await hasty.app.close();
    await app.stop();
    await sandbox.stop();
  });

  async function control(order: string, body: object = {}): Promise<void> {
    const response = await fetch(`${sandbox.url}/_control/${order}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${order}: ${await response.text()}`);
  }
  const fail = (fault: object) => control('faults', { platform: 'tencent-ocr', ...fault });
  const FRONT = {
    Name: '叶尔兰·别克',
    Sex: '男',
    Nation: '哈萨克',
    Birth: '1990/1/15',
    Address: '杭州市西湖区文三路9号',
    IdNum: '330106199001150037',
  };

  it("gives the portrait's side, and names who has read it", async () => {
    await control('ocr-card', { ...FRONT, Quality: 87 });
    const { status, body } = await readCard(employee, picture);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      side: 'front',
      provider: 'tencent',
      name: '叶尔兰·别克',
      gender: '男',
      ethnicity: '哈萨克',
      birthDate: '1990-01-15',
      address: '杭州市西湖区文三路9号',
      idNumber: '330106199001150037',
      authority: null,
      confidence: 0.87,
      warnings: [],
    });
  });

  it.each([
    ['2010.01.01-2030.01.01', '2010-01-01', '2030-01-01'],
    ['2019.03.05-长期', '2019-03-05', '长期'],
  ])("gives the emblem's side with %s", async (ValidDate, validFrom, validTo) => {
    await control('ocr-card', { Authority: '杭州市公安局西湖分局', ValidDate });
    const { body } = await readCard(employee, picture, { side: 'back' });
    expect(body.data).toMatchObject({
      side: 'back',
      authority: '杭州市公安局西湖分局',
      validFrom,
      validTo,
      provider: 'tencent',
      warnings: [],
    });
  });

  it('lets the cloud correct nothing: what does not agree is told', async () => {
    await control('ocr-card', { ...FRONT, Sex: '女', Birth: '1991/2/3', WarnInfos: [-9102, -9103] });
    const { body } = await readCard(employee, picture, { side: 'front' });
    expect(body.data).toMatchObject({
      gender: '女',
      birthDate: '1991-02-03',
      warnings: [
        '疑似身份证复印件',
        '疑似翻拍屏幕',
        '出生日期与公民身份号码不一致，请核对',
        '性别与公民身份号码不一致，请核对',
      ],
    });
  });

  it('sends a WebP as something that the cloud can read', async () => {
    const { status } = await readCard(employee, await sharp(picture).webp().toBuffer());
    expect(status).toBe(200);
  });

  it('refuses a WebP that is small until it is decoded', async () => {
    const enormous = { create: { width: 8000, height: 8000, channels: 3, background: '#fff' } } as const;
    const bomb = await sharp(enormous).webp({ effort: 0 }).toBuffer();
    expect(bomb.length).toBeLessThan(1024 * 1024);
    expect(await readCard(employee, bomb)).toMatchObject(refusal('INVALID_PARAMS', 'file'));
  });

  it('sends a picture as large as may be uploaded', async () => {
    const large = Buffer.concat([picture, Buffer.alloc(5 * 1024 * 1024 - picture.length)]);
    expect(await readCard(employee, large)).toMatchObject({ status: 200 });
  });

  it('refuses a picture without a card, and one of the other side', async () => {
    await control('ocr-card', {});
    expect(await readCard(employee, picture)).toMatchObject(refusal('INVALID_PARAMS', 'file'));
    await control('ocr-card', FRONT);
    expect(await readCard(employee, picture, { side: 'back' })).toMatchObject(
      refusal('INVALID_PARAMS', 'side'),
    );
  });

  it.each([
    ['FailedOperation.ImageBlur', 'INVALID_PARAMS', 'file'],
    ['FailedOperation.ImageDecodeFailed', 'INVALID_PARAMS', 'file'],
    ['FailedOperation.IdCardInfoIllegal', 'INVALID_PARAMS', 'file'],
    ['FailedOperation.MultiCardError', 'INVALID_PARAMS', 'file'],
    ['FailedOperation.CardSideError', 'INVALID_PARAMS', 'side'],
    ['LimitExceeded.TooLargeFileError', 'FILE_TOO_LARGE', undefined],
    ['FailedOperation.OcrFailed', 'UPSTREAM_ERROR', undefined],
    ['AuthFailure.SecretIdNotFound', 'UPSTREAM_ERROR', undefined],
    ['AuthFailure.SignatureExpire', 'UPSTREAM_ERROR', undefined],
    ['RequestLimitExceeded', 'UPSTREAM_ERROR', undefined],
    ['ResourceUnavailable.InArrears', 'UPSTREAM_ERROR', undefined],
    ['InternalError', 'UPSTREAM_ERROR', undefined],
  ] as const)('answers %s with %s', async (errcode, code, field) => {
    await fail({ kind: 'error', errcode });
    const answer = await readCard(employee, picture);
    expect(answer).toMatchObject(refusal(code, field));
    expect(answer.text).not.toContain(errcode);
  });

  it.each([
    ['an HTTP error', { kind: 'error', status: 503 }, 'UPSTREAM_ERROR'],
    ['a lost connection', { kind: 'drop' }, 'UPSTREAM_ERROR'],
    ['silence', { kind: 'hang' }, 'UPSTREAM_TIMEOUT'],
    ['slowness', { kind: 'slow', delayMs: 4000 }, 'UPSTREAM_TIMEOUT'],
  ] as const)('answers %s within its time limit', async (_what, fault, code) => {
    await fail(fault);
    const startedAt = Date.now();
    expect(await readCard(employee.at(hasty.url), picture)).toMatchObject(refusal(code));
    expect(Date.now() - startedAt).toBeLessThan(3500);
  });

  it('has its signature checked: with another key nothing is read, and health says so', async () => {
    const stranger = await TestApp.start({ env: settings({ TENCENT_SECRET_KEY: 'not-the-key' }) });
    try {
      expect(await readCard(await stranger.asEmployee(), picture)).toMatchObject(refusal('UPSTREAM_ERROR'));
      const health = await (await stranger.asAdmin()).get('/api/ocr/health');
      expect(health).toMatchObject({
        ...refusal('SERVICE_UNAVAILABLE'),
        body: { details: { status: 'unhealthy', provider: 'tencent' } },
      });
      expect(stranger.logLines.join('')).not.toContain('not-the-key');
    } finally {
      await stranger.stop();
    }
  });

  it('says whether the cloud serves', async () => {
    const admin = await app.asAdmin();
    expect((await admin.get('/api/ocr/health')).body.data).toMatchObject({
      status: 'healthy',
      provider: 'tencent',
    });
    for (const fault of [
      { kind: 'error', errcode: 'RequestLimitExceeded' },
      { kind: 'drop' },
      { kind: 'hang' },
    ]) {
      await fail(fault);
      expect(await admin.at(hasty.url).get('/api/ocr/health')).toMatchObject(refusal('SERVICE_UNAVAILABLE'));
    }
  });

  it('reads on this machine instead only when told to, says so, and names who has read', async () => {
    await fail({ kind: 'error', errcode: 'InternalError' });
    expect(await readCard(employee, picture)).toMatchObject(refusal('UPSTREAM_ERROR'));
    const holder = cardHolder(0);
    const card = await photograph(await frontOf(holder), IDEAL, 0);
    const careful = await TestApp.start({
      env: settings({ ...AT_EASE, OCR_FALLBACK: 'local' }),
    });
    try {
      const clerk = await careful.asEmployee();
      await fail({ kind: 'drop' });
      const { body } = await readCard(clerk, card);
      expect(body.data).toMatchObject({
        provider: 'local',
        idNumber: holder.idNumber,
        warnings: ['云端识别不可用，结果由本机识别'],
      });
      expect((await readCard(clerk, card)).body.data).toMatchObject({ provider: 'tencent', warnings: [] });
      // a picture that the cloud refuses is no outage
      await fail({ kind: 'error', errcode: 'FailedOperation.ImageNoIdCard' });
      expect(await readCard(clerk, card)).toMatchObject(refusal('INVALID_PARAMS', 'file'));
      await fail({ kind: 'drop' });
      const health = await (await careful.asAdmin()).get('/api/ocr/health');
      expect(health.body.data).toMatchObject({ status: 'healthy', provider: 'tencent' });
      expect(health.body.data.message).toContain('由本机代替');
    } finally {
      await careful.stop();
    }
  });
});
