/** The last `limit` entries, oldest first: a sandbox that runs for weeks must not grow. */
export class Recent<Entry> {
  private entries: Entry[] = [];

  constructor(private readonly limit: number) {}

  add(entry: Entry): void {
    this.entries.push(entry);
    if (this.entries.length > this.limit) this.entries.shift();
  }

  list(): readonly Entry[] {
    return this.entries;
  }

  reset(): void {
    this.entries = [];
  }
}
