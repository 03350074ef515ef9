import { refusal } from '../wechat-shared/refusals';

const WELL_FORMED = /^[\w-]+(\/[\w.-]+)*$/;
const UNKNOWN = 'pages/unknown';

/** The pages that the mini-program has: those of a list, or all but those that begin with `pages/unknown`. */
export class Pages {
  private known: ReadonlySet<string> | null = null;

  limitTo(pages: readonly string[] | null): void {
    this.known = pages && new Set(pages);
  }

  /** @throws Refusal 41030 for a leading slash, a query, or (if it must exist) a page there is none of */
  check(page: unknown, mustExist: boolean): void {
    if (typeof page !== 'string' || !WELL_FORMED.test(page)) throw refusal(41030);
    const exists = this.known ? this.known.has(page) : !page.startsWith(UNKNOWN);
    if (mustExist && !exists) throw refusal(41030);
  }
}
