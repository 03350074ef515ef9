import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Case } from './case';
import { themes } from './operations';
import { readRecording, type Recording } from './recording';
import { refusalOf, runCase } from './runner';
import { WireClient } from './wire-client';

/** Set to replay against another server: on the one recorded from, it proves the recorder itself. */
const otherServer = process.env.COMPAT_URI;

let client: WireClient;
let stop = async (): Promise<void> => {};

beforeAll(async () => {
  if (otherServer) {
    client = await WireClient.connect(otherServer);
    return;
  }
  const { startServer } = await import('../../src/index');
  const dataDir = await mkdtemp(join(tmpdir(), 'compatibility-'));
  const server = await startServer({ dataDir });
  client = await WireClient.connect(server.uri);
  stop = async () => {
    await server.close();
    await rm(dataDir, { recursive: true });
  };
});

afterAll(async () => {
  client.close();
  await stop();
});

/** One line an answer: keys are compared in their order, numbers by their type. */
const lines = (answers: unknown[] | undefined): string =>
  (answers ?? []).map((answer) => JSON.stringify(answer)).join('\n');

async function expectRecorded(each: Case, recording: Recording): Promise<void> {
  const { recorded } = await runCase(client, each);
  expect(lines(recorded)).toBe(lines(recording.answers[each.name]));
}

async function expectRefused(each: Case): Promise<void> {
  const { raw } = await runCase(client, each);
  expect(raw.map(refusalOf)).toContain(each.refusedByEmbedded);
}

describe.each(themes)('$name', ({ name, cases }) => {
  const recording = readRecording(join(__dirname, 'recorded'), name);

  it('has a recorded answer for each case and no other', () => {
    expect(Object.keys(recording.answers)).toEqual(cases.map((each) => each.name));
  });

  for (const each of cases) {
    const refuses = each.refusedByEmbedded !== undefined && !otherServer;
    it(refuses ? `refuses: ${each.name}` : each.name, () =>
      refuses ? expectRefused(each) : expectRecorded(each, recording),
    );
  }
});
