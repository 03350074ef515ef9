import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Pages are tried where there is a Chromium (Debian's package, or the one that CHROMIUM names). */
export const inBrowser = existsSync(EXECUTABLE) ? describe : describe.skip;

/** A camera and a microphone that are not there, and a person who allows whatever they are asked. */
export const FAKE_DEVICES = ['--use-fake-device-for-media-stream'];
export const ALLOWING = [...FAKE_DEVICES, '--use-fake-ui-for-media-stream'];

/** A headless browser that asks nothing of the internet. */
export function openBrowser(more: string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
}
