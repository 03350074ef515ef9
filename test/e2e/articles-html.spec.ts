import * as fc from 'fast-check';
import { HTML_VECTORS } from '../support/html-vectors';
import { elementsOf, harmIn } from '../support/html';
import { articleHtml } from '../../src/modules/articles/article-html';

/** Pieces that attacks are made of, in any order. */
const piece = fc.oneof(
  fc.constantFrom(...HTML_VECTORS),
  fc.constantFrom(
    '<',
    '>',
    '</',
    '/>',
    '"',
    "'",
    '=',
    '&',
    ';',
    '\0',
    '\n',
    '\t',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    'script',
    'img',
    'svg',
    'a',
    'p',
    'style',
    'video',
    'math',
    'noscript',
    'plaintext',
    'xmp',
    ' src',
    ' href',
    ' style',
    ' onerror',
    ' onload',
    ' title',
    'javascript:',
    'data:',
    'alert(1)',
    '&#x6a;',
    '&colon;',
    '&Tab;',
    '&lt;script&gt;',
    '\u2028',
    '\ufeff',
  ),
  fc.string({ maxLength: 8 }),
);
const written = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));

describe('the HTML of an article', () => {
  it.each(HTML_VECTORS)('holds no harm: %s', (vector) => {
    const html = articleHtml(`<p>前</p>${vector}<p>后</p>`);
    expect(harmIn(html)).toEqual([]);
    expect(html).toContain('<p>前</p>');
  });

  it('would have held it, as far as this test can see, in most of these', () => {
    expect(HTML_VECTORS.filter((vector) => harmIn(vector).length > 0).length).toBeGreaterThan(30);
    expect(
      harmIn('<p style="color:#fff">段</p><a href="/h5/a">看</a><img src="https://cdn.example.cn/a.jpg">'),
    ).toEqual([]);
  });

  it('never holds harm, whatever is written', () => {
    fc.assert(
      fc.property(written, (text) => {
        expect(harmIn(articleHtml(text))).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps what an editor needs', () => {
    const kept =
      '<h2 style="text-align:center">标题</h2><p><strong>粗</strong> <span style="color:#ff0000">红</span></p>' +
      '<ul><li>一</li></ul><img src="https://cdn.example.cn/a.jpg" alt="图" width="100" />' +
      '<table><tbody><tr><td colspan="2">格</td></tr></tbody></table>';
    expect(articleHtml(kept)).toBe(kept);
  });

  it('gives links no way back to the page', () => {
    const [link] = elementsOf(
      articleHtml('<a href="https://www.example.cn" target="_blank" rel="opener">看</a>'),
    );
    expect(link?.attributes).toEqual({
      href: 'https://www.example.cn',
      target: '_blank',
      rel: 'noopener noreferrer',
    });
  });

  it.each([
    ['第一段\n第二行\n\n第二段', '<p>第一段<br />第二行</p><p>第二段</p>'],
    ['一\r\n\r\n二', '<p>一</p><p>二</p>'],
    ['3 < 5 & 7 > 2', '<p>3 &lt; 5 &amp; 7 &gt; 2</p>'],
    ['', ''],
    ['\n\n \n\n', ''],
  ])('makes paragraphs of plain text: %j', (plain, html) => expect(articleHtml(plain)).toBe(html));

  it.each([
    ['what looks like the beginning of a tag', '<a'.repeat(150_000)],
    ['ten thousand tags within each other', '<b>'.repeat(10_000)],
    ['a style without an end', `<p style="${'a:('.repeat(90_000)}">`],
    ['comments', '<!--'.repeat(75_000)],
  ])('is made quickly of %s', (_what, text) => {
    const started = Date.now();
    articleHtml(text);
    expect(Date.now() - started).toBeLessThan(5000);
  });
});
