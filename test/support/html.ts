import sanitizeHtml from 'sanitize-html';

interface Element {
  name: string;
  attributes: Record<string, string>;
}

/** The elements of a piece of HTML as a parser sees them, entities of attributes resolved. */
export function elementsOf(html: string): Element[] {
  const elements: Element[] = [];
  sanitizeHtml(html, {
    allowedTags: false,
    allowedAttributes: false,
    allowVulnerableTags: true,
    onOpenTag: (name, attributes) => void elements.push({ name, attributes }),
  });
  return elements;
}

const HARMFUL =
  /^(script|iframe|object|embed|svg|math|style|link|meta|base|form|button|input|textarea|template|body)$/;

/** What of it could run, lead elsewhere or load anything but a picture or film from the web; empty is as it should be. */
export function harmIn(html: string): string[] {
  return elementsOf(html).flatMap(({ name, attributes }) => [
    ...(HARMFUL.test(name) ? [`<${name}>`] : []),
    ...Object.entries(attributes).flatMap(([attribute, value]) => {
      const written = `${name} ${attribute}="${value}"`;
      if (/^(on|formaction|srcdoc|action)/i.test(attribute)) return [written];
      if (['href', 'src', 'poster'].includes(attribute)) return isWebAddress(value) ? [] : [written];
      return attribute === 'style' && /url|expression|import|behavior|[\\@]/i.test(value) ? [written] : [];
    }),
  ]);
}

function isWebAddress(value: string): boolean {
  // as a browser reads it: without control characters and, in front, spaces; more are taken out here, which hides nothing
  const read = [...value].filter((character) => character > ' ').join('');
  if (/^[/\\]{2}/.test(read)) return false;
  return /^https?:/i.test(read) || !/^[a-z][a-z\d+.-]*:/i.test(read);
}
