import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { responseTo } from '../message/make.ts';
import type { Hop } from '../message/message.ts';
import { writeMessage } from '../message/write.ts';
import { exchange, hopTo, listening, Peers, promised } from '../transaction/test-peers.ts';
import type { ServerTransaction } from '../transaction/transactions.ts';
import { testAuthority } from './test-certificates.ts';

const peers = new Peers();
const sockets: { destroy(): void }[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await peers.close();
});

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

async function answering() {
  const layer = await peers.layer();
  layer.listener = listening((transaction) => {
    transaction.respond(responseTo(transaction.request, 200, null, 'b'));
  });
  return layer;
}

async function read(socket: Socket): Promise<string> {
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  return bytes.toString();
}

function options(via: string): Buffer {
  const request = peers.request('OPTIONS');
  request.headers.prepend('Via', via);
  return writeMessage(request);
}

describe('over TCP', () => {
  it('a ping is answered with a pong (RFC 5626 §3.5.1)', async () => {
    const bob = await answering();
    const socket = await open(bob.udpPort);
    socket.write('\r\n\r\n');
    expect(await read(socket)).toBe('\r\n');
  });

  it('the answer comes back on the connection, whatever the Via says (§18.2.2)', async () => {
    const bob = await answering();
    const socket = await open(bob.udpPort);
    const bytes = options('SIP/2.0/TCP phone.invalid;branch=z9hG4bKa');
    socket.write(bytes.subarray(0, 40));
    socket.write(bytes.subarray(40));
    expect(await read(socket)).toMatch(/^SIP\/2\.0 200 OK\r\n.*;received=127\.0\.0\.1\r\n/);
  });

  it('the answer opens a connection when that one is gone', async () => {
    const [ada, bob] = [await peers.layer(), await peers.layer()];
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const first = promised<ServerTransaction>();
    bob.listener = listening(first.resolve);
    const socket = await open(bob.udpPort);
    socket.write(options(`SIP/2.0/TCP 127.0.0.1:${port};branch=z9hG4bKb`));
    const transaction = await first.promise;
    socket.resetAndDestroy();
    // By the time that something else has come, Bob has heard that the connection is gone.
    const second = promised<ServerTransaction>();
    bob.listener = listening(second.resolve);
    exchange(ada, peers.request('OPTIONS'), hopTo(bob, 'tcp'));
    await second.promise;
    transaction.respond(responseTo(transaction.request, 200, null, 'b'));
    const [back] = (await once(server, 'connection')) as [Socket];
    sockets.push(back);
    server.close();
    expect(await read(back)).toContain('SIP/2.0 200 OK');
  });

  it('one connection carries many requests, also back over it', async () => {
    const [ada, bob] = [await answering(), await answering()];
    const sources = new Set<number>();
    bob.listener = listening((transaction) => {
      sources.add(transaction.source.port);
      transaction.respond(responseTo(transaction.request, 200, null, 'b'));
    });
    for (let i = 0; i < 3; i += 1) {
      await exchange(ada, peers.request('OPTIONS'), hopTo(bob, 'tcp')).done;
    }
    expect(sources.size).toBe(1);
    const back: Hop = { ...hopTo(ada, 'tcp'), port: [...sources][0]! };
    expect((await exchange(bob, peers.request('OPTIONS'), back).done).statuses).toEqual([200]);
  });

  it('whoever sends nonsense is cut off, and nobody else', async () => {
    const bob = await answering();
    const [bad, good] = [await open(bob.udpPort), await open(bob.udpPort)];
    const closed = once(bad, 'close');
    bad.write('OPTIONS sip:a SIP/2.0\r\nContent-Length: many\r\n\r\n');
    await closed;
    good.write(options('SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKc'));
    expect(await read(good)).toContain('200 OK');
  });
});

describe('over UDP', () => {
  it.each(['INVITE', 'OPTIONS'])('nobody there is told from silence (%s)', async (method) => {
    const ada = await peers.layer();
    const gone = await peers.layer();
    await gone.close();
    const end = await exchange(ada, peers.request(method), hopTo(gone)).done;
    expect(end).toMatchObject({ statuses: [], failed: 'transport', error: { code: 'refused' } });
  });

  it('somebody there who says nothing is knocked at once, and waited for', async () => {
    const [ada, deaf] = [await peers.layer(), await peers.stranger()];
    const came: string[] = [];
    deaf.on('message', (bytes) => came.push(bytes.toString()));
    const hop = hopTo({ udpPort: deaf.port });
    const asked = ['INVITE', 'OPTIONS'].map((method) => exchange(ada, peers.request(method), hop));
    const ends = await Promise.all(asked.map(({ done }) => done));
    expect(ends.map(({ failed }) => failed)).toEqual(['timeout', 'timeout']);
    expect(came.filter((text) => text === '\r\n\r\n')).toHaveLength(1);
  });
});

describe('over TLS', () => {
  const authority = testAuthority();
  afterAll(() => authority.close());

  async function ask(subject: string, days: number, how: Partial<Hop>) {
    const identity = { ...authority.sign(subject, days), port: 0 };
    const bob = await peers.layer({ tls: identity });
    bob.listener = listening((transaction) => {
      transaction.respond(responseTo(transaction.request, 200, null, 'b'));
    });
    const ada = await peers.layer();
    const hop = { ...hopTo({ udpPort: bob.tlsPort! }, 'tls'), ca: authority.ca, ...how };
    return exchange(ada, peers.request('OPTIONS'), hop).done;
  }

  it('whoever has the right certificate is talked to', async () => {
    const end = await ask('DNS:sip.example', 2, { serverName: 'sip.example' });
    expect(end).toMatchObject({ statuses: [200], failed: null });
  });

  it('an address may stand in the certificate', async () => {
    const end = await ask('IP:127.0.0.1', 2, {});
    expect(end).toMatchObject({ statuses: [200], failed: null });
  });

  it.each<[string, string, number, Partial<Hop>]>([
    ['another name', 'DNS:other.example', 2, { serverName: 'sip.example' }],
    ['another address', 'IP:192.0.2.1', 2, {}],
    ['no time left', 'DNS:sip.example', -1, { serverName: 'sip.example' }],
    ['an unknown authority', 'DNS:sip.example', 2, { serverName: 'sip.example', ca: null }],
  ])('a certificate with %s is a failure of its own', async (_what, subject, days, how) => {
    const end = await ask(subject, days, how);
    expect(end).toMatchObject({
      statuses: [],
      failed: 'transport',
      error: { code: 'certificate' },
    });
  });

  it('closing does not wait for whoever never shakes hands', async () => {
    const bob = await peers.layer({ tls: { ...authority.sign('IP:127.0.0.1'), port: 0 } });
    const socket = await open(bob.tlsPort!);
    const closed = once(socket, 'close');
    await bob.close();
    await closed;
  });

  it('a port where nobody speaks TLS is told from a certificate', async () => {
    const [ada, bob] = [await peers.layer(), await answering()];
    const { done } = exchange(ada, peers.request('OPTIONS'), hopTo(bob, 'tls'));
    expect(await done).toMatchObject({ failed: 'transport', error: { code: 'closed' } });
  });
});
