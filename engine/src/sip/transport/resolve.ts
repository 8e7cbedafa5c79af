import { lookup, Resolver as NameServers } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Hop, TransportName } from '../message/message.ts';

/** A name that leads nowhere. `message` is for people who run a trunk. */
export class NameUnknown extends Error {
  readonly host: string;

  constructor(host: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'NameUnknown';
    this.host = host;
  }
}

/** Where one wants to go: a trunk's settings, or a URI's host. */
export interface Target {
  /** Address or name; IPv6 without brackets. */
  host: string;
  /** Null: SRV says it, or it is the transport's own. */
  port: number | null;
  transport: TransportName;
  ca?: string | null;
}

interface Address {
  address: string;
  /** Seconds. */
  ttl: number;
}

interface Service {
  name: string;
  port: number;
  priority: number;
  weight: number;
}

/** The questions to the DNS, in the shapes of node:dns; rejects with a `code` as it does. */
export interface Resolver {
  srv(name: string): Promise<Service[]>;
  a(name: string): Promise<Address[]>;
  aaaa(name: string): Promise<Address[]>;
  /** What the system knows besides the DNS: /etc/hosts. */
  lookup(name: string): Promise<string[]>;
}

/** Turns targets into hops, in the order in which they are to be tried. */
export type Resolve = (target: Target) => Promise<readonly Hop[]>;

const CACHE_MS = 60_000;
const MAX_CACHED = 1000;
/** The answers that say "there is none"; anything else says that nobody answered. */
const NONE = new Set(['ENODATA', 'ENOTFOUND']);

/**
 * RFC 3263 §4 for one host and a transport that is given: an address is itself; a name with a port
 * has addresses; a name without one has SRV records, or else addresses and the usual port. Rejects
 * with NameUnknown. What was found holds as long as its TTL says, at most a minute.
 *
 * `random` (0 to 1) parts equal priorities by their weights.
 */
export function createResolver(
  resolver: Resolver = systemResolver(),
  random: () => number = Math.random,
  now: () => number = Date.now,
): Resolve {
  const cache = new Map<string, { hops: Hop[]; until: number }>();
  return async (target) => {
    const { host, port, transport, ca } = target;
    const key = `${transport} ${host} ${port ?? ''} ${ca ?? ''}`;
    const known = cache.get(key);
    if (known !== undefined && known.until > now()) return known.hops;
    const { hops, ttl } = await find(target, resolver, random);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(key, { hops, until: now() + Math.min(ttl * 1000, CACHE_MS) });
    return hops;
  };
}

/** Sorts by priority, and within one by lots that follow the weights (RFC 2782). */
export function inOrder(services: readonly Service[], random: () => number): Service[] {
  const left = [...services].sort((a, b) => a.priority - b.priority || a.weight - b.weight);
  const sorted: Service[] = [];
  while (left.length > 0) {
    const { priority } = left[0]!;
    const group = left.filter((service) => service.priority === priority);
    const sum = group.reduce((total, { weight }) => total + weight, 0);
    let lot = Math.floor(random() * (sum + 1));
    const chosen = group.find(({ weight }) => (lot -= weight) <= 0) ?? group[0]!;
    left.splice(left.indexOf(chosen), 1);
    sorted.push(chosen);
  }
  return sorted;
}

/** The DNS servers that the machine is set up with. */
export function systemResolver(): Resolver {
  // A call is waiting: a silent server is given two tries, not the usual twenty seconds.
  const servers = new NameServers({ timeout: 1500, tries: 2 });
  return {
    srv: (name) => servers.resolveSrv(name),
    a: (name) => servers.resolve4(name, { ttl: true }),
    aaaa: (name) => servers.resolve6(name, { ttl: true }),
    lookup: async (name) => {
      const found = await lookup(name, { all: true });
      return found.map(({ address }) => address);
    },
  };
}

async function find(
  { host, port, transport, ca = null }: Target,
  resolver: Resolver,
  random: () => number,
): Promise<{ hops: Hop[]; ttl: number }> {
  // RFC 5922 §7.2: a certificate carries the name that one began with, not the one that SRV gave.
  const hop = (address: string, at: number): Hop => ({
    ...{ transport, address, port: at, ca },
    serverName: isIP(host) === 0 ? host : null,
  });
  const usual = transport === 'tls' ? 5061 : 5060;
  if (isIP(host) !== 0) return { hops: [hop(host, port ?? usual)], ttl: Infinity };
  const services = port === null ? await servicesOf(host, transport, resolver) : [];
  if (services.length === 0) {
    const { addresses, ttl } = await addressesOf(host, resolver);
    return { hops: addresses.map((address) => hop(address, port ?? usual)), ttl };
  }
  const hops: Hop[] = [];
  let ttl = Infinity;
  let problem: unknown = null;
  for (const service of inOrder(services, random)) {
    try {
      const found = await addressesOf(service.name, resolver);
      hops.push(...found.addresses.map((address) => hop(address, service.port)));
      ttl = Math.min(ttl, found.ttl);
    } catch (error) {
      // One server of several that has no address is no reason not to try the others.
      problem = error;
    }
  }
  if (hops.length > 0) return { hops, ttl };
  throw new NameUnknown(host, `none of the servers of ${host} has an address`, problem);
}

/** RFC 3263 §4.2. Empty: there are none. A single "." says that the service is not offered. */
async function servicesOf(
  host: string,
  transport: TransportName,
  resolver: Resolver,
): Promise<Service[]> {
  const service = { udp: '_sip._udp', tcp: '_sip._tcp', tls: '_sips._tcp' }[transport];
  let found: Service[];
  try {
    found = await resolver.srv(`${service}.${host}`);
  } catch {
    // Whether there are none or the DNS is silent, the addresses are asked next, and they will tell.
    return [];
  }
  const offered = found.filter(({ name }) => name !== '' && name !== '.');
  if (offered.length > 0 || found.length === 0) return offered;
  throw new NameUnknown(
    host,
    `${host} says that it takes no calls over ${transport.toUpperCase()}`,
  );
}

/** IPv4 before IPv6; then what the system knows. */
async function addressesOf(
  name: string,
  resolver: Resolver,
): Promise<{ addresses: string[]; ttl: number }> {
  const answers = await Promise.allSettled([resolver.a(name), resolver.aaaa(name)]);
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (found.length > 0) {
    const ttl = Math.min(...found.map((one) => one.ttl));
    return { addresses: found.map(({ address }) => address), ttl };
  }
  try {
    const addresses = await resolver.lookup(name);
    if (addresses.length > 0) return { addresses, ttl: CACHE_MS / 1000 };
  } catch (error) {
    const silent = answers.every(
      (answer) => answer.status === 'rejected' && !isNone(answer.reason),
    );
    const why = silent && !isNone(error) ? 'no name server answers' : 'no such name';
    throw new NameUnknown(name, `${name} has no address: ${why}.`, error);
  }
  throw new NameUnknown(name, `${name} has no address: no such name.`);
}

function isNone(error: unknown): boolean {
  return NONE.has((error as NodeJS.ErrnoException).code ?? '');
}
