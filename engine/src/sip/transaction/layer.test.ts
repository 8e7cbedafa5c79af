import { afterEach, describe, expect, it } from 'vitest';
import { responseTo } from '../message/make.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { lossyWire } from '../transport/lossy-wire.ts';
import { exchange, hopTo, listening, Peers, promised, untilEmpty } from './test-peers.ts';
import type { ServerTransaction } from './transactions.ts';

const peers = new Peers();
afterEach(() => peers.close());

function respond(transaction: ServerTransaction, ...statuses: number[]): void {
  for (const status of statuses) {
    transaction.respond(responseTo(transaction.request, status, null, 'b'));
  }
}

describe('two layers', () => {
  it.each(['udp', 'tcp'] as const)('exchange requests and answers over %s', async (transport) => {
    const [ada, bob] = [await peers.layer(), await peers.layer()];
    bob.listener = listening((transaction) => respond(transaction, 180, 486, 200));
    for (const method of ['INVITE', 'MESSAGE']) {
      const { heard, done } = exchange(ada, peers.request(method), hopTo(bob, transport));
      expect((await done).statuses).toEqual([180, 486]);
      const via = heard[1]!.headers.get('Via');
      expect(via).toContain(`SIP/2.0/${transport.toUpperCase()} 127.0.0.1:${ada.udpPort};branch=`);
      expect(via).toContain('received=127.0.0.1');
    }
    await untilEmpty(ada, bob);
  });

  it('lose nothing when 15 % are lost each way, doubled and late ones among them', async () => {
    // Long enough that a busy machine's pauses count neither as loss nor as the network's: 64·T1 is 6.4 s.
    const times = { t1: 100, t2: 400, t4: 1000 };
    const mishaps = { lost: 0.15, doubled: 0.1, late: 0.2, lateMs: 40 };
    const ada = await peers.layer({ wire: lossyWire(1, mishaps), times });
    const bob = await peers.layer({ times });
    const asked: string[] = [];
    bob.listener = listening((transaction) => {
      const { method, headers } = transaction.request;
      asked.push(headers.get('Call-ID')!);
      if (method === 'INVITE') respond(transaction, 180, 486);
      else respond(transaction, 200);
    });
    const calls = Array.from({ length: 400 }, (_, i) =>
      exchange(ada, peers.request(i % 2 === 0 ? 'INVITE' : 'OPTIONS'), hopTo(bob)),
    );
    const ends = await Promise.all(calls.map(({ done }) => done));
    expect(ends.filter(({ failed }) => failed !== null)).toEqual([]);
    await untilEmpty(ada, bob);
    const finals = calls.map(({ heard }) => heard.filter(({ status }) => status >= 200).length);
    expect(finals.every((times) => times === 1)).toBe(true);
    expect([asked.length, new Set(asked).size]).toEqual([400, 400]);
  });

  it('give the ACK of a 2xx to the user agent, and further 2xx', async () => {
    const [ada, bob] = [await peers.layer(), await peers.layer()];
    const [acks, strays]: [SipRequest[], SipResponse[]] = [[], []];
    const served = promised<ServerTransaction>();
    bob.listener = listening(
      (transaction) => {
        respond(transaction, 200);
        served.resolve(transaction);
      },
      { ack: (ack) => acks.push(ack) },
    );
    ada.listener = listening(() => undefined, { strayOk: (response) => strays.push(response) });
    const call = exchange(ada, peers.request('INVITE'), hopTo(bob));
    await call.done;
    ada.sendAck(peers.request('ACK'), hopTo(bob));
    await expect.poll(() => acks.length).toBe(1);

    const { source, request } = await served.promise;
    const ok = responseTo(request, 200, null, 'b');
    bob.sendAgain(ok, source);
    await expect.poll(() => call.heard.length).toBe(2);
    await untilEmpty(ada, bob);
    bob.sendAgain(ok, source);
    await expect.poll(() => strays.length).toBe(1);
    expect(call.heard.length).toBe(2);
  });
});

describe('CANCEL (RFC 3261 §9)', () => {
  /** Bob says nothing until he is told to, and 487 when he is cancelled. */
  async function invited() {
    const [ada, bob] = [await peers.layer(), await peers.layer()];
    const asked = promised<ServerTransaction>();
    const cancelled: ServerTransaction[] = [];
    bob.listener = listening(asked.resolve, {
      cancelled: (transaction) => {
        cancelled.push(transaction);
        respond(transaction, 487);
      },
    });
    const call = exchange(ada, peers.request('INVITE'), hopTo(bob));
    return { ada, bob, call, cancelled, server: await asked.promise };
  }

  it('waits for a provisional answer, and ends the INVITE with 487', async () => {
    const { ada, bob, call, cancelled, server } = await invited();
    call.transaction.cancel();
    call.transaction.cancel();
    expect(ada.size).toBe(1);
    respond(server, 180);
    expect((await call.done).statuses).toEqual([180, 487]);
    expect(cancelled).toEqual([server]);
    await untilEmpty(ada, bob);
  });

  it('changes nothing when the call was answered in the same moment', async () => {
    const { ada, bob, call, cancelled, server } = await invited();
    respond(server, 180);
    await expect.poll(() => call.heard.length).toBe(1);
    respond(server, 200);
    call.transaction.cancel();
    expect((await call.done).statuses).toEqual([180, 200]);
    await untilEmpty(ada, bob);
    expect(cancelled).toEqual([]);
  });

  it('of a call that stays silent gives up after 64·T1', async () => {
    const [ada, bob] = [await peers.layer(), await peers.layer()];
    bob.listener = listening((transaction) => respond(transaction, 180));
    const call = exchange(ada, peers.request('INVITE'), hopTo(bob));
    await expect.poll(() => call.heard.length).toBe(1);
    call.transaction.cancel();
    expect((await call.done).failed).toBe('timeout');
    await untilEmpty(ada);
  });

  it('for nothing that is known comes as a request', async () => {
    const [ada, bob] = [await peers.layer(), await peers.layer()];
    bob.listener = listening((transaction) => respond(transaction, 481));
    const { done } = exchange(ada, peers.request('CANCEL'), hopTo(bob));
    expect((await done).statuses).toEqual([481]);
  });
});
