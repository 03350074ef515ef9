import { parseArgs } from 'node:util';

export interface SoakOptions {
  orders: number;
  members: number;
  /** how often an instance is ended with kill -9 */
  kills: number;
  /** buyers at work at a time */
  buyers: number;
  /** so long after the last order everything must be settled */
  settleSeconds: number;
}

export const USAGE = `Usage: npm run soak:money -- [options]
  --orders N          orders in all (500)
  --members N         members that make them (50)
  --kills N           how often one of two instances is ended with kill -9 (5)
  --buyers N          buyers at work at a time (8)
  --settle-seconds N  how long lost notices may take to be found (420)
SOAK_MONGODB_URI names a real MongoDB; without it the embedded server is started.
Exits with 1 when anything is not as it should be.`;

/** @throws {Error} naming the option that is wrong */
export function readOptions(args: string[]): SoakOptions | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      orders: { type: 'string', default: '500' },
      members: { type: 'string', default: '50' },
      kills: { type: 'string', default: '5' },
      buyers: { type: 'string', default: '8' },
      'settle-seconds': { type: 'string', default: '420' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    orders: wholeNumber('--orders', values.orders),
    members: Math.max(1, wholeNumber('--members', values.members)),
    kills: wholeNumber('--kills', values.kills),
    buyers: Math.max(1, wholeNumber('--buyers', values.buyers)),
    settleSeconds: wholeNumber('--settle-seconds', values['settle-seconds']),
  };
}

function wholeNumber(name: string, value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw new Error(`${name}: a whole number, not ${value}`);
  return number;
}
