import { EndReason, RecordingProblem, RecordingState, type Call } from '@offhook/contract';
import { describe, expect, it } from 'vitest';
import { endSentence, nextStep, noPlayerBecause, stateWords } from './call-words.ts';

const running: Call = {
  id: 'c1',
  direction: 'outbound',
  state: 'connected',
  agent: { id: 'p1', name: 'Grace Hopper', phone: 'browser' },
  customer: { number: '+447700900001', name: 'Ada Answers' },
  createdAt: '2026-11-22T14:37:00.000Z',
  ringingAt: null,
  connectedAt: null,
  endedAt: null,
  ringMs: null,
  talkMs: null,
  outcome: null,
  endedBy: null,
  endReason: null,
  recording: null,
  version: 1,
};

function ended(endReason: EndReason, more: Partial<Call> = {}): Call {
  return { ...running, state: 'ended', outcome: 'completed', endReason, ...more };
}

describe('how a call ended, in words', () => {
  it('says nothing of a call that runs', () => {
    expect(endSentence(running)).toBeNull();
  });

  it('says who and after how long', () => {
    expect(endSentence(ended('customer_hung_up', { talkMs: 134_000 }))).toBe(
      'Customer hung up after 2 min 14 s.',
    );
    expect(endSentence(ended('agent_hung_up', { talkMs: 61_000 }))).toBe(
      'You hung up after 1 min 1 s.',
    );
  });

  it('names the agent to everybody else', () => {
    expect(endSentence(ended('agent_hung_up', { talkMs: 5_000 }), 'other')).toBe(
      'Grace Hopper hung up after 5 s.',
    );
    expect(endSentence(ended('agent_left', { talkMs: 5_000 }), 'other')).toBe(
      'Grace Hopper’s browser left the call after 5 s.',
    );
  });

  it('speaks of an agent’s SIP phone as a phone', () => {
    const agent = { ...running.agent, phone: 'sip' } as const;
    expect(stateWords({ ...running, state: 'connecting', agent })).toBe('Ringing your phone');
    expect(stateWords({ ...running, state: 'connecting' })).toBe('Connecting your microphone');
    expect(endSentence(ended('agent_left', { agent, talkMs: 5_000 }), 'other')).toBe(
      'Grace Hopper’s phone left the call after 5 s.',
    );
    expect(endSentence(ended('agent_phone_unreachable', { agent }))).toBe(
      'Your phone could not be reached, so nobody was dialled.',
    );
    expect(nextStep(ended('agent_never_joined', { agent }))).not.toContain('microphone');
  });

  it('tells giving up while it rang from giving up before', () => {
    expect(endSentence(ended('agent_hung_up', { ringMs: 8_000 }))).toBe(
      'You hung up while it rang, after 8 s.',
    );
    expect(endSentence(ended('agent_hung_up'))).toBe('You hung up before it rang.');
  });

  it('tells a busy line from a declined call', () => {
    expect(endSentence(ended('customer_busy'))).toBe('The customer’s line is busy.');
    expect(endSentence(ended('customer_busy', { ringMs: 4_000 }))).toBe(
      'The customer declined the call after ringing for 4 s.',
    );
  });

  it.each(EndReason.options)('has a sentence for %s, whoever reads it', (reason) => {
    for (const reader of ['own', 'other'] as const) {
      for (const more of [{}, { ringMs: 3_000 }, { ringMs: 3_000, talkMs: 9_000 }]) {
        expect(endSentence(ended(reason, more), reader)).toMatch(/^[A-Z].*[a-z]\.$/);
      }
    }
    expect(nextStep(ended(reason)) ?? 'Nothing to say.').toMatch(/\.$/);
  });
});

describe('why there is no player', () => {
  it.each(RecordingState.options)('explains the state %s, or lets it play', (state) => {
    for (const problem of [null, ...RecordingProblem.options]) {
      const words = noPlayerBecause(ended('agent_hung_up', { talkMs: 1 }), { state, problem });
      if (state === 'ready') expect(words).toBeNull();
      else expect(words?.text).toMatch(/\.$/);
    }
  });

  it('does not promise a recording of a call that was never connected', () => {
    expect(noPlayerBecause(ended('customer_busy'), null)?.title).toBe('No recording');
    expect(noPlayerBecause(ended('agent_hung_up', { talkMs: 9 }), null)?.title).toBe(
      'No recording yet',
    );
    expect(noPlayerBecause(running, null)?.title).toBe('Not recording yet');
  });
});
