import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hopTo, openAgent } from '../../../test/support/sip-agents.ts';
import { RawPeer } from '../../../test/support/raw-peer.ts';
import { parseNameAddress } from '../message/address.ts';
import { cseqOf } from '../message/fields.ts';
import { parseUri } from '../message/uri.ts';
import type { RegistrationOptions, RegistrationState, UserAgent } from './calls.ts';

let agent: UserAgent;
let peer: RawPeer;
let states: RegistrationState[];
beforeEach(async () => {
  agent = await openAgent({
    times: { t1: 20, t2: 80, t4: 100 },
    retry: { first: 50, most: 200 },
  });
  peer = await RawPeer.open();
  states = [];
});
afterEach(async () => {
  await agent.close();
  peer.close();
});

function register(more: Partial<RegistrationOptions> = {}) {
  return agent.register(
    {
      registrar: parseUri('sip:example.com'),
      hops: () => Promise.resolve([hopTo(peer.port)]),
      aor: parseNameAddress('<sip:us@example.com>'),
      credentials: { username: 'us', password: 'secret' },
      seconds: 300,
      ...more,
    },
    (state) => states.push(state),
  );
}

const whats = () => states.map(({ state }) => state);

/** The registrar's answer: our binding, and one of somebody else. */
function granting(seconds: number) {
  const ours = `<sip:us@127.0.0.1:${agent.udpPort}>;expires=${seconds}`;
  const headers = { Contact: `<sip:other@192.0.2.1>;expires=3600, ${ours}` };
  return { contact: false, headers } as const;
}

describe('a registration', () => {
  it('answers the challenge, holds for as long as our Contact says, and is taken back', async () => {
    const registration = register();
    const challenge = 'Digest realm="example.com", nonce="n", algorithm=SHA-256, qop="auth"';
    peer.answer(await peer.request('REGISTER'), 401, {
      headers: { 'WWW-Authenticate': challenge },
    });
    const again = await peer.request('REGISTER', 2);
    expect(again.headers.get('Authorization')).toContain('algorithm=SHA-256');
    expect(again.headers.get('Contact')).toBe(`<sip:us@127.0.0.1:${agent.udpPort}>;expires=300`);
    expect(cseqOf(again).number).toBe(2);
    const before = Date.now();
    peer.answer(again, 200, granting(120));
    await expect.poll(whats).toEqual(['registering', 'registered']);
    const { now } = registration;
    const left = now.state === 'registered' ? now.until - before : 0;
    expect(left / 1000).toBeCloseTo(120, 0);
    const closed = registration.close();
    const goodbye = await peer.request('REGISTER', 3);
    expect(goodbye.headers.get('Contact')).toContain(';expires=0');
    expect(goodbye.headers.get('Call-ID')).toBe(again.headers.get('Call-ID'));
    peer.answer(goodbye, 200);
    await closed;
    await registration.close();
    expect(whats()).toEqual(['registering', 'registered']);
  });

  it('is refreshed before it ends', async () => {
    register();
    peer.answer(await peer.request('REGISTER'), 200, granting(1));
    const began = Date.now();
    const again = await peer.request('REGISTER', 2);
    const waited = Date.now() - began;
    expect(waited).toBeGreaterThan(450);
    expect(waited).toBeLessThan(950);
    peer.answer(again, 200, granting(300));
    await expect.poll(whats).toEqual(['registering', 'registered', 'registered']);
  });

  it('asks for as long as the registrar wants at least (423, §10.2.8)', async () => {
    register();
    const least = { headers: { 'Min-Expires': '900' } };
    peer.answer(await peer.request('REGISTER'), 423, least);
    const again = await peer.request('REGISTER', 2);
    expect(again.headers.get('Expires')).toBe('900');
    // Once: who then says it again has refused.
    peer.answer(again, 423, { headers: { 'Min-Expires': '1800' } });
    await expect.poll(whats).toEqual(['registering', 'failed']);
  });

  it('says what went wrong, and tries again with longer and longer pauses', async () => {
    register();
    for (const n of [1, 2, 3]) peer.answer(await peer.request('REGISTER', n), 403);
    peer.answer(await peer.request('REGISTER', 4), 200, granting(300));
    await expect.poll(whats).toEqual(['registering', 'failed', 'failed', 'failed', 'registered']);
    expect(states[1]).toMatchObject({ status: 403, text: '403 Forbidden' });
  });

  it('fails over to the next hop, and says when none is there or the name is unknown', async () => {
    const closed = await RawPeer.open();
    closed.close();
    register({ hops: () => Promise.resolve([hopTo(closed.port), hopTo(peer.port)]) });
    peer.answer(await peer.request('REGISTER'), 200, granting(300));
    await expect.poll(whats).toEqual(['registering', 'registered']);
    states = [];
    register({ hops: () => Promise.reject(new Error('example.com is unknown')) });
    await expect.poll(() => states[1]).toMatchObject({ text: 'example.com is unknown' });
  });

  it('is taken back when it comes to be after its end was asked for', async () => {
    const registration = register();
    const asked = await peer.request('REGISTER');
    const closed = registration.close();
    peer.answer(asked, 200, granting(300));
    const goodbye = await peer.request('REGISTER', 2);
    expect(goodbye.headers.get('Expires')).toBe('0');
    peer.answer(goodbye, 200);
    await closed;
    expect(whats()).toEqual(['registering']);
  });

  it('whose request cannot even be made has failed, and ends nothing else', async () => {
    const options = {
      registrar: parseUri('sip:example.com'),
      hops: () => Promise.resolve([hopTo(peer.port)]),
      aor: parseNameAddress('<sip:us@example.com>'),
      get credentials(): never {
        throw new Error('the keys are lost');
      },
      seconds: 300,
    };
    const registration = agent.register(options, (state) => states.push(state));
    await expect.poll(() => states[1]).toMatchObject({ text: 'not sent: the keys are lost' });
    await registration.close();
  });

  it('is taken back when the agent closes, and a dead registrar does not hold it up', async () => {
    register();
    peer.answer(await peer.request('REGISTER'), 200, granting(300));
    await expect.poll(whats).toEqual(['registering', 'registered']);
    const began = Date.now();
    await agent.close();
    expect((await peer.request('REGISTER', 2)).headers.get('Expires')).toBe('0');
    expect(Date.now() - began).toBeLessThan(2500);
  });
});

describe('a ping', () => {
  const ping = () => agent.ping(parseUri('sip:example.com'), [hopTo(peer.port)]);

  it.each([200, 401, 404, 503])('is answered, even with %i', async (status) => {
    const answered = ping();
    const request = await peer.request('OPTIONS');
    expect(request.headers.get('Accept')).toBe('application/sdp');
    peer.answer(request, status, { tag: 'x' });
    expect(await answered).toMatchObject({ ok: true, status });
  });

  it('finds nobody', async () => {
    expect(await ping()).toMatchObject({ ok: false, cause: 'timeout' });
    // Nobody listens there on TCP, and the system says so.
    const refused = await agent.ping(parseUri('sip:example.com'), [hopTo(peer.port, 'tcp')]);
    expect(refused).toMatchObject({ ok: false, cause: 'transport' });
    expect(refused).toHaveProperty('text', expect.stringContaining('cannot be reached'));
  });
});
