import { isIPv6 } from 'node:net';

const GROUPS = 8;
/** Of the eight groups of an IPv6 address, those that its provider has given out; the device makes up the others. */
const NETWORK_GROUPS = 4;
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * What counts as one client where callers are counted by their address: an IPv4 address, or the /64 network of an IPv6
 * one, since whoever has one of its addresses has all 2^64 of them. Anything else is taken as it is.
 */
export function clientNetwork(address: string): string {
  // most addresses are IPv4, and this stands in every request's way
  if (!address.includes(':')) return address;
  const [, mapped] = MAPPED.exec(address) ?? [];
  if (mapped) return mapped;
  const [plain = ''] = address.split('%');
  if (!isIPv6(plain)) return address;
  const network = groupsOf(plain).slice(0, NETWORK_GROUPS);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** All eight groups, those that `::` stands for too. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = withoutDots(address)
    .split('::')
    .map((part) => (part === '' ? [] : part.split(':')));
  if (tail === undefined) return head as string[];
  return [...head, ...Array<string>(GROUPS - head.length - tail.length).fill('0'), ...tail];
}

/** The last two groups may be written as an IPv4 address; what they are does not matter here. */
function withoutDots(address: string): string {
  return address.replace(/\d+\.\d+\.\d+\.\d+$/, '0:0');
}
