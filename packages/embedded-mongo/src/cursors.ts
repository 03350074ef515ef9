import { calculateObjectSize, Long } from 'bson';
import type { Doc } from './bson';
import { need } from './errors';
import { IDLE_MS } from './sessions';
import { MAX_DOCUMENT_BYTES } from './writes';

const FIRST_BATCH = 101;
/** What bson encodes at once is a little more; each document has a number there. */
const [BATCH_BYTES, NUMBER_BYTES] = [MAX_DOCUMENT_BYTES, 10];

/** Documents, of which those from a position on are still to come. */
type Cursor = { ns: string; docs: readonly Doc[]; at: number; isLimited: boolean; lastUsed: number };

/** Results that are fetched batch by batch. */
export class Cursors {
  private readonly open = new Map<string, Cursor>();
  private nextId = Date.now();

  /** The answer with the first batch, and with a cursor for what remains. */
  start(ns: string, docs: readonly Doc[], { batchSize, singleBatch, limit }: Doc): Doc {
    const id = Long.fromNumber(this.nextId++);
    this.open.set(String(id), { ns, docs, at: 0, isLimited: docs.length === limit, lastUsed: 0 });
    return this.read(id, ns, 'firstBatch', Number(batchSize ?? FIRST_BATCH), singleBatch === true);
  }

  /** The answer with a batch. @throws ServerError 43 when there is no such cursor, 13 when it is another collection's */
  read(id: Long, ns: string, name: string, batchSize: number, isLast: boolean): Doc {
    const cursor = this.open.get(String(id));
    need(cursor, 43, `cursor id ${String(id)} not found`);
    need(cursor.ns === ns, 13, `the cursor belongs to ${cursor.ns}, not to ${ns}`);
    const batch: Doc[] = [];
    for (let bytes = 0; batch.length < batchSize && cursor.at < cursor.docs.length; cursor.at += 1) {
      const doc = cursor.docs[cursor.at] as Doc;
      const size = calculateObjectSize(doc);
      need(size <= MAX_DOCUMENT_BYTES, 10334, `a result of ${size} bytes is larger than 16 MB`);
      bytes += size + NUMBER_BYTES;
      if (batch.length > 0 && bytes > BATCH_BYTES) break;
      batch.push(doc);
    }
    cursor.lastUsed = Date.now();
    // A full batch leaves its cursor open even if nothing follows, unless the limit is reached.
    const isAtEnd = cursor.at === cursor.docs.length && (cursor.isLimited || batch.length < batchSize);
    if (isAtEnd || isLast) this.kill(id);
    return { cursor: { id: isAtEnd || isLast ? Long.ZERO : id, ns, [name]: batch }, ok: 1 };
  }

  kill(id: Long): boolean {
    return this.open.delete(String(id));
  }

  forgetIdle(now: number): void {
    for (const [id, { lastUsed }] of this.open) if (now - lastUsed > IDLE_MS) this.open.delete(id);
  }
}
