import type { Call } from '@offhook/contract';
import { describe, expect, it } from 'vitest';
import { QUIET, after } from './phone-state.ts';
import type { PhoneFact, PhoneState } from './phone-state.ts';

function aCall(version: number, state: Call['state'], over: Partial<Call> = {}): Call {
  return {
    id: 'c1',
    direction: 'outbound',
    state,
    agent: { id: 'p1', name: 'Ann', phone: 'browser' },
    customer: { number: '+447700900001', name: 'Ada Answers' },
    createdAt: '2026-11-22T20:00:00.000Z',
    ringingAt: null,
    connectedAt: null,
    endedAt: null,
    ringMs: null,
    talkMs: null,
    outcome: null,
    endedBy: null,
    endReason: null,
    recording: null,
    version,
    ...over,
  };
}

const told = (version: number, state: Call['state'], over?: Partial<Call>): PhoneFact => ({
  kind: 'server',
  call: aCall(version, state, over),
});
const run = (...facts: PhoneFact[]): PhoneState => facts.reduce(after, QUIET);
const dialled: PhoneFact = { kind: 'dialled', to: '07700 900001', phone: 'browser' };
const open: PhoneFact = { kind: 'microphone_open' };
const placed: PhoneFact = { kind: 'placed', call: aCall(1, 'connecting') };

describe('a call from this tab', () => {
  it('walks from the click to the end', () => {
    expect(run(dialled).current?.stage).toBe('microphone');
    expect(run(dialled, open).current?.stage).toBe('placing');
    expect(run(dialled, open, placed).current).toMatchObject({ stage: 'connecting', here: true });
    expect(run(dialled, open, placed, told(2, 'ringing')).current?.stage).toBe('ringing');
    const over = run(dialled, open, placed, told(2, 'ringing'), told(9, 'ended'));
    expect(over.current).toBeNull();
    expect(over.last?.version).toBe(9);
  });

  it('is not moved back by news that is old', () => {
    const state = run(dialled, open, placed, told(5, 'connected'), told(3, 'ringing'));
    expect(state.current?.stage).toBe('connected');
  });

  it('takes news that overtook the answer', () => {
    const state = run(dialled, open, told(2, 'dialling'), placed);
    expect(state.current).toMatchObject({ stage: 'dialling', here: true });
  });

  it('can be over before the answer is here', () => {
    const state = run(dialled, open, told(7, 'ended'), placed);
    expect(state.current).toBeNull();
    expect(state.last?.version).toBe(7);
  });

  it('does not mistake the late end of the call before for its own', () => {
    const before = told(9, 'ended', { id: 'c0', createdAt: '2026-11-22T19:00:00.000Z' });
    const state = run(dialled, open, before, placed, told(2, 'ringing'));
    expect(state.current).toMatchObject({ stage: 'ringing', here: true });
  });

  it('is forgotten when it could not be made, and says why', () => {
    const problem = { kind: 'microphone', problem: 'refused' } as const;
    expect(run(dialled, { kind: 'not_placed', problem })).toEqual({ ...QUIET, problem });
  });

  it('clears what was shown before', () => {
    const state = run(
      { kind: 'problem', problem: { kind: 'offline' } },
      told(1, 'ringing'),
      told(2, 'ended'),
      dialled,
    );
    expect(state).toMatchObject({ problem: null, last: null });
  });

  it('settles an End that the server could not hear', () => {
    const unheard: PhoneFact = { kind: 'problem', problem: { kind: 'hang_up_unheard' } };
    const state = run(dialled, open, placed, { kind: 'end_pressed' }, unheard, told(9, 'ended'));
    expect(state.problem).toBeNull();
  });

  it('is not begun while one runs', () => {
    const state = run(told(1, 'ringing'), dialled);
    expect(state.current).toMatchObject({ stage: 'ringing', here: false });
  });
});

describe('a call from another tab', () => {
  it('is shown, but its sound is not here', () => {
    const state = run(told(1, 'connected'), { kind: 'muted', muted: true });
    expect(state.current).toMatchObject({ stage: 'connected', here: false, muted: false });
  });

  it('shows itself when ours is refused for it', () => {
    const problem = { kind: 'refused', code: 'call.agent_busy', message: '…' } as const;
    const state = run(dialled, open, told(4, 'connected'), { kind: 'not_placed', problem });
    expect(state.current).toMatchObject({ here: false, stage: 'connected' });
    expect(state.problem).toEqual(problem);
  });

  it('gives way to a newer one when its end was missed', () => {
    const newer = told(1, 'ringing', { id: 'c2', createdAt: '2026-11-22T20:05:00.000Z' });
    expect(run(told(3, 'connected'), newer).current?.call?.id).toBe('c2');
  });

  it('that has ended long ago is no news', () => {
    expect(run(told(3, 'ended'))).toEqual(QUIET);
  });
});

it('keeps the ended call fresh while it is shown, as when its recording arrives', () => {
  const state = run(told(1, 'connected'), told(2, 'ended'), told(3, 'ended'));
  expect(state.last?.version).toBe(3);
  expect(after(state, { kind: 'dismissed' }).last).toBeNull();
});

describe('a call on the agent’s SIP phone', () => {
  const phone = { agent: { id: 'p1', name: 'Grace Hopper', phone: 'sip' } } as const;
  const dialledWithPhone: PhoneFact = { kind: 'dialled', to: '07700 900001', phone: 'sip' };

  it('asks for no microphone, and its sound is never here', () => {
    const asking = run(dialledWithPhone);
    expect(asking.current).toMatchObject({ stage: 'placing', phone: 'sip', here: false });
    const answer: PhoneFact = { kind: 'placed', call: aCall(1, 'connecting', phone) };
    const rings = run(dialledWithPhone, answer);
    expect(rings.current).toMatchObject({ stage: 'connecting', phone: 'sip', here: false });
    const talks = run(dialledWithPhone, answer, told(2, 'connected', phone));
    expect(talks.current).toMatchObject({ stage: 'connected', here: false });
  });

  it('is what the server says, where the setting changed in another tab', () => {
    const answer: PhoneFact = { kind: 'placed', call: aCall(1, 'connecting', phone) };
    expect(run(dialled, open, answer).current).toMatchObject({ phone: 'sip', here: false });
    expect(run(dialledWithPhone, placed).current).toMatchObject({ phone: 'browser', here: true });
  });
});
