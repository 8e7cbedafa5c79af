import { describe, expect, it } from 'vitest';
import { inviteClient } from './invite-client.ts';
import { inviteServer } from './invite-server.ts';
import { USUAL_TIMES, type Action, type State, type Step, type Timing } from './machine.ts';
import { nonInviteClient } from './non-invite-client.ts';
import { nonInviteServer } from './non-invite-server.ts';

const UDP: Timing = { ...USUAL_TIMES, reliable: false };
const TCP: Timing = { ...USUAL_TIMES, reliable: true };

/** Actions in a word each: "send", "start A 500", "fail timeout" … */
function words(actions: readonly Action[]): string {
  return actions
    .map((action) => {
      if (action.do === 'start') return `start ${action.timer} ${action.ms}`;
      if (action.do === 'stop') return `stop ${action.timer}`;
      return action.do === 'fail' ? `fail ${action.why}` : action.do;
    })
    .join(', ');
}

/** Tells a machine events one by one, and writes down where it stands and what it wants. */
function walk<Phase extends string, Event>(
  machine: (state: State<Phase>, event: Event, timing: Timing) => Step<Phase>,
  phase: Phase,
  timing: Timing,
  events: Event[],
): string[] {
  let state: State<Phase> = { phase, repeatMs: 0 };
  return events.map((event) => {
    const step = machine(state, event, timing);
    state = step.state;
    return `${state.phase}: ${words(step.actions)}`.trim();
  });
}

describe('the client of an INVITE (RFC 3261 §17.1.1)', () => {
  const client = (timing: Timing, ...events: Parameters<typeof inviteClient>[1][]) =>
    walk(inviteClient, 'calling', timing, events);

  it('repeats over UDP, each time after twice as long, until B', () => {
    expect(client(UDP, 'begin', 'A', 'A', 'A', 'B', 'A', '2xx')).toEqual([
      'calling: send, start B 32000, start A 500',
      'calling: send, start A 1000, knock',
      'calling: send, start A 2000',
      'calling: send, start A 4000',
      'terminated: end, fail timeout',
      'terminated:',
      'terminated:',
    ]);
  });

  it('repeats nothing over TCP', () => {
    expect(client(TCP, 'begin')).toEqual(['calling: send, start B 32000']);
  });

  it('is patient from the first provisional answer on', () => {
    expect(client(UDP, 'begin', '1xx', '1xx', 'A', 'B')).toEqual([
      'calling: send, start B 32000, start A 500',
      'proceeding: stop A, stop B, tell',
      'proceeding: tell',
      'proceeding:',
      'proceeding:',
    ]);
  });

  it('acknowledges a refusal, also one sent again, and tells it once', () => {
    expect(client(UDP, 'begin', '1xx', '300-699', '300-699', '2xx', 'D').slice(2)).toEqual([
      'completed: stop A, stop B, acknowledge, start D 32000, tell',
      'completed: acknowledge',
      'completed:',
      'terminated: end',
    ]);
    expect(client(TCP, 'begin', '300-699')[1]).toContain('start D 0');
  });

  it('passes further 2xx on until M (RFC 6026 §7.2)', () => {
    expect(client(UDP, 'begin', '2xx', '2xx', '300-699', '1xx', 'M').slice(1)).toEqual([
      'accepted: stop A, stop B, start M 32000, tell',
      'accepted: tell',
      'accepted:',
      'accepted:',
      'terminated: end',
    ]);
  });

  it('says when it cannot be sent, nor acknowledged', () => {
    expect(client(UDP, 'begin', 'unsent')[1]).toBe('terminated: end, fail transport');
    expect(client(UDP, 'begin', '300-699', 'unsent')[2]).toBe('terminated: end, fail transport');
    // A repeat that could not be sent matters no more when an answer is here.
    expect(client(UDP, 'begin', '1xx', 'unsent')[2]).toBe('proceeding:');
  });
});

describe('the client of any other request (§17.1.2)', () => {
  const client = (timing: Timing, ...events: Parameters<typeof nonInviteClient>[1][]) =>
    walk(nonInviteClient, 'trying', timing, events);

  it('repeats over UDP, at T2 in the end, until F', () => {
    expect(client(UDP, 'begin', 'E', 'E', 'E', 'E', 'F', 'E')).toEqual([
      'trying: send, start F 32000, start E 500',
      'trying: send, start E 1000, knock',
      'trying: send, start E 2000',
      'trying: send, start E 4000',
      'trying: send, start E 4000',
      'terminated: end, fail timeout',
      'terminated:',
    ]);
  });

  it('repeats at T2 when it is being worked on, and still has F', () => {
    expect(client(UDP, 'begin', '1xx', 'E', '1xx', 'F').slice(1)).toEqual([
      'proceeding: tell',
      'proceeding: send, start E 4000',
      'proceeding: tell',
      'terminated: end, fail timeout',
    ]);
  });

  it('tells a final answer once and absorbs the same again for K', () => {
    expect(client(UDP, 'begin', '2xx', '2xx', '300-699', 'unsent', 'K').slice(1)).toEqual([
      'completed: stop E, stop F, start K 5000, tell',
      'completed:',
      'completed:',
      'completed:',
      'terminated: end',
    ]);
    expect(client(TCP, 'begin', '300-699')).toEqual([
      'trying: send, start F 32000',
      'completed: stop E, stop F, start K 0, tell',
    ]);
  });

  it('says when it cannot be sent', () => {
    expect(client(TCP, 'begin', 'unsent')[1]).toBe('terminated: end, fail transport');
  });
});

describe('the server of an INVITE (§17.2.1)', () => {
  const server = (timing: Timing, ...events: Parameters<typeof inviteServer>[1][]) =>
    walk(inviteServer, 'proceeding', timing, events);

  it('repeats the last provisional answer when the INVITE comes again', () => {
    expect(server(UDP, 'request', '1xx', 'request', 'ack')).toEqual([
      'proceeding: send',
      'proceeding: send',
      'proceeding: send',
      'proceeding:',
    ]);
  });

  it('repeats a refusal until the ACK is here, and absorbs later ones', () => {
    expect(server(UDP, '300-699', 'G', 'G', 'G', 'G', 'request', 'ack', 'ack', 'G', 'I')).toEqual([
      'completed: send, start H 32000, start G 500',
      'completed: send, start G 1000',
      'completed: send, start G 2000',
      'completed: send, start G 4000',
      'completed: send, start G 4000',
      'completed: send',
      'confirmed: stop G, stop H, start I 5000',
      'confirmed:',
      'confirmed:',
      'terminated: end',
    ]);
    expect(server(TCP, '300-699', 'ack')).toEqual([
      'completed: send, start H 32000',
      'confirmed: stop G, stop H, start I 0',
    ]);
  });

  it('says when no ACK came', () => {
    expect(server(UDP, '300-699', 'H')[1]).toBe('terminated: end, fail timeout');
  });

  it('leaves 2xx and their ACKs to the user agent (RFC 6026 §7.1)', () => {
    expect(server(UDP, '2xx', 'request', 'ack', '300-699', 'L')).toEqual([
      'accepted: send, start L 32000',
      'accepted:',
      'accepted: tell',
      'accepted:',
      'terminated: end',
    ]);
  });
});

describe('the server of any other request (§17.2.2)', () => {
  const server = (timing: Timing, ...events: Parameters<typeof nonInviteServer>[1][]) =>
    walk(nonInviteServer, 'trying', timing, events);

  it('has nothing to repeat before it answered', () => {
    expect(server(UDP, 'request', '1xx', 'request', '1xx')).toEqual([
      'trying:',
      'proceeding: send',
      'proceeding: send',
      'proceeding: send',
    ]);
  });

  it('repeats its final answer for J', () => {
    expect(server(UDP, '2xx', 'request', '300-699', 'J', 'request')).toEqual([
      'completed: send, start J 32000',
      'completed: send',
      'completed:',
      'terminated: end',
      'terminated:',
    ]);
    expect(server(TCP, '300-699')).toEqual(['completed: send, start J 0']);
  });
});
