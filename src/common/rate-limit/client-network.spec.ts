import fc from 'fast-check';
import { clientNetwork } from './client-network';

const group = fc.integer({ min: 0, max: 0xffff });
const groups = (count: number) => fc.array(group, { minLength: count, maxLength: count });

/** An address as this or that program writes it. */
function written(address: number[], style: { upper: boolean; padded: boolean; shortened: boolean }): string {
  const texts = address.map((value) => value.toString(16).padStart(style.padded ? 4 : 1, '0'));
  const text = style.shortened ? shortened(texts) : texts.join(':');
  return style.upper ? text.toUpperCase() : text;
}

/** With `::` for the first row of zeros. */
function shortened(texts: string[]): string {
  const from = texts.findIndex((text) => /^0+$/.test(text));
  if (from < 0) return texts.join(':');
  let to = from;
  while (to < texts.length && /^0+$/.test(texts[to]!)) to++;
  return `${texts.slice(0, from).join(':')}::${texts.slice(to).join(':')}`;
}

const styles = fc.record({ upper: fc.boolean(), padded: fc.boolean(), shortened: fc.boolean() });

describe('the network that counts as one client', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:DB8:0:0:ffff:1:2:3', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['64:ff9b::203.0.113.7', '64:ff9b:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['', ''],
    ['unknown', 'unknown'],
    ['not:an:address', 'not:an:address'],
  ])('of %j is %j', (address, network) => {
    expect(clientNetwork(address)).toBe(network);
  });

  it('is the same for all addresses of a /64, however they are written', () => {
    fc.assert(
      fc.property(groups(4), groups(4), groups(4), styles, styles, (network, one, other, a, b) => {
        expect(clientNetwork(written([...network, ...one], a))).toBe(
          clientNetwork(written([...network, ...other], b)),
        );
      }),
    );
  });

  it('is another one for addresses of other networks', () => {
    fc.assert(
      fc.property(groups(8), groups(8), styles, styles, (one, other, a, b) => {
        fc.pre(one.slice(0, 4).join() !== other.slice(0, 4).join());
        expect(clientNetwork(written(one, a))).not.toBe(clientNetwork(written(other, b)));
      }),
    );
  });
});
