const LONGEST_BLOCK = 512;

/** How many items at the beginning are below something. */
function search<T>(items: readonly T[], isBelow: (item: T) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBelow(items[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Items in order, in blocks that are short enough to be changed quickly. */
export class SortedList<T> {
  private readonly blocks: T[][] = [];

  constructor(private readonly isBefore: (a: T, b: T) => boolean) {}

  /** Where the first item is that is not below: its block, maybe behind its end, and its position there. */
  private seek(isBelow: (item: T) => boolean): [block: number, position: number] {
    const block = Math.max(0, search(this.blocks, (items) => isBelow(items[0] as T)) - 1);
    return [block, search(this.blocks[block] ?? [], isBelow)];
  }

  /** Takes many items into an empty list, which is far quicker than one by one. */
  fill(items: T[]): void {
    items.sort((a, b) => (this.isBefore(a, b) ? -1 : 1));
    for (let at = 0; at < items.length; at += LONGEST_BLOCK / 2)
      this.blocks.push(items.slice(at, at + LONGEST_BLOCK / 2));
  }

  insert(item: T): void {
    const [block, position] = this.seek((other) => this.isBefore(other, item));
    const items = (this.blocks[block] ??= []);
    items.splice(position, 0, item);
    if (items.length > LONGEST_BLOCK) this.blocks.splice(block + 1, 0, items.splice(LONGEST_BLOCK / 2));
  }

  /** Removes the item that is neither before nor after the given one. */
  remove(item: T): void {
    let [block, position] = this.seek((other) => this.isBefore(other, item));
    if (position === this.blocks[block]?.length) [block, position] = [block + 1, 0];
    const items = this.blocks[block] as T[];
    items.splice(position, 1);
    if (items.length === 0) this.blocks.splice(block, 1);
  }

  /** The items from the first that is not below on; the list must not change meanwhile. */
  *upwards(isBelow: (item: T) => boolean): Generator<T, void> {
    const [block, position] = this.seek(isBelow);
    yield* (this.blocks[block] ?? []).slice(position);
    for (const items of this.blocks.slice(block + 1)) yield* items;
  }

  /** The items that are below, the last first. */
  *downwards(isBelow: (item: T) => boolean): Generator<T, void> {
    const [block, position] = this.seek(isBelow);
    yield* (this.blocks[block] ?? []).slice(0, position).reverse();
    for (const items of this.blocks.slice(0, block).reverse()) yield* [...items].reverse();
  }

  /** How many items are below. */
  count(isBelow: (item: T) => boolean): number {
    const [block, position] = this.seek(isBelow);
    return this.blocks.slice(0, block).reduce((sum, { length }) => sum + length, position);
  }
}
