import type { Document } from 'bson';
import type { Theme } from './case';
import { themes } from './operations';
import { writeRecording, type Recording } from './recording';
import { runCase } from './runner';
import { WireClient } from './wire-client';

const [, , uri, directory, ...only] = process.argv;

async function record(client: WireClient, theme: Theme, server: string): Promise<Recording> {
  const answers: Recording['answers'] = {};
  for (const each of theme.cases) {
    if (answers[each.name]) throw new Error(`two cases of ${theme.name} are named "${each.name}"`);
    answers[each.name] = (await runCase(client, each)).recorded;
  }
  return { server, answers };
}

/** A recording is of a real server: one that admits to be something else has `modules` in its buildInfo. */
function versionOf(buildInfo: Document): string {
  const modules: unknown = buildInfo.modules;
  if (Array.isArray(modules) && modules.includes('embedded-mongo')) throw new Error('not a real MongoDB');
  return String(buildInfo.version);
}

async function main(): Promise<void> {
  if (!uri || !directory) throw new Error('usage: record URI DIRECTORY [THEME…]');
  const client = await WireClient.connect(uri);
  try {
    const server = versionOf(await client.command('admin', { buildInfo: 1 }));
    for (const theme of themes) {
      if (only.length > 0 && !only.includes(theme.name)) continue;
      writeRecording(directory, theme.name, await record(client, theme, server));
      process.stdout.write(`${theme.name}: ${theme.cases.length} cases\n`);
    }
  } finally {
    client.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
