import type { CallsAnswer, LiveCall } from '@offhook/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { detail, type House, openHouse, reaches, startCall } from './call-house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(async () => house.close());

describe('a call', () => {
  test('walks from Call to hang-up, with the agent in the room before anybody rings', async () => {
    const wire = await startCall(house);
    expect(wire.call).toMatchObject({
      state: 'connecting',
      customer: { number: '+447700900001', name: 'Ada Answers' },
      outcome: null,
    });
    const twiml = await wire.agentAsks();
    expect(twiml).toContain(`participantLabel="agent"`);
    expect(twiml).toContain(`endConferenceOnExit="true"`);
    expect(twiml).toContain(`record="record-from-start"`);
    expect(twiml).toContain(`>${wire.call.id}</Conference>`);
    expect(await wire.agentAsks()).toBe(twiml);
    expect(house.carrier.dials).toHaveLength(0);

    await wire.agentEnters();
    const leg = await wire.dialled();
    expect(leg.label).toMatch(/^leg_\w+$/);
    const order = new URLSearchParams(house.carrier.dials[0]?.split(' ')[2]);
    expect(Object.fromEntries(order)).toMatchObject({
      From: '+447700900000',
      To: '+447700900001',
      EarlyMedia: 'true',
      Beep: 'false',
      EndConferenceOnExit: 'true',
    });
    expect(order.getAll('StatusCallbackEvent')).toEqual([
      'initiated',
      'ringing',
      'answered',
      'completed',
    ]);

    await wire.customerIs('ringing');
    expect((await reaches(house, wire.call.id, 'ringing')).ringingAt).not.toBeNull();
    await wire.customerIs('in-progress');
    await wire.customerEnters();
    expect((await reaches(house, wire.call.id, 'connected')).connectedAt).not.toBeNull();

    await wire.leaves('customer', 'participant_hung_up');
    await wire.customerIs('completed');
    const ended = await reaches(house, wire.call.id, 'ended');
    expect(ended).toMatchObject({
      outcome: 'completed',
      endedBy: 'customer',
      endReason: 'customer_hung_up',
    });
    expect(ended.talkMs).toBeGreaterThanOrEqual(0);
    // The agent's leg was taken down by its sid, then the room.
    expect(wire.agent?.status).toBe('completed');
    const { events } = await detail(house.admin, wire.call.id);
    const kinds = events.map(({ kind }) => kind);
    expect(kinds.slice(0, 11)).toEqual([
      'call.created',
      'agent.connecting',
      'agent.joined',
      'customer.dialling',
      'customer.dialled',
      'customer.ringing',
      'customer.answered',
      'customer.joined',
      'call.connected',
      'customer.left',
      'call.ending',
    ]);
    // Legs are taken down at once: which is gone first may differ.
    expect(kinds.slice(11).sort()).toEqual(['agent.gone', 'call.ended', 'customer.gone']);
  });

  test('is ended by the agent while the phone rings: the phone stops', async () => {
    const wire = await startCall(house);
    await wire.connectAgent();
    await wire.dialled();
    await wire.customerIs('ringing');
    const answer = await house.admin.post(`/api/calls/${wire.call.id}/hangup`);
    expect(answer.status).toBe(200);
    const ended = await reaches(house, wire.call.id, 'ended');
    expect(ended).toMatchObject({ outcome: 'cancelled', endedBy: 'agent', talkMs: null });
    expect(wire.customer.status).toBe('canceled');
    // Harmless twice.
    const again = await house.admin.post(`/api/calls/${wire.call.id}/hangup`);
    expect(again.body).toMatchObject({ state: 'ended', endReason: 'agent_hung_up' });
  });

  test.each([
    ['busy', {}, 'busy', 'customer_busy'],
    ['no-answer', { SipResponseCode: '487' }, 'no_answer', 'customer_did_not_answer'],
    ['failed', { SipResponseCode: '404' }, 'failed', 'number_not_in_service'],
    ['failed', { SipResponseCode: '403' }, 'failed', 'carrier_refused'],
    ['failed', { SipResponseCode: '488' }, 'failed', 'carrier_no_codec'],
    ['failed', { SipResponseCode: '503' }, 'failed', 'carrier_failed'],
  ])('to a phone that is %s %j ends, agent’s leg included', async (status, more, outcome, why) => {
    const wire = await startCall(house);
    await wire.connectAgent();
    await wire.dialled();
    await wire.customerIs(status, more);
    const ended = await reaches(house, wire.call.id, 'ended');
    expect(ended).toMatchObject({ outcome, endReason: why });
    expect(wire.agent?.status).toBe('completed');
  });

  test('of which every message comes twice and the legs’ last first, ends up the same', async () => {
    const wire = await startCall(house);
    await wire.connectAgent();
    await wire.agentEnters();
    await wire.dialled();
    // Answered before ringing, and in the room before either.
    await wire.customerEnters();
    await wire.customerIs('in-progress');
    await wire.tellLeg('ringing');
    await wire.tellLeg('in-progress');
    await wire.customerIs('completed');
    await wire.tellLeg('completed');
    expect((await detail(house.admin, wire.call.id)).call.state).toBe('connected');
    await wire.leaves('customer', 'participant_hung_up');
    await wire.leaves('customer', 'participant_hung_up');
    const ended = await reaches(house, wire.call.id, 'ended');
    expect(ended).toMatchObject({ outcome: 'completed', endReason: 'customer_hung_up' });
    expect(house.carrier.dials).toHaveLength(1);
  });

  test('whose agent closes the tab ends for the customer', async () => {
    const wire = await startCall(house);
    await wire.connect();
    await wire.leaves('agent', 'participant_hung_up');
    const ending = await reaches(house, wire.call.id, 'ended');
    expect(ending).toMatchObject({
      outcome: 'completed',
      endedBy: 'agent',
      endReason: 'agent_left',
    });
    expect(wire.customer.status).toBe('completed');
  });

  test('shows in the list and in the live stream, numbered in order', async () => {
    const { seq } = (await house.admin.get<CallsAnswer>('/api/calls')).body;
    const stream = await house.admin.fetch('GET', `/api/live?after=${seq}`);
    const wire = await startCall(house);
    await wire.connect();
    const seen: LiveCall[] = [];
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of stream.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks.filter((one) => one.includes('event: call'))) {
        seen.push(JSON.parse(/^data: ?(.*)$/m.exec(block)?.[1] ?? '') as LiveCall);
      }
      if (seen.some(({ event }) => event.kind === 'call.connected')) break;
    }
    const numbers = seen.map((one) => one.seq);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(seen[0]?.event.kind).toBe('call.created');
    expect((await house.admin.get<CallsAnswer>('/api/calls')).body.calls[0]).toMatchObject({
      id: wire.call.id,
      state: 'connected',
    });
  });
});
