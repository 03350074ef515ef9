import sharp from 'sharp';
import type { Actor } from '../support/actor';
import { TestApp } from '../support/app';
import { eventually } from '../support/eventually';
import { backOf, frontOf } from '../support/id-cards/card';
import { cardHolder } from '../support/id-cards/person';
import { conditionsOf, IDEAL, photograph } from '../support/id-cards/photograph';
import { cardPicture, expectedFields } from '../support/id-cards/test-set';
import { AT_EASE, READ, readCard } from '../support/id-cards/upload';
import { refusal } from '../support/refusal';

describe('reading identity cards on this machine', () => {
  let app: TestApp;
  let employee: Actor;
  /** of cardHolder(0), as good as a photograph can be */
  let front: Buffer;
  beforeAll(async () => {
    front = await photograph(await frontOf(cardHolder(0)), IDEAL, 0);
    app = await TestApp.start({ env: AT_EASE });
    employee = await app.asEmployee();
  });
  afterAll(() => app.stop());

  it("gives the portrait's side field by field, in the words that mini-programs know, and logs none of it", async () => {
    const holder = cardHolder(0);
    const answer = await readCard(employee, front, { name: `${holder.idNumber}.jpg` });
    expect(answer).toMatchObject({ status: 200, body: { success: true, message: '识别成功' } });
    const { confidence, requestId, ...data } = answer.body.data;
    expect(data).toEqual({
      side: 'front',
      name: holder.name,
      gender: holder.gender,
      ethnicity: '汉',
      birthDate: holder.birthDate,
      address: holder.address,
      idNumber: holder.idNumber,
      authority: null,
      validFrom: null,
      validTo: null,
      warnings: [],
      provider: 'local',
      words_result: {
        姓名: { words: holder.name },
        性别: { words: holder.gender },
        民族: { words: '汉' },
        出生: { words: holder.birthDate.replaceAll('-', '') },
        住址: { words: holder.address },
        公民身份号码: { words: holder.idNumber },
      },
    });
    expect(confidence).toBeGreaterThan(0.8);
    expect(requestId).toBe(answer.headers.get('x-request-id'));
    // a request's line is written when its answer is out
    await eventually(async () => Promise.resolve(expect(app.logLines.join('')).toContain(requestId)));
    const log = app.logLines.join('');
    for (const secret of [holder.idNumber, holder.name, holder.address]) expect(log).not.toContain(secret);
  });

  it("gives the emblem's side, and 长期 for a card that is valid for good", async () => {
    const holder = { ...cardHolder(0), validFrom: '2019-03-05', validTo: '长期' };
    const { body } = await readCard(employee, await photograph(await backOf(holder), IDEAL, 1), {
      side: 'back',
    });
    expect(body.data).toMatchObject({
      side: 'back',
      authority: holder.authority,
      validFrom: '2019-03-05',
      validTo: '长期',
      name: null,
      idNumber: null,
      warnings: [],
      words_result: {
        签发机关: { words: holder.authority },
        签发日期: { words: '20190305' },
        失效日期: { words: '长期' },
      },
    });
  });

  it('reads photographs with noise, tilt, blur and shadow, nearly every field right', async () => {
    let [right, all] = [0, 0];
    for (const n of [6, 15]) {
      const picture = await cardPicture(n);
      const { body } = await readCard(employee, picture.picture);
      const fields = Object.entries(expectedFields(picture));
      all += fields.length;
      right += fields.filter(([field, expected]) => body.data?.[field] === expected).length;
    }
    expect(right / all).toBeGreaterThanOrEqual(0.95);
  });

  it.each([
    [90, 'png'],
    [180, 'webp'],
    [270, 'jpeg'],
  ] as const)('reads a card that the camera has turned by %d°, as %s', async (turn, format) => {
    const holder = cardHolder(3);
    const picture = await sharp(await photograph(await frontOf(holder), conditionsOf(2), 3))
      .rotate(turn)
      .toFormat(format)
      .toBuffer();
    const { body } = await readCard(employee, picture, { name: 'x.bin' });
    expect(body.data).toMatchObject({ side: 'front', name: holder.name, idNumber: holder.idNumber });
  });

  it('takes what the camera says of how it was held', async () => {
    const holder = cardHolder(4);
    const upright = await photograph(await frontOf(holder), IDEAL, 4);
    const picture = await sharp(upright).rotate(270).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { body } = await readCard(employee, picture, { side: 'front' });
    expect(body.data).toMatchObject({ name: holder.name, idNumber: holder.idNumber });
  });

  it('warns of what cannot be right and corrects none of it', async () => {
    const holder = cardHolder(0);
    const last = holder.idNumber.endsWith('5') ? '6' : '5';
    const forged = {
      ...holder,
      idNumber: holder.idNumber.slice(0, 17) + last,
      gender: holder.gender === '男' ? ('女' as const) : ('男' as const),
      birthDate: '1990-01-02',
    };
    const { body } = await readCard(employee, await photograph(await frontOf(forged), IDEAL, 0));
    expect(body.data).toMatchObject({
      idNumber: forged.idNumber,
      gender: forged.gender,
      birthDate: '1990-01-02',
      warnings: [
        '公民身份号码校验位不正确，请核对',
        '出生日期与公民身份号码不一致，请核对',
        '性别与公民身份号码不一致，请核对',
      ],
    });
  });

  it('says of a picture with both sides which one it has read', async () => {
    const holder = cardHolder(0);
    const both = await sharp({ create: { width: 1000, height: 1260, channels: 3, background: '#888' } })
      .composite([
        { input: await frontOf(holder), left: 70, top: 50 },
        { input: await backOf(holder), left: 70, top: 660 },
      ])
      .jpeg()
      .toBuffer();
    const { body: auto } = await readCard(employee, both);
    expect(auto.data).toMatchObject({ side: 'front', idNumber: holder.idNumber, address: holder.address });
    expect(auto.data.warnings).toEqual(['图片中有身份证的两面，只识别了人像面']);
    const { body: back } = await readCard(employee, both, { side: 'back' });
    expect(back.data).toMatchObject({
      side: 'back',
      authority: holder.authority,
      validFrom: holder.validFrom,
    });
  });

  it('refuses two cards in one picture', async () => {
    const cards = [await frontOf(cardHolder(0)), await frontOf(cardHolder(1))];
    const two = await sharp({ create: { width: 900, height: 1150, channels: 3, background: '#888' } })
      .composite(cards.map((input, i) => ({ input, left: 20, top: 20 + i * 570 })))
      .jpeg()
      .toBuffer();
    expect(await readCard(employee, two)).toMatchObject(refusal('INVALID_PARAMS', 'file'));
  });

  it.each<[string, () => Promise<Buffer>]>([
    ['nothing', () => plain('#7a6')],
    ['a letter', () => letter()],
  ])('refuses a picture of %s', async (_what, draw) => {
    expect(await readCard(employee, await draw())).toMatchObject(refusal('INVALID_PARAMS', 'file'));
  });

  it('refuses what only begins as a picture', async () => {
    const broken = Buffer.concat([front.subarray(0, 600), Buffer.alloc(8000, 7)]);
    expect(await readCard(employee, broken)).toMatchObject(refusal('INVALID_PARAMS', 'file'));
  });

  it('refuses a picture that would unpack to more than any camera takes', async () => {
    const bomb = await sharp({ create: { width: 12_000, height: 12_000, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    expect(bomb.length).toBeLessThan(5 * 1024 * 1024);
    expect(await readCard(employee, bomb)).toMatchObject(refusal('INVALID_PARAMS', 'file'));
  });

  it.each([['gif'], ['pdf'], ['text']])('refuses a file that is %s, whatever its name', async (kind) => {
    const bytes =
      kind === 'gif'
        ? await sharp({ create: { width: 9, height: 9, channels: 3, background: '#fff' } })
            .gif()
            .toBuffer()
        : Buffer.from(kind === 'pdf' ? '%PDF-1.7\n%%EOF' : 'a card');
    expect(await readCard(employee, bytes)).toMatchObject(refusal('INVALID_FILE_TYPE'));
  });

  it('refuses more than 5 MB', async () => {
    const large = Buffer.concat([await plain('#fff'), Buffer.alloc(5 * 1024 * 1024)]);
    expect(await readCard(employee, large)).toMatchObject(refusal('FILE_TOO_LARGE'));
  });

  it('refuses a form without a file, with an unknown side, and what is no form', async () => {
    const empty = new FormData();
    empty.set('side', 'front');
    expect(await employee.post(READ, empty)).toMatchObject(refusal('INVALID_PARAMS', 'file'));
    const picture = await plain('#fff');
    expect(await readCard(employee, picture, { side: 'top' })).toMatchObject(
      refusal('INVALID_PARAMS', 'side'),
    );
    expect(await employee.post(READ, { file: 'x' })).toMatchObject(refusal('INVALID_PARAMS', 'file'));
  });

  it('is for those who keep resumes, and its figures for their leaders', async () => {
    const [hr, manager] = await Promise.all([app.asHr(), app.asManager()]);
    const picture = await plain('#fff');
    expect(await readCard(app.asGuest(), picture)).toMatchObject(refusal('UNAUTHORIZED'));
    expect(await readCard(hr, picture)).toMatchObject(refusal('FORBIDDEN'));
    for (const path of ['/api/ocr/health', '/api/ocr/metrics']) {
      expect(await app.asGuest().get(path)).toMatchObject(refusal('UNAUTHORIZED'));
      expect(await employee.get(path)).toMatchObject(refusal('FORBIDDEN'));
      expect(await manager.get(path)).toMatchObject({ status: 200 });
    }
  });

  it('refuses the side that was not asked for; counts what it reads, and resets nothing when it is asked', async () => {
    const manager = await app.asManager();
    const before = (await manager.get('/api/ocr/metrics')).body.data;
    await readCard(employee, front);
    expect(await readCard(employee, front, { side: 'back' })).toMatchObject(
      refusal('INVALID_PARAMS', 'side'),
    );
    const { data } = (await manager.get('/api/ocr/metrics')).body;
    expect(data).toMatchObject({
      totalRequests: before.totalRequests + 2,
      successfulRequests: before.successfulRequests + 1,
      failedRequests: before.failedRequests + 1,
      since: before.since,
    });
    expect(data.successRate).toBeCloseTo(data.successfulRequests / data.totalRequests, 4);
    expect(data.averageProcessingTime).toBeGreaterThan(10);
    expect(data.p95ProcessingTime).toBeGreaterThanOrEqual(data.averageProcessingTime);
    const { uptime: _, ...again } = (await manager.get('/api/ocr/metrics')).body.data;
    expect(data).toMatchObject(again);
  });

  it('says that it is well', async () => {
    const { body } = await (await app.asAdmin()).get('/api/ocr/health');
    expect(body.data).toMatchObject({ status: 'healthy', provider: 'local', message: '本机识别可用' });
  });
});

function plain(background: string): Promise<Buffer> {
  return sharp({ create: { width: 800, height: 500, channels: 3, background } })
    .jpeg()
    .toBuffer();
}

function letter(): Promise<Buffer> {
  const lines = [
    '家政服务合同',
    '甲方（客户）与乙方（服务人员）经协商一致',
    '服务内容：住家保姆，每周休息一天',
    '本合同一式两份，双方各执一份',
  ];
  const text = lines.map(
    (line, i) =>
      `<text x="60" y="${90 + i * 80}" font-family="Noto Sans CJK SC" font-size="34">${line}</text>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="500"><rect width="900" height="500" fill="#fff"/>${text.join('')}</svg>`;
  return sharp(Buffer.from(svg)).jpeg().toBuffer();
}
