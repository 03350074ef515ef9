import { refusal } from './refusals';

/** `<who>.<nonce>`: whose code it is, and what makes each one different. */
const CODE = /^([\w-]{1,64})\.([\w.-]{1,128})$/;
const REMEMBERED = 100_000;

/** Codes that a client hands out and that are good for one exchange. */
export class OneTimeCodes {
  private readonly used = new Set<string>();

  /** @param usedErrcode what a code answers from its second use on */
  constructor(private readonly usedErrcode: number) {}

  /**
   * Whose code it is; the code is used up by this.
   * @throws Refusal 41008 without a code, 40029 for `bad` and anything malformed, -1 for `busy`
   */
  redeem(code: unknown, isOwner: (owner: string) => boolean = () => true): string {
    if (code === undefined || code === '') throw refusal(41008);
    if (code === 'busy') throw refusal(-1);
    const owner = typeof code === 'string' ? CODE.exec(code)?.[1] : undefined;
    if (!owner || !isOwner(owner)) throw refusal(40029);
    this.use(code as string);
    return owner;
  }

  reset(): void {
    this.used.clear();
  }

  private use(code: string): void {
    if (this.used.has(code)) throw refusal(this.usedErrcode);
    this.used.add(code);
    const oldest = this.used.values().next();
    if (this.used.size > REMEMBERED && !oldest.done) this.used.delete(oldest.value);
  }
}
