import { array, assert, asyncProperty, constantFrom, integer, string } from 'fast-check';
import sharp from 'sharp';
import { Platforms, type Json } from './support/platforms';

const ALPHABET = [..."0123456789ABCXYZabcxyz!#$&'()*+,/:;=?@-._~"];

describe('getwxacodeunlimit', () => {
  let platforms: Platforms;
  beforeAll(async () => {
    platforms = await Platforms.start();
  });
  afterAll(() => platforms.stop());

  async function draw(body: Json): Promise<{ contentType: string; bytes: Buffer; json: Json }> {
    const address = `/wechat/wxa/getwxacodeunlimit?access_token=${await platforms.token('wechat')}`;
    return platforms.request(address, { method: 'POST', body: JSON.stringify(body) });
  }

  it('draws a picture of the width asked for, which another program can read', async () => {
    const widths = integer({ min: 280, max: 1280 });
    await assert(
      asyncProperty(widths, constantFrom(true, false), async (width, isHyaline) => {
        const { contentType, bytes } = await draw({ scene: 'a=1', width, is_hyaline: isHyaline });
        const format = isHyaline ? 'png' : 'jpeg';
        expect(contentType).toBe(`image/${format}`);
        expect(await sharp(bytes).metadata()).toMatchObject({ format, width, height: width });
        expect((await sharp(bytes).raw().toBuffer()).length).toBeGreaterThan(width * width);
      }),
      { numRuns: 15 },
    );
  });

  it('draws in the colour asked for, on white or on nothing', async () => {
    const colour = { line_color: { r: 200, g: '30', b: 10 }, scene: 'x', width: 280 };
    // a corner of the first finder, and the margin
    const corner = { left: 44, top: 44, width: 1, height: 1 };
    const margin = { left: 2, top: 2, width: 1, height: 1 };
    const png = (await draw({ ...colour, is_hyaline: true })).bytes;
    expect([...(await sharp(png).ensureAlpha().extract(corner).raw().toBuffer())]).toEqual([
      200, 30, 10, 255,
    ]);
    expect((await sharp(png).ensureAlpha().extract(margin).raw().toBuffer())[3]).toBe(0);
    const jpeg = (await draw(colour)).bytes;
    const [red, green, blue] = await sharp(jpeg).extract(corner).raw().toBuffer();
    expect(Math.abs((red ?? 0) - 200)).toBeLessThan(6);
    expect(Math.abs((green ?? 0) - 30)).toBeLessThan(6);
    expect(Math.abs((blue ?? 0) - 10)).toBeLessThan(6);
    expect([...(await sharp(jpeg).extract(margin).raw().toBuffer())]).toEqual([255, 255, 255]);
    const automatic = (await draw({ ...colour, auto_color: true, is_hyaline: true })).bytes;
    expect([...(await sharp(automatic).ensureAlpha().extract(corner).raw().toBuffer())]).toEqual([
      0, 0, 0, 255,
    ]);
  });

  it('draws another picture for another scene or page', async () => {
    const pictures = await Promise.all(
      [{ scene: 'a' }, { scene: 'b' }, { scene: 'a', page: 'pages/a' }, { scene: 'a' }].map(draw),
    );
    expect(new Set(pictures.map(({ bytes }) => bytes.toString('base64'))).size).toBe(3);
  });

  it('takes every scene of its alphabet up to 32 characters', async () => {
    const scenes = array(constantFrom(...ALPHABET), { minLength: 1, maxLength: 32 });
    await assert(
      asyncProperty(scenes, async (scene) => {
        expect((await draw({ scene: scene.join(''), width: 280 })).contentType).toBe('image/jpeg');
      }),
      { numRuns: 25 },
    );
  });

  it('refuses every scene with another character, an empty one and a longer one', async () => {
    const others = string({
      unit: constantFrom('%', ' ', '"', '中', '\n', '\\', '^'),
      minLength: 1,
      maxLength: 32,
    });
    await assert(
      asyncProperty(others, async (scene) => {
        expect((await draw({ scene: `a${scene}`.slice(0, 32) })).json).toMatchObject({ errcode: 40169 });
      }),
      { numRuns: 20 },
    );
    expect((await draw({ scene: '' })).json).toMatchObject({ errcode: 40169 });
    expect((await draw({ scene: 'a'.repeat(33) })).json).toMatchObject({ errcode: 40169 });
    expect((await draw({})).json).toMatchObject({ errcode: 40169 });
    expect((await draw({ scene: 12 })).json).toMatchObject({ errcode: 40169 });
  });

  it.each([
    [41030, { page: '/pages/index' }],
    [41030, { page: 'pages/index?id=1' }],
    [41030, { page: 'pages/unknown/index' }],
    [41030, { page: 7 }],
    [40097, { width: 279 }],
    [40097, { width: 1281 }],
    [40097, { width: 300.5 }],
    [47001, { width: '430' }],
    [40097, { env_version: 'formal' }],
    [40097, { line_color: { r: 256, g: 0, b: 0 } }],
    [40097, { line_color: { r: 1 } }],
    [47001, { line_color: 'red' }],
    [47001, { is_hyaline: 1 }],
    [47001, { auto_color: 'no' }],
  ])('refuses with %i, in JSON: %j', async (errcode, fields) => {
    const { contentType, json } = await draw({ scene: 'a=1', ...fields });
    expect(contentType).toContain('application/json');
    expect(json).toMatchObject({ errcode });
  });

  it('takes any page where it need not exist, and only listed ones where they are listed', async () => {
    const unknown = { scene: 'a', page: 'pages/unknown/index' };
    expect((await draw({ ...unknown, check_path: false })).contentType).toBe('image/jpeg');
    expect((await draw({ scene: 'a', page: '/pages/a', check_path: false })).json).toMatchObject({
      errcode: 41030,
    });
    await platforms.order('configure', { wechat: { pages: ['pages/interview/join'] } });
    expect((await draw({ scene: 'a', page: 'pages/interview/join' })).contentType).toBe('image/jpeg');
    expect((await draw({ scene: 'a', page: 'pages/index/index' })).json).toMatchObject({ errcode: 41030 });
    await platforms.order('reset');
    expect((await draw({ scene: 'a', page: 'pages/index/index' })).contentType).toBe('image/jpeg');
  });

  it('draws so many a minute', async () => {
    const now = jest.spyOn(Date, 'now').mockReturnValue(1_800_000_000_000);
    await platforms.order('configure', { wechat: { codesPerMinute: 2 } });
    const codes = [await draw({ scene: 'a' }), await draw({ scene: 'b' }), await draw({ scene: 'c' })];
    expect(codes.map(({ json }) => json['errcode'])).toEqual([undefined, undefined, 45009]);
    now.mockReturnValue(1_800_000_060_000);
    expect((await draw({ scene: 'c' })).contentType).toBe('image/jpeg');
    now.mockRestore();
    await platforms.order('reset');
  });
});
