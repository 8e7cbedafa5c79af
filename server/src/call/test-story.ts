import type { CallRecord } from './call.ts';
import { begin, decide } from './decide.ts';
import type { Effect } from './effects.ts';
import type { Fact, FinishedHow } from './facts.ts';

const START = Date.UTC(2026, 10, 22, 14, 37);
export const ROOM = 'CF1';
export const AGENT = 'CA-agent';
export const CUSTOMER = 'CA-customer';

/** A call, told one fact a second. */
export class Story {
  call: CallRecord;
  effects: Effect[];
  kinds: string[];
  private seconds = 0;

  constructor(
    limits: Partial<CallRecord['limits']> = {},
    agent: Partial<CallRecord['agent']> = {},
  ) {
    const begun = begin(
      {
        id: 'call_1',
        agentLegId: 'leg_a',
        customerLegId: 'leg_c',
        agent: { id: 'p1', name: 'Grace', teamId: null, ...agent },
        customer: { number: '+447700900001', name: null },
        limits: {
          agentJoinMs: 20_000,
          ringMs: 30_000,
          maxCallMs: 3_600_000,
          agentGraceMs: 0,
          ...limits,
        },
      },
      START,
    );
    this.call = begun.call;
    this.effects = begun.effects;
    this.kinds = begun.happenings.map(({ kind }) => kind);
  }

  tell(...facts: Fact[]): this {
    for (const fact of facts) {
      this.seconds += 1;
      const decision = decide(this.call, fact, START + this.seconds * 1000);
      this.call = decision.call;
      this.effects.push(...decision.effects);
      this.kinds.push(...decision.happenings.map(({ kind }) => kind));
    }
    return this;
  }

  did(kind: Effect['kind']): Effect[] {
    return this.effects.filter((effect) => effect.kind === kind);
  }

  ending() {
    const { state, outcome, endedBy, endReason } = this.call;
    return { state, outcome, endedBy, endReason };
  }
}

/** What makes a story that of an agent with a SIP phone. */
export const WITH_PHONE = { sipUri: 'sip:grace@example.com' };

export const agentDialled: Fact = { kind: 'agent_dialled', sid: AGENT };
export const agentProgress = (stage: 'initiated' | 'ringing' | 'answered'): Fact => ({
  kind: 'leg_progress',
  leg: 'agent',
  sid: AGENT,
  stage,
});
export const asked: Fact = { kind: 'agent_leg_asked', sid: AGENT };
export const agentJoined: Fact = { kind: 'joined', leg: 'agent', sid: AGENT, roomSid: ROOM };
export const dialled: Fact = { kind: 'customer_dialled', sid: CUSTOMER };
export const progress = (stage: 'initiated' | 'ringing' | 'answered'): Fact => ({
  kind: 'leg_progress',
  leg: 'customer',
  sid: CUSTOMER,
  stage,
});
export const customerJoined: Fact = {
  kind: 'joined',
  leg: 'customer',
  sid: CUSTOMER,
  roomSid: ROOM,
};
export const finished = (leg: 'agent' | 'customer', how: FinishedHow): Fact => ({
  kind: 'leg_finished',
  leg,
  sid: leg === 'agent' ? AGENT : CUSTOMER,
  how,
  detail: {},
});
export const left = (
  leg: 'agent' | 'customer',
  why: 'hung_up' | 'room_ended' | 'by_api',
): Fact => ({
  kind: 'left',
  leg,
  sid: leg === 'agent' ? AGENT : CUSTOMER,
  roomSid: ROOM,
  why,
  how: null,
  detail: {},
});
export const roomEnded = (bySid: string | null): Fact => ({
  kind: 'room_ended',
  roomSid: ROOM,
  bySid,
  byApi: false,
  detail: {},
});
export const hangUp: Fact = { kind: 'hang_up_asked', by: 'Grace' };

export const RINGING = [asked, agentJoined, dialled, progress('initiated'), progress('ringing')];
/** The same for a SIP phone: it rings, is picked up, and asks what to do. */
export const PICKED_UP = [agentDialled, agentProgress('ringing'), agentProgress('answered'), asked];
export const CONNECTED = [...RINGING, progress('answered'), customerJoined];
