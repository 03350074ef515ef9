import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recorded } from './normalise';

/** The answers of one theme's cases, as a server of this version gave them. */
export interface Recording {
  server: string;
  answers: Record<string, Recorded[]>;
}

interface Line {
  case: string;
  answers: Recorded[];
}

const fileOf = (directory: string, theme: string): string => join(directory, `${theme}.jsonl`);

export function readRecording(directory: string, theme: string): Recording {
  const [head = '', ...lines] = readFileSync(fileOf(directory, theme), 'utf8').trimEnd().split('\n');
  const { server } = JSON.parse(head) as { server: string };
  const cases = lines.map((line) => JSON.parse(line) as Line);
  return { server, answers: Object.fromEntries(cases.map((each) => [each.case, each.answers])) };
}

/** The version on the first line, then one line a case: a re-recording's diff shows which cases changed. */
export function writeRecording(directory: string, theme: string, { server, answers }: Recording): void {
  const lines = Object.entries(answers).map(([name, each]): Line => ({ case: name, answers: each }));
  const text = [{ server }, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
  writeFileSync(fileOf(directory, theme), text);
}
