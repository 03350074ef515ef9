import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { environmentSchema } from './environment';
import { Settings } from './settings';

const ROOT = resolve(__dirname, '../..');

interface Entry {
  name: string;
  value: string;
  comment: string | undefined;
}

/** The settings of .env.example, each with the line above it. */
function exampleEntries(): Entry[] {
  const lines = readFileSync(join(ROOT, '.env.example'), 'utf8').split('\n');
  return lines.flatMap((line, at) => {
    const [, name, value = ''] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
    return name ? [{ name, value, comment: lines[at - 1] }] : [];
  });
}

describe('.env.example', () => {
  const entries = exampleEntries();

  it('lists exactly the settings that the service reads', () => {
    expect(entries.map(({ name }) => name).sort()).toEqual(Object.keys(environmentSchema.shape).sort());
  });

  it.each(entries)('explains $name', ({ comment }) => {
    expect(comment).toMatch(/^# \S.{5,}/);
  });

  it('shows the defaults and holds no secret', () => {
    const given = Object.fromEntries(entries.map(({ name, value }) => [name, value]));
    const secret = 'cMZ3xv0Hq6mXyJ8sL1tR5nB7wK9pD2fG';
    expect(Settings.load({ ...given, JWT_SECRET: secret }).env).toEqual(
      Settings.load({ JWT_SECRET: secret }).env,
    );
    expect(given).toMatchObject({ JWT_SECRET: '', ADMIN_PASSWORD: '', METRICS_TOKEN: '' });
  });
});

describe('process.env', () => {
  /** Programs are started with an environment and hand it on; everything else is given its settings. */
  const PROGRAMS = [/^config\/process-environment\.ts$/, /^cli\/[\w-]+\.ts$/];

  it('is read by the programs alone', () => {
    const readers = (readdirSync(join(ROOT, 'src'), { recursive: true }) as string[])
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
      .filter((file) =>
        /process\s*(\.|\?\.|\[\s*['"`])\s*env\b/.test(readFileSync(join(ROOT, 'src', file), 'utf8')),
      );
    expect(readers).toContain('config/process-environment.ts');
    expect(readers.filter((file) => !PROGRAMS.some((program) => program.test(file)))).toEqual([]);
  });
});
