import { expect, it } from 'vitest';
import type { Hop } from '../message/message.ts';
import { parseUri } from '../message/uri.ts';
import { hopsAnew, nextHops } from './next-hop.ts';

const looked: string[] = [];
const resolve = ({ host, transport }: { host: string; transport: string }) => {
  looked.push(`${transport} ${host}`);
  return Promise.resolve([]);
};

function hop(text: string): Hop {
  const [transport, address, port] = text.split(' ');
  const serverName = transport === 'tls' ? 'sip.example.com' : null;
  return {
    transport: transport as Hop['transport'],
    address: address!,
    port: Number(port),
    serverName,
  };
}

it.each([
  ['an address is itself', 'sip:x@198.51.100.9', 'udp 203.0.113.1 5060', 'udp 198.51.100.9 5060'],
  ['with its port', 'sip:x@198.51.100.9:5080', 'udp 203.0.113.1 5060', 'udp 198.51.100.9 5080'],
  [
    'and transport',
    'sip:198.51.100.9;transport=tcp',
    'udp 203.0.113.1 5060',
    'tcp 198.51.100.9 5060',
  ],
  ['sips is TLS', 'sips:198.51.100.9', 'udp 203.0.113.1 5060', 'tls 198.51.100.9 5061'],
  [
    'a private address of a public peer leads to the peer',
    'sip:x@192.168.1.7:5070',
    'udp 203.0.113.1 40123',
    'udp 203.0.113.1 40123',
  ],
  [
    'a private one of a private peer is itself',
    'sip:x@192.168.1.7:5070',
    'udp 10.0.0.1 5060',
    'udp 192.168.1.7 5070',
  ],
  [
    'a connection is used again, whatever port the phone names',
    'sip:x@203.0.113.1:5060;transport=tcp',
    'tcp 203.0.113.1 40123',
    'tcp 203.0.113.1 40123',
  ],
  [
    'also when it names no transport, and when TLS calls itself TCP',
    'sip:x@203.0.113.1:5060;transport=tcp',
    'tls 203.0.113.1 40123',
    'tls 203.0.113.1 40123',
  ],
  [
    'and for the name that its certificate has',
    'sip:x@sip.example.com;transport=tls',
    'tls 203.0.113.1 5061',
    'tls 203.0.113.1 5061',
  ],
])('%s', (_, uri, peer, expected) => {
  const hops = nextHops(parseUri(uri), hop(peer), resolve) as readonly Hop[];
  expect(hops.map(({ transport, address, port }) => `${transport} ${address} ${port}`)).toEqual([
    expected,
  ]);
  expect(looked).toEqual([]);
});

it('looks names up, with the transport that the URI says', async () => {
  await nextHops(parseUri('sip:x@example.org;transport=tcp'), hop('udp 203.0.113.1 5060'), resolve);
  expect(looked).toEqual(['tcp example.org']);
});

it.each([
  ['its own connection took', 'sip:x@203.0.113.1:5070', 'tcp 203.0.113.1 40123', [5070, 40123]],
  ['TLS has by custom', 'sip:x@203.0.113.1', 'tls 203.0.113.1 40123', [5061, 40123]],
  ['it had anyway', 'sip:x@203.0.113.1:5060', 'tcp 203.0.113.1 5060', [5060]],
  ['UDP has, which has no connection', 'sip:x@203.0.113.1', 'udp 203.0.113.1 40123', [40123]],
  ['a name leads to', 'sip:x@sip.example.com', 'tls 203.0.113.1 5071', [5071]],
])('without the old connection: the port that %s', (_what, uri, old, ports) => {
  const before = hop(old);
  expect(hopsAnew(parseUri(uri), [before])).toEqual(ports.map((port) => ({ ...before, port })));
});
