export const FAULT_KINDS = ['error', 'slow', 'hang', 'drop'] as const;

export interface Fault {
  platform: string;
  /** The platform's path; every route of the platform without it. */
  route?: string | undefined;
  /** error: an error answer; slow: a late answer; hang: none; drop: the connection closes. */
  kind: (typeof FAULT_KINDS)[number];
  /** How many calls it still spoils. */
  count: number;
  /** error: the platform's code. */
  errcode?: number | string | undefined;
  /** error: an HTTP status instead of a code. */
  status?: number | undefined;
  /** slow: how late. */
  delayMs: number;
  /** Whether the call is carried out before it goes wrong. */
  when: 'before' | 'after';
}

/** What has been told to go wrong. */
export class Faults {
  private planned: Fault[] = [];

  plan(fault: Fault): void {
    this.planned.push({ ...fault });
  }

  /** The first fault that concerns this call, which thereby has one call less to spoil. */
  take(platform: string, route: string): Fault | undefined {
    const fault = this.planned.find((one) => one.platform === platform && (one.route ?? route) === route);
    if (!fault) return undefined;
    fault.count -= 1;
    if (fault.count <= 0) this.planned = this.planned.filter((one) => one !== fault);
    return fault;
  }

  list(): readonly Fault[] {
    return this.planned;
  }

  reset(): void {
    this.planned = [];
  }
}
