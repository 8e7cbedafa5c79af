import { describe, expect, it } from 'vitest';
import { createResolver, inOrder, NameUnknown, type Resolver } from './resolve.ts';

type Zone = Record<string, unknown[]>;

/** A name server that knows a few names; it counts what it is asked. */
function zone(names: { srv?: Zone; a?: Zone; aaaa?: Zone; hosts?: Zone }) {
  const asked: string[] = [];
  const answer = (kind: keyof typeof names) => async (name: string) => {
    asked.push(`${kind} ${name}`);
    const found = names[kind]?.[name];
    if (found === undefined) throw Object.assign(new Error(`no ${name}`), { code: 'ENOTFOUND' });
    return found as never[];
  };
  const resolver: Resolver = {
    srv: answer('srv'),
    a: answer('a'),
    aaaa: answer('aaaa'),
    lookup: answer('hosts'),
  };
  return { resolver, asked };
}

const at = (address: string, ttl = 30) => ({ address, ttl });

describe('a target', () => {
  it('that is an address is itself', async () => {
    const { resolver, asked } = zone({});
    const resolve = createResolver(resolver);
    expect(await resolve({ host: '192.0.2.1', port: null, transport: 'udp' })).toEqual([
      { transport: 'udp', address: '192.0.2.1', port: 5060, serverName: null, ca: null },
    ]);
    expect(await resolve({ host: '2001:db8::1', port: null, transport: 'tls' })).toMatchObject([
      { address: '2001:db8::1', port: 5061 },
    ]);
    expect(asked).toEqual([]);
  });

  it('with a port has addresses, IPv4 first, and no SRV is asked', async () => {
    const { resolver, asked } = zone({
      a: { 'sip.example': [at('192.0.2.1')] },
      aaaa: { 'sip.example': [at('2001:db8::1')] },
    });
    const hops = await createResolver(resolver)({
      host: 'sip.example',
      port: 5080,
      transport: 'tcp',
    });
    expect(hops.map(({ address, port }) => [address, port])).toEqual([
      ['192.0.2.1', 5080],
      ['2001:db8::1', 5080],
    ]);
    expect(asked.some((question) => question.startsWith('srv'))).toBe(false);
  });

  it('without a port has servers in the order of their priorities', async () => {
    const { resolver } = zone({
      srv: {
        '_sips._tcp.sip.example': [
          { name: 'b.example', port: 6001, priority: 20, weight: 0 },
          { name: 'gone.example', port: 6002, priority: 15, weight: 0 },
          { name: 'a.example', port: 6000, priority: 10, weight: 0 },
        ],
      },
      a: { 'a.example': [at('192.0.2.1')], 'b.example': [at('192.0.2.2')] },
    });
    const hops = await createResolver(resolver)({
      host: 'sip.example',
      port: null,
      transport: 'tls',
    });
    // The certificate is held against the name that was asked for (RFC 5922 §7.2).
    expect(hops).toMatchObject([
      { address: '192.0.2.1', port: 6000, serverName: 'sip.example' },
      { address: '192.0.2.2', port: 6001, serverName: 'sip.example' },
    ]);
  });

  it('without servers has addresses and the usual port', async () => {
    const { resolver } = zone({ a: { 'sip.example': [at('192.0.2.1')] } });
    const resolve = createResolver(resolver);
    expect(await resolve({ host: 'sip.example', port: null, transport: 'udp' })).toMatchObject([
      { address: '192.0.2.1', port: 5060 },
    ]);
  });

  it('that only the system knows is found there', async () => {
    const { resolver } = zone({ hosts: { pbx: ['10.0.0.5'] } });
    const hops = await createResolver(resolver)({ host: 'pbx', port: null, transport: 'udp' });
    expect(hops).toMatchObject([{ address: '10.0.0.5', port: 5060 }]);
  });

  it('that nobody knows is said to be unknown', async () => {
    const resolve = createResolver(zone({}).resolver);
    const failure = resolve({ host: 'nowhere.example', port: null, transport: 'udp' });
    await expect(failure).rejects.toThrow(NameUnknown);
    await expect(failure).rejects.toThrow('nowhere.example has no address: no such name.');
  });

  it('that refuses the transport by SRV is said to do so (RFC 2782)', async () => {
    const { resolver } = zone({
      srv: { '_sip._udp.sip.example': [{ name: '', port: 0, priority: 0, weight: 0 }] },
    });
    const failure = createResolver(resolver)({ host: 'sip.example', port: null, transport: 'udp' });
    await expect(failure).rejects.toThrow('takes no calls over UDP');
  });

  it('is asked for again when its TTL is over, and after a minute at most', async () => {
    const { resolver, asked } = zone({
      a: { 'short.example': [at('192.0.2.1', 10)], 'long.example': [at('192.0.2.2', 86_400)] },
    });
    let now = 0;
    const resolve = createResolver(resolver, Math.random, () => now);
    const ask = (host: string) => resolve({ host, port: 5060, transport: 'udp' });
    const questions = async (host: string) => {
      await ask(host);
      return asked.splice(0).length;
    };
    expect(await questions('short.example')).toBe(2);
    now = 9_999;
    expect(await questions('short.example')).toBe(0);
    now = 10_000;
    expect(await questions('short.example')).toBe(2);
    expect(await questions('long.example')).toBe(2);
    now = 69_999;
    expect(await questions('long.example')).toBe(0);
    now = 70_000;
    expect(await questions('long.example')).toBe(2);
  });
});

describe('servers of one priority', () => {
  it('come first as often as their weights say (RFC 2782)', () => {
    const services = [60, 20, 20].map((weight, index) => ({
      ...{ name: String(index), port: 1, priority: 1, weight },
    }));
    const first = new Map<string, number>();
    for (let i = 0; i < 10_000; i += 1) {
      const { name } = inOrder(services, () => (i + 0.5) / 10_000)[0]!;
      first.set(name, (first.get(name) ?? 0) + 1);
    }
    expect(first.get('0')! / 10_000).toBeCloseTo(0.6, 1);
    expect(first.get('1')! / 10_000).toBeCloseTo(0.2, 1);
    expect(first.get('2')! / 10_000).toBeCloseTo(0.2, 1);
  });

  it('are all kept', () => {
    const services = [0, 0, 5].map((weight, index) => ({
      ...{ name: String(index), port: 1, priority: index % 2, weight },
    }));
    expect(
      inOrder(services, Math.random)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['0', '1', '2']);
  });
});
