import sanitizeHtml from 'sanitize-html';

const TEXT = 'h1 h2 h3 h4 h5 h6 p br hr div section blockquote pre ul ol li table thead tbody tr th td';
const INLINE = 'span code strong b em i u s sub sup a';
const MEDIA = 'img figure figcaption video';

const OPTIONS: sanitizeHtml.IOptions = {
  allowedTags: [TEXT, INLINE, MEDIA].flatMap((names) => names.split(' ')),
  allowedAttributes: {
    a: ['href', 'title', 'target', 'rel'],
    img: ['src', 'alt', 'title', 'width', 'height'],
    video: ['src', 'poster', 'controls', 'width', 'height'],
    td: ['colspan', 'rowspan'],
    th: ['colspan', 'rowspan'],
    '*': ['style'],
  },
  allowedStyles: {
    '*': {
      'text-align': [/^(left|right|center|justify)$/],
      color: [/^#[0-9a-f]{3,6}$/i, /^rgb\(\s*\d{1,3}\s*,\s*\d{1,3}\s*,\s*\d{1,3}\s*\)$/],
      'font-size': [/^\d{1,2}(\.\d+)?(px|em|rem)$/],
      'font-weight': [/^(bold|normal|[1-9]00)$/],
    },
  },
  allowedSchemes: ['http', 'https'],
  allowedSchemesAppliedToAttributes: ['href', 'src', 'poster'],
  allowProtocolRelative: false,
  transformTags: {
    // a page that is opened must not be able to reach back
    a: sanitizeHtml.simpleTransform('a', { rel: 'noopener noreferrer' }),
  },
};

const LOOKS_LIKE_HTML = /<\/?[a-z][^<>]*>/i;

/** What an editor wrote, as HTML that a page can show as it is: harmless tags stay, everything else goes. */
export function articleHtml(written: string): string {
  return sanitizeHtml(LOOKS_LIKE_HTML.test(written) ? written : paragraphs(written), OPTIONS);
}

function paragraphs(plain: string): string {
  const escaped = plain.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  return escaped
    .replace(/\r\n?/g, '\n')
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.trim())
    .filter(Boolean)
    .map((paragraph) => `<p>${paragraph.replace(/\n/g, '<br />')}</p>`)
    .join('');
}
