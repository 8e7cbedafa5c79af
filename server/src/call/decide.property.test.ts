import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallRecord } from './call.ts';
import { begin, decide } from './decide.ts';
import { DEADLINES, type Fact } from './facts.ts';
import { Call } from '@offhook/contract';
import { present } from './present.ts';

const START = Date.UTC(2026, 10, 22, 14, 37);

const leg = fc.constantFrom('agent' as const, 'customer' as const);
const roomSid = fc.constantFrom('CF1', 'CF1', 'CF1', 'CF2');
const how = fc.constantFrom(
  'completed' as const,
  'busy' as const,
  'no_answer' as const,
  'cancelled' as const,
  'not_in_service' as const,
  'refused' as const,
  'no_codec' as const,
  'failed' as const,
);
const detail = fc.constant({});
/** Mostly the leg's own sid, sometimes a stranger's. */
const legAndSid = fc.tuple(leg, fc.integer({ min: 0, max: 7 })).map(([role, die]) => ({
  leg: role,
  sid: die === 0 ? `CA-${role}-2` : `CA-${role}`,
}));

const fact: fc.Arbitrary<Fact> = fc.oneof(
  fc.record({ kind: fc.constant('hang_up_asked' as const), by: fc.constant('Grace') }),
  fc.record({
    kind: fc.constant('agent_leg_asked' as const),
    sid: fc.constantFrom('CA-agent', 'CA-agent', 'CA-agent-2'),
  }),
  fc.record({
    kind: fc.constant('customer_dialled' as const),
    sid: fc.constantFrom('CA-customer', 'CA-customer', 'CA-customer-2'),
  }),
  fc.record({
    kind: fc.constant('customer_not_dialled' as const),
    why: fc.constantFrom(
      'cancelled',
      'room_gone',
      'refused',
      'not_in_service',
      'failed',
      'unknown',
    ),
    detail,
  }),
  fc.record({
    kind: fc.constant('agent_dialled' as const),
    sid: fc.constantFrom('CA-agent', 'CA-agent', 'CA-agent-2'),
  }),
  fc.record({
    kind: fc.constant('agent_not_dialled' as const),
    why: fc.constantFrom('cancelled', 'refused', 'not_in_service', 'failed', 'unknown'),
    detail,
  }),
  merged('leg_progress', { stage: fc.constantFrom('initiated', 'ringing', 'answered') }),
  merged('leg_finished', { how, detail }),
  merged('leg_alive', {}),
  merged('joined', { roomSid }),
  merged('left', {
    roomSid,
    why: fc.constantFrom('hung_up', 'room_ended', 'by_api', 'unknown'),
    how: fc.option(how, { nil: null }),
    detail,
  }),
  fc.record({
    kind: fc.constant('room_ended' as const),
    roomSid,
    bySid: fc.option(fc.constantFrom('CA-agent', 'CA-customer'), { nil: null }),
    byApi: fc.boolean(),
    detail,
  }),
  fc.record({
    kind: fc.constant('deadline_passed' as const),
    which: fc.constantFrom(...DEADLINES),
  }),
  fc.record({
    kind: fc.constantFrom('recording_started' as const),
    recordingId: fc.constantFrom('RE1', 'RE2'),
    detail,
  }),
  fc.record({
    kind: fc.constant('recording_absent' as const),
    recordingId: fc.constant('RE1'),
    problem: fc.constantFrom('nothing_recorded', 'carrier_failed'),
    detail,
  }),
);

function merged(kind: Fact['kind'], fields: Record<string, fc.Arbitrary<unknown>>) {
  return fc
    .tuple(legAndSid, fc.record(fields))
    .map(([who, rest]) => ({ kind, ...who, ...rest }) as Fact);
}

/** Any facts, in any order, each told up to three times in a row. */
const facts = fc
  .array(fc.tuple(fact, fc.integer({ min: 1, max: 3 })), { maxLength: 40 })
  .map((told) => told.flatMap(([one, times]) => Array.from({ length: times }, () => one)));

/** Calls of browsers with and without a grace period, and of SIP phones. */
const kinds = fc.record({
  agentGraceMs: fc.constantFrom(0, 5000),
  agent: fc.constantFrom<Partial<CallRecord['agent']>>({}, { sipUri: 'sip:grace@example.com' }),
});
type Kind = typeof kinds extends fc.Arbitrary<infer K> ? K : never;

function tellAll(told: Fact[], { agentGraceMs, agent }: Kind) {
  const decisions = [
    begin(
      {
        id: 'call_1',
        agentLegId: 'leg_a',
        customerLegId: 'leg_c',
        agent: { id: 'p1', name: 'Grace', teamId: null, ...agent },
        customer: { number: '+447700900001', name: null },
        limits: { agentJoinMs: 20_000, ringMs: 30_000, maxCallMs: 3_600_000, agentGraceMs },
      },
      START,
    ),
  ];
  let call = decisions[0]!.call;
  told.forEach((one, index) => {
    const before = structuredClone(call);
    const decision = decide(call, one, START + index * 10);
    expect(call, 'the call that was passed in is not touched').toEqual(before);
    decisions.push(decision);
    call = decision.call;
  });
  return { call, decisions };
}

const RUNS = { numRuns: 3000 };

test('whatever is told, the call stays one that the contract knows', () => {
  fc.assert(
    fc.property(facts, kinds, (told, kind) => {
      Call.parse(present(tellAll(told, kind).call));
    }),
    RUNS,
  );
});

test('a call only moves forward, and its ending is decided once', () => {
  const order = ['connecting', 'dialling', 'ringing', 'connected', 'ending', 'ended'];
  fc.assert(
    fc.property(facts, kinds, (told, kind) => {
      let last: CallRecord | null = null;
      for (const { call } of tellAll(told, kind).decisions) {
        if (last !== null) {
          expect(order.indexOf(call.state)).toBeGreaterThanOrEqual(order.indexOf(last.state));
          if (last.endReason !== null) {
            const { outcome, endedBy, endReason, endedAt } = last;
            expect(call).toMatchObject({ outcome, endedBy, endedAt });
            // An End that comes after the hang-up it caused explains it; nothing else may.
            const explained = endReason === 'agent_left' && call.endReason === 'agent_hung_up';
            expect(explained || call.endReason === endReason).toBe(true);
          }
        }
        const over = call.state === 'ending' || call.state === 'ended';
        expect(call.endReason !== null).toBe(over);
        expect(call.connectedAt !== null && over ? call.outcome : 'completed').toBe('completed');
        last = call;
      }
    }),
    RUNS,
  );
});

test('the customer is dialled at most once', () => {
  fc.assert(
    fc.property(facts, kinds, (told, kind) => {
      const effects = tellAll(told, kind).decisions.flatMap((decision) => decision.effects);
      expect(effects.filter(({ kind }) => kind === 'dial_customer').length).toBeLessThan(2);
    }),
    RUNS,
  );
});

test('an agent’s SIP phone is rung once, a browser never', () => {
  fc.assert(
    fc.property(facts, kinds, (told, kind) => {
      const effects = tellAll(told, kind).decisions.flatMap((decision) => decision.effects);
      const rung = effects.filter((effect) => effect.kind === 'dial_agent').length;
      expect(rung).toBe(kind.agent.sipUri === undefined ? 0 : 1);
    }),
    RUNS,
  );
});

test('once the ending is decided, every leg that was ever heard of is gone or being ended', () => {
  fc.assert(
    fc.property(facts, kinds, (told, kind) => {
      const { call, decisions } = tellAll(told, kind);
      if (call.state !== 'ending' && call.state !== 'ended') return;
      const effects = decisions.flatMap((decision) => decision.effects);
      const ended = new Set(effects.flatMap((one) => (one.kind === 'end_leg' ? [one.sid] : [])));
      const gone = new Set(told.flatMap((one) => (one.kind === 'leg_finished' ? [one.sid] : [])));
      const known = told.flatMap((one) => ('sid' in one ? [one.sid] : []));
      for (const sid of known) expect(ended.has(sid) || gone.has(sid), sid).toBe(true);
    }),
    RUNS,
  );
});

test('from any state, the deadlines bring a call to its end', () => {
  fc.assert(
    fc.property(facts, kinds, (told, kind) => {
      let { call } = tellAll(told, kind);
      for (const which of ['life', 'give_up'] as const) {
        call = decide(call, { kind: 'deadline_passed', which }, START + 3_600_000).call;
      }
      expect(call.state).toBe('ended');
    }),
    RUNS,
  );
});

test('a fact told again at once changes nothing', () => {
  fc.assert(
    fc.property(facts, fact, kinds, (told, again, kind) => {
      // Looking again and finding the leg still there is news each time.
      fc.pre(again.kind !== 'leg_alive');
      const { call } = tellAll([...told, again], kind);
      const repeated = decide(call, again, START + 1_000_000);
      // A deadline that is set off by looking may look again.
      if (again.kind === 'deadline_passed') return;
      expect(repeated.absorbed).not.toBeNull();
      expect(repeated.call).toEqual(call);
    }),
    RUNS,
  );
});
