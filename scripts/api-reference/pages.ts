import type { ApiDocument } from './document';
import { headingOf, type Route, routeSection } from './route';

/** Of everything: which pages the reference consists of, by file name. */
export function referencePages(document: ApiDocument): Map<string, string> {
  const groups = routesByTag(document);
  const pages = new Map([['README.md', contents(document, groups)]]);
  for (const [tag, routes] of groups) {
    const sections = routes.flatMap((route) => routeSection(route, document));
    pages.set(`${tag}.md`, text([`# ${tag}`, '', '[目录](README.md)', '', ...sections]));
  }
  return pages;
}

function routesByTag({ paths }: ApiDocument): Map<string, Route[]> {
  const groups = new Map<string, Route[]>();
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const tag = operation.tags?.[0] ?? '其他';
      groups.set(tag, [...(groups.get(tag) ?? []), { method, path, operation }]);
    }
  }
  return groups;
}

function contents({ info }: ApiDocument, groups: Map<string, Route[]>): string {
  const lists = [...groups].flatMap(([tag, routes]) => [
    `## [${tag}](${encodeURI(tag)}.md)`,
    '',
    '| 接口 | 说明 |',
    '| --- | --- |',
    ...routes.map(
      (route) =>
        `| [${headingOf(route)}](${encodeURI(tag)}.md#${anchor(route)}) | ${route.operation.summary ?? ''} |`,
    ),
    '',
  ]);
  return text([
    `# ${info.title}`,
    '',
    '由 [openapi.json](../openapi.json) 生成（`npm run openapi`）；服务运行时，`/api/docs` 上可以直接试用。',
    '',
    info.description,
    '',
    ...lists,
  ]);
}

/** As GitHub makes it from a heading: lower case, without punctuation, blanks as hyphens. */
function anchor(route: Route): string {
  return headingOf(route)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function text(lines: string[]): string {
  return `${lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}
