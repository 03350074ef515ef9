import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recorded } from './normalise';

/** The answers of one theme's cases, as a server of this version gave them. */
export interface Recording {
  server: string;
  answers: Record<string, Recorded[]>;
}

export function readRecording(directory: string, theme: string): Recording {
  return JSON.parse(readFileSync(join(directory, `${theme}.json`), 'utf8')) as Recording;
}

/** One line an answer, so that a re-recording's diff shows which answers changed. */
export function writeRecording(directory: string, theme: string, { server, answers }: Recording): void {
  const cases = Object.entries(answers).map(([name, steps]) => {
    const lines = steps.map((step) => `      ${JSON.stringify(step)}`);
    return `    ${JSON.stringify(name)}: [\n${lines.join(',\n')}\n    ]`;
  });
  const text = `{\n  "server": ${JSON.stringify(server)},\n  "answers": {\n${cases.join(',\n')}\n  }\n}\n`;
  writeFileSync(join(directory, `${theme}.json`), text);
}
