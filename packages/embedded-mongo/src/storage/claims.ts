/** Who claims: writes under way, and the promise that they have ended. */
export interface Claimant {
  readonly ended: Promise<void>;
}

/** What open transactions have claimed: documents they wrote and unique keys they took. */
export class Claims {
  private readonly owners = new Map<string, Claimant>();

  /** Takes a claim, or finds who has it. */
  owner(key: string): Claimant | undefined {
    return this.owners.get(key);
  }

  take(key: string, claimant: Claimant): void {
    this.owners.set(key, claimant);
  }

  release(keys: Iterable<string>): void {
    for (const key of keys) this.owners.delete(key);
  }
}

/** A write outside of a transaction met a document that an open transaction has written: it has to wait. */
export class BlockedByTransaction extends Error {
  constructor(readonly ended: Promise<void>) {
    super('blocked by an open transaction');
  }
}
