import type { Session, SipPhoneCreated } from '@offhook/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Baresip } from '../support/baresip.ts';
import { freePort } from '../support/free-port.ts';
import { decibelsAbove, decodeMp3, part, shareOf, type Sound } from '../support/tones.ts';
import { AGENT_HZ, BUSY, CUSTOMER_HZ, Scene, TALKS } from './scene.ts';
import type { Call } from '@offhook/contract';

let scene: Scene;
let given: SipPhoneCreated;
let registrar: string;
beforeAll(async () => {
  const sipPort = await freePort();
  registrar = `sip:127.0.0.1:${sipPort}`;
  scene = await Scene.open({ env: { SIP_PORT: String(sipPort), CALL_RING_SECONDS: '5' } });
  const { person } = await scene.agent.okGet<Session>('/api/session');
  const path = `/api/people/${person?.id ?? ''}/sip-phone`;
  given = (await scene.agent.post<SipPhoneCreated>(path)).body;
});
afterAll(() => scene.close());

/** Somebody's desk phone, set up with what the settings page shows. */
async function deskPhone(password = given.password): Promise<Baresip> {
  const { username: user, domain } = given.sipPhone;
  return Baresip.start({ user, domain, registrar, password, hz: AGENT_HZ });
}

async function callEnds(call: Call): Promise<Call> {
  return scene.live.until(call.id, (now) => now.state === 'ended', 30_000);
}

/** Its last second. */
function lately(sound: Sound): Sound {
  const seconds = sound.samples.length / sound.rate;
  return part(sound, Math.max(0, seconds - 1), seconds);
}

describe('an agent at a desk phone', () => {
  let phone: Baresip;
  beforeEach(async () => {
    phone = await deskPhone();
    expect(await phone.registered()).toBe('OK');
  });
  afterEach(() => phone.stop());

  it('picks up, talks with the customer, and hangs up; each is on a channel of the recording', async () => {
    const call = await scene.agent.okCall(TALKS);
    expect(call.agent.phone).toBe('sip');
    await phone.next('CALL_INCOMING');
    expect((await scene.live.call(call.id)).state).toBe('connecting');
    phone.accept();
    await scene.live.until(call.id, (now) => now.state === 'connected');
    const hears = () => shareOf(CUSTOMER_HZ, lately(phone.heard()));
    await expect.poll(hears, { timeout: 10_000 }).toBeGreaterThan(0.4);
    await new Promise((resolve) => setTimeout(resolve, 2000)); // the talk itself
    phone.hangUp();
    expect(await callEnds(call)).toMatchObject({
      outcome: 'completed',
      endedBy: 'agent',
      endReason: 'agent_hung_up',
    });

    await scene.recorded({ call });
    const { recording } = await scene.detail({ call });
    expect(recording).toMatchObject({ state: 'ready', speakers: ['agent', 'customer'], flags: [] });
    const audio = await scene.agent.fetch('GET', recording?.audioUrl ?? '');
    const [left, right] = await decodeMp3(new Uint8Array(await audio.arrayBuffer()));
    expect(decibelsAbove(AGENT_HZ, CUSTOMER_HZ, left!)).toBeGreaterThan(20);
    expect(decibelsAbove(CUSTOMER_HZ, AGENT_HZ, right!)).toBeGreaterThan(20);
  });

  it('presses End on the page: the phone is free again', async () => {
    const call = await scene.agent.okCall(TALKS);
    await phone.next('CALL_INCOMING');
    phone.accept();
    await scene.live.until(call.id, (now) => now.state === 'connected');
    await scene.hangUp({ call });
    await phone.next('CALL_CLOSED');
    expect(await callEnds(call)).toMatchObject({ endReason: 'agent_hung_up' });
  });

  it('presses End while the phone still rings: it stops', async () => {
    const call = await scene.agent.okCall(TALKS);
    await phone.next('CALL_INCOMING');
    await scene.hangUp({ call });
    await phone.next('CALL_CLOSED');
    expect(await callEnds(call)).toMatchObject({ outcome: 'cancelled', ringMs: null });
  });

  it('declines: nobody is dialled', async () => {
    const call = await scene.agent.okCall(TALKS);
    await phone.next('CALL_INCOMING');
    phone.hangUp();
    expect(await callEnds(call)).toMatchObject({
      outcome: 'failed',
      endReason: 'agent_phone_busy',
      ringMs: null,
    });
  });

  it('does not pick up: nobody is dialled', async () => {
    const call = await scene.agent.okCall(TALKS);
    await phone.next('CALL_INCOMING');
    expect(await callEnds(call)).toMatchObject({ endReason: 'agent_phone_not_answered' });
    await phone.next('CALL_CLOSED');
  });

  it('hears of a busy customer by being hung up', async () => {
    const call = await scene.agent.okCall(BUSY);
    await phone.next('CALL_INCOMING');
    phone.accept();
    expect(await callEnds(call)).toMatchObject({ outcome: 'busy', endReason: 'customer_busy' });
    await phone.next('CALL_CLOSED');
  });
});

describe('an agent whose phone is not there', () => {
  it('is told so at once, and nobody is dialled', async () => {
    const call = await scene.agent.okCall(TALKS);
    expect(await callEnds(call)).toMatchObject({
      outcome: 'failed',
      endedBy: 'system',
      endReason: 'agent_phone_unreachable',
    });
  });

  it('because its password is wrong, cannot register', async () => {
    const phone = await deskPhone('Wrong1password2');
    expect(await phone.registered()).toBe('ERR');
    await phone.stop();
  });
});
