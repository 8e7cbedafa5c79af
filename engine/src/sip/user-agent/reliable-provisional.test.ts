import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Headers } from '../message/headers.ts';
import { bareRequest, responseTo } from '../message/make.ts';
import type { SipResponse } from '../message/message.ts';
import { parseUri } from '../message/uri.ts';
import { ReliableReceiver, ReliableSender, rseqOf } from './reliable-provisional.ts';

const INVITE = bareRequest('INVITE', parseUri('sip:bob@example.net'));
INVITE.headers.append('CSeq', '7 INVITE');

const prack = (rack: string) => ({ headers: new Headers().append('RAck', rack) });

describe('reliable answers as the caller sees them (RFC 3262 §4)', () => {
  it('are acted on once each, in order, whatever number they begin with', () => {
    const receiver = new ReliableReceiver();
    expect([4711, 4711, 4713, 4712, 4711, 4713].map((rseq) => receiver.takes(rseq))).toEqual([
      ...[true, false, false, true, false, true],
    ]);
  });

  it('are those that require 100rel and have a number', () => {
    const response = responseTo(INVITE, 183);
    response.headers.append('RSeq', '1');
    expect(rseqOf(response)).toBeNull();
    response.headers.append('Require', 'timer, 100REL');
    expect(rseqOf(response)).toBe(1);
    response.headers.set('RSeq', 'one');
    expect(rseqOf(response)).toBeNull();
  });
});

describe('reliable answers that we give (RFC 3262 §3)', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function sender() {
    const sent: string[] = [];
    const began = Date.now();
    let gaveUp = 0;
    const reliable = new ReliableSender(
      5,
      { t1: 500 },
      ({ status, headers }: SipResponse) => {
        sent.push(`${status} ${headers.get('RSeq')} at ${Date.now() - began}`);
      },
      () => (gaveUp += 1),
    );
    return { reliable, sent, gaveUp: () => gaveUp };
  }

  it('are repeated after T1, 2 T1, 4 T1 … until the PRACK is here', () => {
    const { reliable, sent } = sender();
    reliable.send(responseTo(INVITE, 183));
    vi.advanceTimersByTime(3600);
    expect(reliable.acknowledges(prack('5 7 INVITE'), INVITE)).toBe(true);
    vi.advanceTimersByTime(60_000);
    expect(sent).toEqual(['183 5 at 0', '183 5 at 500', '183 5 at 1500', '183 5 at 3500']);
  });

  it('wait for one another', () => {
    const { reliable, sent } = sender();
    reliable.send(responseTo(INVITE, 183));
    reliable.send(responseTo(INVITE, 180));
    expect(sent).toEqual(['183 5 at 0']);
    reliable.acknowledges(prack('5 7 INVITE'), INVITE);
    expect(sent).toEqual(['183 5 at 0', '180 6 at 0']);
  });

  it.each(['6 7 INVITE', '5 8 INVITE', '5 7 UPDATE', '', '5', 'x y z'])(
    'are not acknowledged by RAck: %s',
    (rack) => {
      const { reliable } = sender();
      reliable.send(responseTo(INVITE, 183));
      expect(reliable.acknowledges(prack(rack), INVITE)).toBe(false);
      expect(reliable.acknowledges(prack(' 5   7 INVITE '), INVITE)).toBe(true);
      expect(reliable.acknowledges(prack('5 7 INVITE'), INVITE)).toBe(false);
      reliable.stop();
    },
  );

  it('hold the 2xx back until then (§5)', () => {
    const { reliable } = sender();
    const told: string[] = [];
    reliable.whenIdle(() => told.push('at once'));
    reliable.send(responseTo(INVITE, 183));
    reliable.whenIdle(() => told.push('after the PRACK'));
    expect(told).toEqual(['at once']);
    reliable.acknowledges(prack('5 7 INVITE'), INVITE);
    expect(told).toEqual(['at once', 'after the PRACK']);
  });

  it('are given up after 64 T1, once, and never after they are stopped', () => {
    const { reliable, gaveUp } = sender();
    reliable.send(responseTo(INVITE, 183));
    vi.advanceTimersByTime(31_999);
    expect(gaveUp()).toBe(0);
    vi.advanceTimersByTime(60_000);
    expect(gaveUp()).toBe(1);
    const other = sender();
    other.reliable.send(responseTo(INVITE, 183));
    other.reliable.stop();
    vi.advanceTimersByTime(60_000);
    expect(other.gaveUp()).toBe(0);
    expect(other.sent).toHaveLength(1);
  });
});
