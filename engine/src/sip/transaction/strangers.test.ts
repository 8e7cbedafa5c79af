import { afterEach, describe, expect, it } from 'vitest';
import { cseqOf } from '../message/fields.ts';
import { responseTo } from '../message/make.ts';
import { writeMessage } from '../message/write.ts';
import { randomFrom } from '../transport/lossy-wire.ts';
import { cancelFor } from './requests.ts';
import {
  exchange,
  hopTo,
  listening,
  nextMessage,
  Peers,
  promised,
  untilEmpty,
} from './test-peers.ts';
import type { ServerTransaction } from './transactions.ts';

const peers = new Peers();
afterEach(() => peers.close());

const answering = (status: number) =>
  listening((transaction) => {
    transaction.respond(responseTo(transaction.request, status, null, 'b'));
  });

describe('a layer', () => {
  it('says that nobody answered, and who cannot be reached', async () => {
    const ada = await peers.layer();
    const silent = await peers.stranger();
    const { done } = exchange(ada, peers.request('OPTIONS'), hopTo({ udpPort: silent.port }));
    expect((await done).failed).toBe('timeout');
    const hop = hopTo({ udpPort: silent.port }, 'tcp');
    const refused = await exchange(ada, peers.request('INVITE'), hop).done;
    expect(refused).toMatchObject({ failed: 'transport', error: { code: 'refused' } });
    await untilEmpty(ada);
  });

  it('tells of a refusal that nobody acknowledges', async () => {
    const bob = await peers.layer();
    const lost = promised<ServerTransaction>();
    bob.listener = { ...answering(404), unacknowledged: lost.resolve };
    const peer = await peers.stranger();
    const invite = peers.request('INVITE');
    invite.headers.prepend('Via', `SIP/2.0/UDP 127.0.0.1:${peer.port};branch=z9hG4bKx`);
    peer.send(writeMessage(invite), bob.udpPort, '127.0.0.1');
    expect((await lost.promise).request.headers.get('Call-ID')).toBe(invite.headers.get('Call-ID'));
    await untilEmpty(bob);
  });

  it('refuses a request that comes on two ways with 482 (§8.2.2.2)', async () => {
    const bob = await peers.layer();
    const asked: ServerTransaction[] = [];
    bob.listener = listening((transaction) => asked.push(transaction));
    const peer = await peers.stranger();
    const invite = peers.request('INVITE');
    for (const branch of ['z9hG4bKone', 'z9hG4bKtwo']) {
      const headers = invite.headers.copy();
      headers.prepend('Via', `SIP/2.0/UDP 127.0.0.1:${peer.port};branch=${branch}`);
      peer.send(writeMessage({ ...invite, headers }), bob.udpPort, '127.0.0.1');
    }
    expect(await nextMessage(peer)).toMatchObject({ status: 482 });
    expect(asked).toHaveLength(1);
  });

  it('answers to the port in sent-by, or with rport to where it came from (RFC 3581)', async () => {
    const bob = await peers.layer();
    bob.listener = answering(200);
    const [peer, other] = [await peers.stranger(), await peers.stranger()];
    const send = (via: string) => {
      const options = peers.request('OPTIONS');
      options.headers.prepend('Via', via);
      peer.send(writeMessage(options), bob.udpPort, '127.0.0.1');
    };
    const plain = `SIP/2.0/UDP 127.0.0.1:${other.port};branch=z9hG4bKa`;
    send(plain);
    expect((await nextMessage(other)).headers.get('Via')).toBe(plain);
    const behind = `SIP/2.0/UDP phone.invalid:${other.port};branch=z9hG4bKb`;
    send(`${behind};rport`);
    expect((await nextMessage(peer)).headers.get('Via')).toBe(
      `${behind};rport=${peer.port};received=127.0.0.1`,
    );
  });

  it('finds the INVITE of an ACK from before unique branches (§17.2.3)', async () => {
    const bob = await peers.layer();
    let asked = 0;
    bob.listener = listening((transaction) => {
      asked += 1;
      transaction.respond(responseTo(transaction.request, 404, null, 'b'));
    });
    const peer = await peers.stranger();
    const invite = peers.request('INVITE');
    invite.headers.prepend('Via', `SIP/2.0/UDP 127.0.0.1:${peer.port};branch=1`);
    peer.send(writeMessage(invite), bob.udpPort, '127.0.0.1');
    const refusal = await nextMessage(peer);
    const ack = { ...invite, method: 'ACK', headers: invite.headers.copy() };
    ack.headers.set('CSeq', '1 ACK').set('To', refusal.headers.get('To')!);
    peer.send(writeMessage(ack), bob.udpPort, '127.0.0.1');
    await untilEmpty(bob);
    expect(asked).toBe(1);
  });

  it('forgets a request that is dropped, and answers nothing', async () => {
    const [ada, bob] = [await peers.layer(), await peers.layer()];
    const sizes: number[] = [];
    bob.listener = listening((transaction) => {
      transaction.drop();
      transaction.drop();
      transaction.respond(responseTo(transaction.request, 200, null, 'b'));
      sizes.push(bob.size);
    });
    const { done } = exchange(ada, peers.request('OPTIONS'), hopTo(bob));
    expect(await done).toMatchObject({ statuses: [], failed: 'timeout' });
    expect(new Set(sizes)).toEqual(new Set([0]));
  });

  it('outlives a listener that throws, and whoever sends nonsense', async () => {
    const [ada, bob] = [await peers.layer(), await peers.layer()];
    bob.listener = listening((transaction) => {
      if (transaction.request.method === 'MESSAGE') throw new Error('this listener is broken');
      transaction.respond(responseTo(transaction.request, 200, null, 'b'));
    });
    const peer = await peers.stranger();
    for (const nonsense of ['', 'x', 'OPTIONS sip:a SIP/2.0\r\n\r\n', 'SIP/2.0 200 OK\r\n\r\n']) {
      peer.send(nonsense, bob.udpPort, '127.0.0.1');
    }
    const broken = exchange(ada, peers.request('MESSAGE'), hopTo(bob));
    expect((await broken.done).failed).toBe('timeout');
    expect(bob.size).toBe(0);
    const { done } = exchange(ada, peers.request('OPTIONS'), hopTo(bob));
    expect((await done).statuses).toEqual([200]);
  });

  it('answers a CANCEL that comes before anything was said', async () => {
    const bob = await peers.layer();
    const cancelled = promised<ServerTransaction>();
    bob.listener = listening(() => undefined, { cancelled: cancelled.resolve });
    const peer = await peers.stranger();
    const invite = peers.request('INVITE');
    invite.headers.prepend('Via', `SIP/2.0/UDP 127.0.0.1:${peer.port};branch=z9hG4bKx`);
    peer.send(writeMessage(invite), bob.udpPort, '127.0.0.1');
    peer.send(writeMessage(cancelFor(invite)), bob.udpPort, '127.0.0.1');
    const ok = await nextMessage(peer);
    expect(ok).toMatchObject({ status: 200 });
    expect(cseqOf(ok)).toEqual({ number: 1, method: 'CANCEL' });
    const transaction = await cancelled.promise;
    transaction.respond(responseTo(transaction.request, 487, null, 'b'));
    expect(await nextMessage(peer)).toMatchObject({ status: 487 });
  });

  it('survives ten thousand broken datagrams, holds nothing of them, and takes requests', async () => {
    const [ada, bob] = [await peers.layer(), await peers.layer()];
    bob.listener = answering(404);
    const peer = await peers.stranger();
    const random = randomFrom(10_000);
    const invite = peers.request('INVITE');
    invite.headers.prepend('Via', `SIP/2.0/UDP 127.0.0.1:${peer.port};branch=z9hG4bKx;rport`);
    const good = writeMessage(invite);
    for (let sent = 0; sent < 10_000; sent += 1) {
      const bad = Buffer.from(good);
      for (let changes = 0; changes < 3; changes += 1) {
        bad[Math.floor(random() * bad.length)] = Math.floor(random() * 256);
      }
      peer.send(bad, bob.udpPort, '127.0.0.1');
      // No more at once than the receiver has room for: every one is to be read.
      if (sent % 100 === 99) {
        await exchange(ada, peers.request('OPTIONS'), hopTo(bob)).done;
      }
    }
    const { done } = exchange(ada, peers.request('OPTIONS'), hopTo(bob));
    expect((await done).statuses).toEqual([404]);
    await untilEmpty(ada, bob);
  });

  it('lets no header be smuggled in, and sends none with a name that is none', async () => {
    const [ada, bob] = [await peers.layer(), await peers.layer()];
    const seen = promised<ServerTransaction>();
    bob.listener = listening(seen.resolve);
    const request = peers.request('OPTIONS');
    request.headers.append('X-Name', 'Ada\r\nX-Evil: yes\r\n\r\n');
    exchange(ada, request, hopTo(bob));
    const { headers } = (await seen.promise).request;
    expect(headers.get('X-Name')).toBe('Ada X-Evil: yes');
    expect(headers.get('X-Evil')).toBeNull();
    request.headers.append('X Y\r\nZ', '');
    const { done } = exchange(ada, request, hopTo(bob));
    expect(await done).toMatchObject({ failed: 'transport', error: { code: 'unsupported' } });
  });

  it('says nothing when it is closed, and can be closed twice', async () => {
    const [ada, bob] = [await peers.layer(), await peers.layer()];
    const told: string[] = [];
    const listener = { response: () => told.push('response'), failed: () => told.push('failed') };
    ada.send(peers.request('OPTIONS'), hopTo(bob), listener);
    await Promise.all([ada.close(), ada.close()]);
    ada.send(peers.request('OPTIONS'), hopTo(bob), listener);
    ada.sendAck(peers.request('ACK'), hopTo(bob, 'tcp'));
    expect(ada.size).toBe(0);
    const { done } = exchange(bob, peers.request('OPTIONS'), hopTo(ada));
    expect((await done).failed).toBe('transport');
    expect(told).toEqual([]);
  });

  it('names the address that the peer can reach, or the public one', async () => {
    const open = await peers.layer({ host: '0.0.0.0' });
    const here = { transport: 'udp', address: '127.0.0.1' } as const;
    expect(open.localAddress(here)).toEqual({ host: '127.0.0.1', port: open.udpPort });
    const behind = await peers.layer({ host: '0.0.0.0', publicAddress: '203.0.113.5' });
    expect(behind.localAddress(here).host).toBe('203.0.113.5');
  });

  it('does not open where a port is taken', async () => {
    const taken = await peers.layer();
    await expect(peers.layer({ port: taken.udpPort })).rejects.toThrow('EADDRINUSE');
  });
});
