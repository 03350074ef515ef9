const LONGEST_BLOCK = 512;

/** How many texts at the beginning are below another; a block is placed by its first one. */
function search(items: readonly (string | string[])[], key: string): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle] as string | string[];
    if ((typeof item === 'string' ? item : (item[0] as string)) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Texts in order, in blocks that are short enough to be changed quickly. */
export class SortedList {
  private readonly blocks: string[][] = [];

  /** Where the first text is that is not below the key: its block, maybe behind its end, and its position there. */
  private seek(key: string): [block: number, position: number] {
    const block = Math.max(0, search(this.blocks, key) - 1);
    return [block, search(this.blocks[block] ?? [], key)];
  }

  /** Takes many texts into an empty list, which is far quicker than one by one. */
  load(items: string[]): void {
    items.sort();
    for (let at = 0; at < items.length; at += LONGEST_BLOCK / 2)
      this.blocks.push(items.slice(at, at + LONGEST_BLOCK / 2));
  }

  insert(item: string): void {
    const [block, position] = this.seek(item);
    const items = (this.blocks[block] ??= []);
    items.splice(position, 0, item);
    if (items.length > LONGEST_BLOCK) this.blocks.splice(block + 1, 0, items.splice(LONGEST_BLOCK / 2));
  }

  remove(item: string): void {
    let [block, position] = this.seek(item);
    if (position === this.blocks[block]?.length) [block, position] = [block + 1, 0];
    const items = this.blocks[block] as string[];
    items.splice(position, 1);
    if (items.length === 0) this.blocks.splice(block, 1);
  }

  /** The texts from a key on; the list must not change meanwhile. */
  *upwards(from: string): Generator<string, void> {
    const [block, position] = this.seek(from);
    yield* (this.blocks[block] ?? []).slice(position);
    for (let next = block + 1; next < this.blocks.length; next++) yield* this.blocks[next] as string[];
  }

  /** The texts below a key, the last first. */
  *downwards(to: string): Generator<string, void> {
    const [block, position] = this.seek(to);
    yield* (this.blocks[block] ?? []).slice(0, position).reverse();
    for (let next = block - 1; next >= 0; next--) yield* (this.blocks[next] as string[]).toReversed();
  }

  /** How many texts are below a key. */
  count(key: string): number {
    const [block, position] = this.seek(key);
    return this.blocks.slice(0, block).reduce((sum, { length }) => sum + length, position);
  }
}
