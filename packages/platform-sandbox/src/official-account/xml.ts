/** An element's content: text goes into CDATA as WeChat sends it, numbers stand bare. */
export type XmlFields = Readonly<Record<string, string | number>>;

/** `]]>` would end the section: it is split over two. */
const cdata = (text: string): string => `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;

/** The flat `<xml>` document of a push. */
export function xml(fields: XmlFields): string {
  const elements = Object.entries(fields).map(
    ([name, value]) => `<${name}>${typeof value === 'number' ? value : cdata(value)}</${name}>`,
  );
  return `<xml>${elements.join('')}</xml>`;
}
