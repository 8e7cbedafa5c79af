import type { Call, CallDetail, CallsAnswer, LiveCall } from '@offhook/contract';
import { describe, expect, it } from 'vitest';
import { matches, withCall, withEvent, type CallPages } from './call-cache.ts';

function call(minute: number, more: Partial<Call> = {}): Call {
  return {
    id: `call-${minute}`,
    direction: 'outbound',
    state: 'ringing',
    agent: { id: 'p1', name: 'Grace', phone: 'browser' },
    customer: { number: '+447700900001', name: 'Ada Answers' },
    createdAt: `2026-11-22T14:${String(minute).padStart(2, '0')}:00.000Z`,
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
    ...more,
  };
}

function list(...pages: CallsAnswer[]): CallPages {
  return { pages, pageParams: pages.map(() => undefined) };
}

function page(calls: Call[], nextCursor: string | null = null): CallsAnswer {
  return { calls, nextCursor, seq: 1 };
}

const ids = (pages: CallPages) => pages.pages.map(({ calls }) => calls.map(({ id }) => id));

describe('a list of calls while things happen', () => {
  it('puts a new call on top', () => {
    expect(ids(withCall(list(page([call(2), call(1)])), call(3), {}))).toEqual([
      ['call-3', 'call-2', 'call-1'],
    ]);
  });

  it('changes a call in place, on whichever page it is', () => {
    const before = list(page([call(3)], 'a'), page([call(1)]));
    const after = withCall(before, call(1, { state: 'connected', version: 2 }), {});
    expect(ids(after)).toEqual([['call-3'], ['call-1']]);
    expect(after.pages[1]?.calls[0]?.state).toBe('connected');
  });

  it('is not set back by old news', () => {
    const before = list(page([call(1, { version: 5, state: 'ended' })]));
    expect(withCall(before, call(1, { version: 4 }), {}).pages[0]?.calls[0]?.state).toBe('ended');
  });

  it('drops a call that no longer fits, and ignores one that never did', () => {
    const before = list(page([call(1)]));
    const ended = call(1, { state: 'ended', version: 2 });
    expect(ids(withCall(before, ended, { state: 'live' }))).toEqual([[]]);
    expect(withCall(before, call(2), { agentId: 'someone-else' })).toBe(before);
  });

  it('leaves a call that belongs on a later page to that page', () => {
    const before = list(page([call(9), call(8)], 'more'));
    expect(withCall(before, call(1), {})).toBe(before);
  });
});

describe('filters, as the server understands them', () => {
  it('finds digits however they are typed, and parts of names', () => {
    expect(matches(call(1), { customer: '07700 900' })).toBe(true);
    expect(matches(call(1), { customer: 'ada' })).toBe(true);
    expect(matches(call(1), { customer: '123' })).toBe(false);
  });

  it('counts a call that is ending as live', () => {
    expect(matches(call(1, { state: 'ending' }), { state: 'live' })).toBe(true);
    expect(matches(call(1, { state: 'ended' }), { state: 'live' })).toBe(false);
  });
});

describe('a call’s page while things happen', () => {
  const event = (seq: number): LiveCall['event'] => ({
    seq,
    callId: 'call-1',
    at: '2026-11-22T14:01:00.000Z',
    offsetMs: seq,
    kind: 'customer.ringing',
    source: 'carrier',
    text: 'The customer’s phone rings.',
    detail: {},
  });
  const detail: CallDetail = { call: call(1), events: [event(4)], recording: null, seq: 4 };

  it('adds what is new once, in the order of its numbers', () => {
    const news = (seq: number) => ({ seq, call: call(1, { version: seq }), event: event(seq) });
    const after = [news(6), news(5), news(6)].reduce(withEvent, detail);
    expect(after.events.map(({ seq }) => seq)).toEqual([4, 5, 6]);
    expect(after.call.version).toBe(6);
    expect(after.seq).toBe(6);
  });

  it('is not touched by other calls', () => {
    expect(withEvent(detail, { seq: 9, call: call(2), event: event(9) })).toBe(detail);
  });
});
