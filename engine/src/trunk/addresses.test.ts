import { describe, expect, it } from 'vitest';
import { AddressSet, plainAddress, readRange } from './addresses.ts';

describe('a trunk’s addresses', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['192.0.2.0/24', '192.0.2.255', true],
    ['192.0.2.0/24', '192.0.3.0', false],
    ['192.0.2.0/24', '::ffff:192.0.2.9', true],
    ['::ffff:192.0.2.9', '192.0.2.9', true],
    ['0.0.0.0/0', '198.51.100.1', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/32', '2001:DB8:0:1::5', true],
    ['2001:db8::1', '2001:0db8:0:0::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['fe80::1', 'fe80::1%eth0', true],
    ['nonsense', '192.0.2.1', false],
    ['192.0.2.0/24', 'nonsense', false],
  ])('%s has %s: %s', (range, address, expected) => {
    expect(new AddressSet([range]).has(address)).toBe(expected);
  });

  it.each(['', '192.0.2', '192.0.2.0/33', '192.0.2.0/', '192.0.2.0/24/8', '2001:db8::/129'])(
    'are no ranges: %j',
    (text) => expect(readRange(text)).toBeNull(),
  );

  it('are compared as they are meant', () => {
    expect(plainAddress('::FFFF:192.0.2.1')).toBe('192.0.2.1');
    expect(plainAddress('0:0:0:0:0:ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(plainAddress('2001:DB8::1')).toBe('2001:db8::1');
  });
});
