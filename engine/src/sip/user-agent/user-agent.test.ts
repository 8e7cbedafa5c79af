import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RawPeer } from '../../../test/support/raw-peer.ts';
import { callTo, Doorbell, hopTo, openAgent, SDP } from '../../../test/support/sip-agents.ts';
import type { ForeignRequest, UserAgent } from './calls.ts';

let us: UserAgent;
let them: UserAgent;
let bell: Doorbell;
beforeEach(async () => {
  us = await openAgent();
  them = await openAgent();
  bell = new Doorbell(them);
});
afterEach(async () => {
  await Promise.all([us.close(), them.close()]);
});

describe('a user agent', () => {
  it('ends what lives when it closes: CANCEL what rings, BYE what talks', async () => {
    bell.then = (call) => call.ring();
    const ringing = callTo(us, them.udpPort);
    await ringing.ear.next('progress');
    bell.then = (call) => void call.answer(SDP);
    const talking = callTo(us, them.udpPort);
    await talking.ear.next('answered');
    await us.close();
    await us.close();
    const [one, two] = bell.calls;
    await one!.ear.next('cancelled');
    expect((await two!.ear.next('ended')).end.kind).toBe('bye');
    expect((await ringing.ear.next('failed')).failure).toEqual({ kind: 'cancelled' });
    expect(us.size).toBe(0);
  });

  it('refuses what rings here, when it closes', async () => {
    bell.then = (call) => call.ring();
    const { ear } = callTo(us, them.udpPort);
    await ear.next('progress');
    await them.close();
    expect((await ear.next('failed')).failure).toMatchObject({ kind: 'refused', status: 486 });
    expect(them.size).toBe(0);
  });

  it('does not wait for a far end that is dead, and leaves nothing behind', async () => {
    const peer = await RawPeer.open();
    const { ear } = callTo(us, peer.port);
    peer.answer(await peer.request('INVITE'), 200, { tag: 'b', sdp: SDP });
    await ear.next('answered');
    const began = performance.now();
    await us.close();
    expect(performance.now() - began).toBeLessThan(2500);
    expect(peer.count('BYE')).toBe(1);
    expect(us.size).toBe(0);
    peer.close();
  });

  it('takes no calls of its owner when it is closed', async () => {
    await us.close();
    const { ear } = callTo(us, them.udpPort);
    expect((await ear.next('failed')).failure).toMatchObject({ kind: 'unreachable' });
  });

  it('leaves what it has no answer to to its owner: REGISTER and the like', async () => {
    const asked: ForeignRequest[] = [];
    them.listener = {
      ...them.listener,
      admits: () => false,
      foreign: (request) => {
        asked.push(request);
        request.respond(200, 'OK', [['Expires', '60']]);
        return true;
      },
    };
    const peer = await RawPeer.open();
    peer.send(them.udpPort, 'REGISTER');
    const { headers } = await peer.response('200 REGISTER');
    expect(headers.get('Expires')).toBe('60');
    expect(asked[0]).toMatchObject({ method: 'REGISTER', source: { port: peer.port } });
    peer.close();
  });

  it('rejects a port that is taken', async () => {
    await expect(openAgent({ port: them.udpPort })).rejects.toThrow('EADDRINUSE');
  });

  it('finds the far end over TCP as over UDP', async () => {
    bell.then = (call) => void call.answer(SDP);
    const { call, ear } = callTo(us, them.udpPort, { hops: [hopTo(them.udpPort, 'tcp')] });
    await ear.next('answered');
    const [{ call: theirs, ear: theirEar }] = bell.calls as [(typeof bell.calls)[0]];
    expect(theirs.source.transport).toBe('tcp');
    expect(await theirs.reoffer(`${SDP}a=sendonly\r\n`)).toContain('a=recvonly');
    call.hangUp();
    expect((await theirEar.next('ended')).end.kind).toBe('bye');
  });
});
