import 'source-map-support/register';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiDocument } from './document';
import { referencePages } from './pages';

const SOURCE = 'docs/openapi.json';
const DIRECTORY = 'docs/api';

/** Writes docs/api from docs/openapi.json; with `--check`, fails when what is there differs. */
function main(): void {
  const document = JSON.parse(readFileSync(SOURCE, 'utf8')) as ApiDocument;
  const pages = referencePages(document);
  mkdirSync(DIRECTORY, { recursive: true });
  const there = readdirSync(DIRECTORY);
  if (process.argv.includes('--check')) return check(pages, there);
  for (const name of there.filter((file) => !pages.has(file))) rmSync(join(DIRECTORY, name));
  for (const [name, page] of pages) writeFileSync(join(DIRECTORY, name), page);
}

function check(pages: Map<string, string>, there: string[]): void {
  const stale = [...pages].filter(
    ([name, page]) => !there.includes(name) || readFileSync(join(DIRECTORY, name), 'utf8') !== page,
  );
  const left = there.filter((name) => !pages.has(name));
  if (stale.length === 0 && left.length === 0) return console.log(`${DIRECTORY} agrees with ${SOURCE}`);
  const names = [...stale.map(([name]) => name), ...left].join(', ');
  console.error(
    `${DIRECTORY} differs from ${SOURCE} (${names}): run "npm run openapi" and commit the result`,
  );
  process.exitCode = 1;
}

main();
