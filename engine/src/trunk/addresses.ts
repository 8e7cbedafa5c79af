import { BlockList, isIP, isIPv4 } from 'node:net';

/** An address as it is compared: IPv6 in lower case and without zone, mapped IPv4 as IPv4 (RFC 4291 §2.5.5.2). */
export function plainAddress(address: string): string {
  const bare = address.toLowerCase().replace(/%.*$/, '');
  const mapped = /^(?:0{0,4}:){1,5}(?::)?ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  return mapped !== undefined && isIPv4(mapped) ? mapped : bare;
}

/** An address, or a range as in RFC 4632: 192.0.2.0/24, 2001:db8::/32. Null: neither. */
export function readRange(text: string): { address: string; bits: number } | null {
  const [given = '', length, ...more] = text.split('/');
  if (more.length > 0 || given.includes('%')) return null;
  const address = plainAddress(given);
  const family = isIP(address);
  if (family === 0) return null;
  const most = family === 4 ? 32 : 128;
  if (length === undefined) return { address, bits: most };
  // A range of mapped addresses is written as IPv4; its length would mean something else here.
  if (!/^\d{1,3}$/.test(length) || Number(length) > most || address !== given.toLowerCase()) {
    return null;
  }
  return { address, bits: Number(length) };
}

/** Addresses and ranges that can be asked about one address. What cannot be read is left out. */
export class AddressSet {
  readonly #list = new BlockList();

  constructor(ranges: Iterable<string>) {
    for (const text of ranges) {
      const range = readRange(text);
      if (range === null) continue;
      this.#list.addSubnet(range.address, range.bits, familyOf(range.address));
    }
  }

  has(address: string): boolean {
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && this.#list.check(plain, familyOf(plain));
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}
