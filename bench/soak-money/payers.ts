export interface Trade {
  out_trade_no: string;
  state: string;
  total: number;
}

/** The payers' side of the sandbox. */
export class Payers {
  lost = 0;
  doubled = 0;

  constructor(private readonly sandboxUrl: string) {}

  /** Pays; of ten notices two get lost and two come twice. */
  async pay(orderNo: string, chance: number): Promise<void> {
    const times = chance < 0.2 ? 0 : chance < 0.4 ? 2 : 1;
    if (times === 0) this.lost += 1;
    if (times === 2) this.doubled += 1;
    await this.order('pay', { out_trade_no: orderNo, times, atOnce: true });
  }

  async trades(): Promise<Trade[]> {
    return (await (await fetch(`${this.sandboxUrl}/_control/trades`)).json()) as Trade[];
  }

  async order(name: string, body: object): Promise<void> {
    const response = await fetch(`${this.sandboxUrl}/_control/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
  }
}
