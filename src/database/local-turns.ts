/** Longer than this nobody waits for the others: that they go one after another spares work, it decides nothing. */
const PATIENCE_MS = 3000;

/** Has those of this process that would get in each other's way go one after another, in the order of their coming. */
export class LocalTurns {
  private readonly last = new Map<string, Promise<void>>();

  /** Waits for those who came before. @returns what to call when one is through */
  async take(name: string): Promise<() => void> {
    const before = this.last.get(name) ?? Promise.resolve();
    let leave: () => void = () => undefined;
    const through = new Promise<void>((resolve) => (leave = resolve));
    const all = before.then(() => through);
    this.last.set(name, all);
    void this.forget(name, all);
    await withPatience(before);
    return leave;
  }

  /** Once all are through, and nobody has come after them. */
  private async forget(name: string, all: Promise<void>): Promise<void> {
    await all;
    if (this.last.get(name) === all) this.last.delete(name);
  }
}

async function withPatience(turn: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
  await Promise.race([turn, enough]);
  clearTimeout(timer);
}
