import { existsSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Settings } from '../../src/config/settings';
import { LocalStorage } from '../../src/platforms/storage/local-storage';
import type { LocalFile, ObjectStorage } from '../../src/platforms/storage/object-storage';
import { S3Storage } from '../../src/platforms/storage/s3-storage';
import { TestS3 } from '../support/s3';

const directory = mkdtempSync(join(tmpdir(), 'homecare-storage-'));

let count = 0;
function fileOf(content: Buffer | string): LocalFile {
  const path = join(directory, `source-${count++}`);
  writeFileSync(path, content);
  return { path, size: Buffer.byteLength(content), mimeType: 'image/jpeg' };
}

async function textOf(stream: Readable | null): Promise<string | null> {
  if (!stream) return null;
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function keysOf(storage: ObjectStorage, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of storage.list(prefix)) keys.push(key);
  return keys.sort();
}

const settingsOf = (environment: Record<string, string>) =>
  Settings.load({ JWT_SECRET: 'a secret of the tests, long enough for HS256', ...environment });

describe.each(['local', 's3'] as const)('the %s storage', (driver) => {
  let s3: TestS3 | undefined;
  let storage: ObjectStorage;
  beforeAll(async () => {
    s3 = driver === 's3' ? await TestS3.start() : undefined;
    storage = s3
      ? new S3Storage(settingsOf(s3.environment()).storageS3!)
      : new LocalStorage(join(directory, 'objects'));
  });
  afterAll(() => s3?.stop());

  it('gives back what was put, whole and in parts', async () => {
    await storage.put('objects/a/file.jpg', fileOf('0123456789'));
    expect(await textOf(await storage.get('objects/a/file.jpg'))).toBe('0123456789');
    expect(await textOf(await storage.get('objects/a/file.jpg', { start: 0, end: 0 }))).toBe('0');
    expect(await textOf(await storage.get('objects/a/file.jpg', { start: 3, end: 9 }))).toBe('3456789');
  });

  it('keeps megabytes as they are', async () => {
    const content = Buffer.alloc(6 * 1024 * 1024, 'homecare ');
    await storage.put('objects/b/file.mp4', fileOf(content));
    expect(await textOf(await storage.get('objects/b/file.mp4'))).toBe(content.toString());
  });

  it('has nothing under a key that nothing was put under', async () => {
    expect(await storage.get('objects/none/file.jpg')).toBeNull();
    expect(await storage.get('objects/none/file.jpg', { start: 0, end: 1 })).toBeNull();
  });

  it('removes an object, and does not mind when it is gone already', async () => {
    await storage.put('objects/c/file.jpg', fileOf('x'));
    await storage.delete('objects/c/file.jpg');
    await storage.delete('objects/c/file.jpg');
    expect(await storage.get('objects/c/file.jpg')).toBeNull();
  });

  it('lists what begins with a prefix, however much that is', async () => {
    const names = Array.from({ length: 25 }, (_, i) => `objects/d/${i}.jpg`);
    for (const name of names) await storage.put(name, fileOf('x'));
    await storage.put('objects/da/other.jpg', fileOf('x'));
    expect(await keysOf(storage, 'objects/d/')).toEqual([...names].sort());
    expect(await keysOf(storage, 'objects/d/1')).toHaveLength(11);
    expect(await keysOf(storage, 'objects/nothing/')).toEqual([]);
  });

  it.each([
    '../secret',
    'objects/../../secret',
    '/etc/passwd',
    'objects//x',
    'objects/.hidden',
    'objects/a\u0000b',
    'objects/ä',
    'objects\\x',
    'x',
    `objects/${'x'.repeat(200)}`,
  ])('has no key %j', async (key) => {
    await expect(storage.put(key, fileOf('x'))).rejects.toThrow('not a key');
    await expect(storage.get(key)).rejects.toThrow('not a key');
    await expect(storage.delete(key)).rejects.toThrow('not a key');
  });
});

describe('the local storage on a disk', () => {
  it('has flushed bytes, name and new directories when it says that a file is stored', async () => {
    const root = mkdtempSync(join(directory, 'flushed-'));
    const target = join(root, 'objects/ab/c/file.jpg');
    const handle = await open(directory);
    const prototype = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    /** What was flushed, in order, and whether the object had its name by then. */
    const flushed: [inode: number, named: boolean][] = [];
    const sync = Object.getOwnPropertyDescriptor(prototype, 'sync')?.value as FileHandle['sync'];
    jest.spyOn(prototype, 'sync').mockImplementation(async function (this: FileHandle) {
      flushed.push([(await this.stat()).ino, existsSync(target)]);
      await sync.call(this);
    });
    const file = fileOf('0123456789');
    const { ino } = statSync(file.path);
    await new LocalStorage(root).put('objects/ab/c/file.jpg', file);
    await new LocalStorage(root).put('objects/ab/c/file-2.jpg', fileOf('x'));
    jest.restoreAllMocks();
    const inodes = ['objects/ab/c', 'objects/ab', 'objects', ''].map(
      (path) => statSync(join(root, path)).ino,
    );
    expect(flushed.slice(0, 5)).toEqual([[ino, false], ...inodes.map((inode) => [inode, true])]);
    expect(flushed.slice(5).map(([inode]) => inode)).toEqual([
      statSync(join(root, 'objects/ab/c/file-2.jpg')).ino,
      inodes[0],
    ]);
  });

  it('takes a file from another file system whole, and nothing of one that is gone', async () => {
    const elsewhere = ['/dev/shm', '/run/shm'].find((path) => existsSync(path));
    if (!elsewhere || statSync(elsewhere).dev === statSync(directory).dev) return;
    const storage = new LocalStorage(join(mkdtempSync(join(elsewhere, 'homecare-')), 'objects'));
    await storage.put('objects/a/file.jpg', fileOf('0123456789'));
    expect(await textOf(await storage.get('objects/a/file.jpg'))).toBe('0123456789');
    const gone = { path: join(directory, 'gone'), size: 1, mimeType: 'image/jpeg' };
    await expect(storage.put('objects/a/gone.jpg', gone)).rejects.toThrow('ENOENT');
    expect(await keysOf(storage, 'objects/')).toEqual(['objects/a/file.jpg']);
  });

  it('lets nobody else on the machine read', async () => {
    const root = join(directory, 'closed');
    await new LocalStorage(root).put('objects/a/file.jpg', fileOf('x'));
    expect(statSync(root).mode & 0o077).toBe(0);
    expect(readdirSync(root)).toEqual(['objects']);
  });
});

describe('an S3 storage that has troubles', () => {
  const servers: Server[] = [];
  afterAll(() => servers.forEach((server) => void server.close()));

  /** An S3 that answers the first requests with these statuses and then with 200; counts what it was sent. */
  async function troubled(...statuses: number[]) {
    const received: { method?: string; headers: NodeJS.Dict<string | string[]>; bytes: number }[] = [];
    const server = createServer((request, response) => {
      let bytes = 0;
      request.on('data', (chunk: Buffer) => (bytes += chunk.length));
      request.on('end', () => {
        received.push({ method: request.method, headers: request.headers, bytes });
        response.writeHead(statuses.shift() ?? 200, { etag: '"x"' }).end();
      });
    });
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const storage = new S3Storage({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      bucket: 'b',
      accessKeyId: 'id',
      secretAccessKey: 'secret',
      forcePathStyle: true,
    });
    return { storage, received };
  }

  it('is sent the whole file again when it was busy, and never what it does not know', async () => {
    const { storage, received } = await troubled(503, 500);
    await storage.put('objects/a/file.jpg', fileOf('0123456789'));
    expect(received.map(({ bytes }) => bytes)).toEqual([10, 10, 10]);
    for (const { headers } of received) {
      expect(headers).toMatchObject({ 'content-length': '10', 'content-type': 'image/jpeg' });
      expect(Object.keys(headers).filter((name) => /checksum|trailer/.test(name))).toEqual([]);
    }
  });

  it('is given up after three attempts, with an answer that the caller understands', async () => {
    const { storage, received } = await troubled(503, 503, 503, 503, 503);
    await expect(storage.put('objects/a/file.jpg', fileOf('x'))).rejects.toMatchObject({
      code: 'UPSTREAM_ERROR',
    });
    expect(received).toHaveLength(3);
  });

  it('is not asked twice what it has refused', async () => {
    const { storage, received } = await troubled(403, 403);
    await expect(storage.put('objects/a/file.jpg', fileOf('x'))).rejects.toMatchObject({
      code: 'UPSTREAM_ERROR',
    });
    expect(received).toHaveLength(1);
  });

  it('is an upstream error when it cannot be reached', async () => {
    const { storage } = await troubled();
    await new Promise((done) => servers.at(-1)!.close(done));
    await expect(storage.get('objects/a/file.jpg')).rejects.toMatchObject({ code: 'UPSTREAM_ERROR' });
    await expect(storage.delete('objects/a/file.jpg')).rejects.toMatchObject({ code: 'UPSTREAM_ERROR' });
    await expect(keysOf(storage, 'objects/')).rejects.toMatchObject({ code: 'UPSTREAM_ERROR' });
  });
});
