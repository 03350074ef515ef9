import * as fc from 'fast-check';
import { photoUrls } from './photo-urls';

const parse = (value: unknown) => photoUrls.safeParse(value);

/** Addresses as stores of pictures make them: commas in their parameters, but no second address within. */
const url = fc
  .tuple(
    fc.constantFrom('http://', 'https://'),
    fc.constantFrom('a.cn', 'cdn.example.com', 'oss-cn-hangzhou.aliyuncs.com:8443'),
    fc.stringMatching(/^[A-Za-z0-9/_.-]{0,40}$/),
    fc.constantFrom('', '?x-oss-process=image/resize,w_100,h_100', '?a=1&b=,2'),
  )
  .map(([scheme, host, path, query]) => `${scheme}${host}/${path.replace(/,+$/, '')}${query}`);

describe('photos of a job', () => {
  it('come out of every way of writing them as they went in', () => {
    fc.assert(
      fc.property(
        fc.array(url, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(',', ', ', ' , '),
        (urls, between) => {
          const line = urls.join(between);
          for (const written of [urls, line, [line], ` ${line} `, `${line},`])
            expect(parse(written)).toMatchObject({ success: true, data: urls });
        },
      ),
    );
  });

  it.each([[''], [[]], [['']], [[' ', '']], [',']])('are none in %j', (written) => {
    expect(parse(written)).toMatchObject({ success: true, data: [] });
  });

  it('are refused, or web addresses only, and never more than four', () => {
    const anything = fc.oneof(fc.string(), fc.array(fc.string()), fc.webUrl(), fc.array(fc.webUrl()));
    fc.assert(
      fc.property(anything, (written) => {
        const parsed = parse(written);
        if (!parsed.success) return;
        expect(parsed.data.length).toBeLessThanOrEqual(4);
        for (const one of parsed.data) expect(['http:', 'https:']).toContain(new URL(one).protocol);
      }),
      { numRuns: 500 },
    );
  });

  it.each([[7], [null], [{}], [[7]], [[['https://a.cn/1.jpg']]]])('are no %j', (written) => {
    expect(parse(written).success).toBe(false);
  });
});
