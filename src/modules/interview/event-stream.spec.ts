import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { EventStream } from './event-stream';

/** A stream behind a server, and a reader of it that reads when it is told to. */
async function served(): Promise<{ stream: EventStream; reader: IncomingMessage; stop: () => void }> {
  const stream = new EventStream();
  const server = createServer((_request, response) => pipeline(stream, response, () => undefined));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  const [reader] = (await once(request, 'response')) as [IncomingMessage];
  reader.on('error', () => undefined);
  return {
    stream,
    reader,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function textOf(reader: IncomingMessage): Promise<string> {
  let text = '';
  reader.setEncoding('utf8');
  for await (const chunk of reader) text += String(chunk);
  return text;
}

describe('a stream of events', () => {
  it('writes events, heartbeats and how soon to come again, and ends', async () => {
    const { stream, reader, stop } = await served();
    stream.event('room', '{"a":"\\n中"}');
    stream.heartbeat();
    stream.event('room', '{}');
    stream.end();
    stream.event('room', '{"late":true}');
    stream.heartbeat();
    stream.end();
    expect(await textOf(reader)).toBe(
      'retry: 2000\n\nevent: room\ndata: {"a":"\\n中"}\n\n:\n\nevent: room\ndata: {}\n\n',
    );
    await pause(0);
    expect(stream.destroyed).toBe(true);
    stop();
  });

  it('drops a reader that does not read, instead of keeping everything for it', async () => {
    const { stream, reader, stop } = await served();
    reader.pause();
    const event = JSON.stringify('x'.repeat(8 * 1024));
    let sent = 0;
    // what the two sockets hold is the kernel's; beyond it little may wait
    while (!stream.destroyed && sent < 64 * 1024 * 1024) {
      stream.event('room', event);
      sent += event.length;
      expect(stream.readableLength).toBeLessThan(80 * 1024);
      await pause(0);
    }
    expect(stream.destroyed).toBe(true);
    stop();
  });

  it('keeps a reader that reads, however much there is', async () => {
    const { stream, reader, stop } = await served();
    const event = JSON.stringify('x'.repeat(8 * 1024));
    const text = textOf(reader);
    for (let i = 0; i < 1000; i++) {
      stream.event('room', event);
      while (stream.readableLength > 16 * 1024) await pause(0);
    }
    stream.end();
    expect((await text).length).toBeGreaterThan(8 * 1024 * 1000);
    stop();
  });

  it('does not wait for long for a reader to take the end', async () => {
    jest.useFakeTimers();
    const stream = new EventStream();
    stream.end();
    expect(stream.destroyed).toBe(false);
    jest.advanceTimersByTime(2000);
    expect(stream.destroyed).toBe(true);
    jest.useRealTimers();
  });
});
