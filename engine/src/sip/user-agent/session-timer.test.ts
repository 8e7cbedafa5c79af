import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Headers } from '../message/headers.ts';
import { bareRequest, responseTo } from '../message/make.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { parseUri } from '../message/uri.ts';
import { agreedAsUac, answerAsUas, SessionClock, sessionExpiresOf } from './session-timer.ts';

function invite(expires: string | null, supported = ''): SipRequest {
  const request = bareRequest('INVITE', parseUri('sip:bob@example.net'));
  if (expires !== null) request.headers.append('Session-Expires', expires);
  if (supported !== '') request.headers.append('Supported', supported);
  return request;
}

function ok(expires: string | null): SipResponse {
  const response = responseTo(bareRequest('INVITE', parseUri('sip:x')), 200);
  if (expires !== null) response.headers.append('Session-Expires', expires);
  return response;
}

describe('Session-Expires', () => {
  it.each([
    ['1800', { seconds: 1800, refresher: null }],
    ['90;refresher=uac', { seconds: 90, refresher: 'uac' }],
    ['90 ; Refresher = UAS;x=y', { seconds: 90, refresher: 'uas' }],
    ['99999999999', null],
    ['soon', null],
    ['-1', null],
    ['', null],
  ])('%s', (value, read) => {
    expect(sessionExpiresOf({ headers: new Headers().append('Session-Expires', value) })).toEqual(
      read,
    );
  });
});

describe('the session timer that we agree to', () => {
  it.each([
    [null, null],
    ['1800;refresher=uac', { seconds: 1800, refresher: 'us' }],
    ['1800;refresher=uas', { seconds: 1800, refresher: 'them' }],
    // Nobody named: we, because a session that is refreshed twice does not end.
    ['1800', { seconds: 1800, refresher: 'us' }],
    // Less than our Min-SE must not make us hurry.
    ['1;refresher=uac', { seconds: 90, refresher: 'us' }],
  ])('as the caller, when the answer says %s (RFC 4028 §7.2)', (expires, agreed) => {
    expect(agreedAsUac(ok(expires), 90)).toEqual(agreed);
  });

  it.each([
    ['1800', 'timer', '1800;refresher=uac', 'them', true],
    ['1800;refresher=uac', 'timer', '1800;refresher=uac', 'them', true],
    ['1800;refresher=uas', 'timer', '1800;refresher=uas', 'us', false],
    // A proxy wants it, and the caller knows nothing of it: it is on us.
    ['1800', '', '1800;refresher=uas', 'us', false],
    ['30', '', '90;refresher=uas', 'us', false],
  ])(
    'as the called one: %s, Supported: %s (§9)',
    (expires, supported, said, refresher, requires) => {
      const answer = answerAsUas(invite(expires, supported), 90);
      expect(answer).toEqual({
        kind: 'agreed',
        timer: { seconds: Number.parseInt(said), refresher },
        headers: [['Session-Expires', said], ...(requires ? [['Require', 'timer']] : [])],
      });
    },
  );

  it('is none where nobody asks for one, and not one below 90 s', () => {
    expect(answerAsUas(invite(null, 'timer'), 90)).toEqual({
      ...{ kind: 'agreed', timer: null, headers: [] },
    });
    expect(answerAsUas(invite('89', 'timer'), 90)).toEqual({ kind: 'too_small', minSeconds: 90 });
  });
});

describe('a session clock', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function started(timer: Parameters<SessionClock['restart']>[0]) {
    const told: string[] = [];
    const began = Date.now();
    const at = () => (Date.now() - began) / 1000;
    const clock = new SessionClock(
      () => told.push(`refresh ${at()}`),
      () => told.push(`expire ${at()}`),
    );
    clock.restart(timer);
    return { clock, told };
  }

  it('refreshes at half the time where it is on us, and gives up before the end (§10)', () => {
    const { told } = started({ seconds: 1800, refresher: 'us' });
    vi.advanceTimersByTime(1_800_000);
    expect(told).toEqual(['refresh 900', 'expire 1768']);
  });

  it('only gives up where it is on them: a third, at most 32 s before the end', () => {
    const { told } = started({ seconds: 90, refresher: 'them' });
    vi.advanceTimersByTime(90_000);
    expect(told).toEqual(['expire 60']);
  });

  it('starts anew with every agreement, and stops without one', () => {
    const { clock, told } = started({ seconds: 100, refresher: 'them' });
    vi.advanceTimersByTime(60_000);
    clock.restart({ seconds: 100, refresher: 'them' });
    vi.advanceTimersByTime(60_000);
    clock.restart(null);
    vi.advanceTimersByTime(600_000);
    expect(told).toEqual([]);
  });
});
