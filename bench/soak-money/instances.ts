import { ServerProcess } from '../server-process';
import type { Front } from './front';

const READY = '/api/health/ready';

/** Two instances of the service behind one front. */
export class Instances {
  private readonly running: ServerProcess[] = [];
  kills = 0;

  constructor(
    private readonly script: string,
    private readonly environment: Record<string, string>,
    private readonly front: Front,
  ) {}

  async start(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) await this.add();
  }

  /** Ends one with kill -9, in the midst of whatever it does, and starts another one in its place. */
  async replaceOne(): Promise<void> {
    const victim = this.running.shift();
    if (!victim) return;
    // the front finds out by itself, as it would
    victim.kill();
    this.kills += 1;
    await new Promise((pass) => setTimeout(pass, 500));
    this.leadFront();
    await this.add();
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map((instance) => instance.stop()));
  }

  private async add(): Promise<void> {
    this.running.push(await ServerProcess.start(this.script, this.environment, READY));
    this.leadFront();
  }

  private leadFront(): void {
    this.front.leadTo(this.running.map(({ url }) => url));
  }
}
