import { randomUUID } from 'node:crypto';
import { type Dirent } from 'node:fs';
import { copyFile, type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { type ByteRange, checkedKey, type LocalFile, ObjectStorage } from './object-storage';

/** What is being copied in from another file system; never a key, which begins with a letter or digit. */
const DRAFT_PREFIX = '.draft-';

const CANNOT_FLUSH_NAMES: (string | undefined)[] = ['EINVAL', 'EPERM', 'EISDIR', 'ENOTSUP'];

/** Objects as files below one directory. Instances on several machines need that directory to be a shared one. */
export class LocalStorage extends ObjectStorage {
  private readonly root: string;

  constructor(directory: string) {
    super();
    this.root = resolve(directory);
  }

  /** When it returns, a machine that stops loses neither the bytes nor their name. */
  async put(key: string, file: LocalFile): Promise<void> {
    const target = this.pathOf(key);
    const firstMade = await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await flush(file.path);
    try {
      await rename(file.path, target);
    } catch (error) {
      if (codeOf(error) !== 'EXDEV') throw error;
      await this.copyIn(file.path, target);
    }
    await flushNames(dirname(target), firstMade);
  }

  async get(key: string, range?: ByteRange): Promise<Readable | null> {
    const handle = await open(this.pathOf(key), 'r').catch(nullIfMissing);
    return handle ? streamOf(handle, range) : null;
  }

  async delete(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  async *list(prefix: string): AsyncIterable<string> {
    const directory = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    const entries: Dirent[] = await readdir(join(this.root, directory), { withFileTypes: true }).catch(
      (error: unknown) => nullIfMissing(error) ?? [],
    );
    for (const entry of entries) {
      const key = directory + entry.name;
      if (!key.startsWith(prefix) || entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) yield* this.list(`${key}/`);
      else yield key;
    }
  }

  /** A reader sees the whole file or none, and a crash leaves nothing under the key. */
  private async copyIn(source: string, target: string): Promise<void> {
    const draft = join(dirname(target), `${DRAFT_PREFIX}${randomUUID()}`);
    try {
      await copyFile(source, draft);
      await flush(draft);
      await rename(draft, target);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  private pathOf(key: string): string {
    return join(this.root, checkedKey(key));
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The names in a directory, and those of the directories that had to be made for it. */
async function flushNames(directory: string, firstMade: string | undefined): Promise<void> {
  const last = firstMade === undefined ? directory : dirname(firstMade);
  for (let at = directory; ; at = dirname(at)) {
    // not every file system knows how to; then there is nothing that could be done
    await flush(at).catch((error: unknown) => {
      if (!CANNOT_FLUSH_NAMES.includes(codeOf(error))) throw error;
    });
    if (at === last) return;
  }
}

function streamOf(handle: FileHandle, range: ByteRange | undefined): Readable {
  return handle.createReadStream({ ...range, highWaterMark: 256 * 1024 });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}

function nullIfMissing(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
}
