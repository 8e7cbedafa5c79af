import type { Call } from '@offhook/contract';
import type { CallRecord } from './call.ts';

/** The call as the contract shows it. */
export function present(call: CallRecord): Call {
  return {
    id: call.id,
    direction: call.direction,
    state: call.state,
    agent: {
      id: call.agent.id,
      name: call.agent.name,
      phone: call.agent.sipUri === undefined ? 'browser' : 'sip',
    },
    customer: { number: call.customer.number, name: call.customer.name },
    createdAt: instant(call.createdAt),
    ringingAt: instantOrNull(call.ringingAt),
    connectedAt: instantOrNull(call.connectedAt),
    endedAt: instantOrNull(call.endedAt),
    ringMs: ringMs(call),
    talkMs: talkMs(call),
    outcome: call.outcome,
    endedBy: call.endedBy,
    endReason: call.endReason,
    recording: call.recording,
    version: call.version,
  };
}

/** Ringing to answer, or to the end. Null while it rings, and when no phone rang. */
export function ringMs(call: CallRecord): number | null {
  const until = call.legs.customer.answeredAt ?? call.endedAt;
  if (call.ringingAt === null || until === null) return null;
  return Math.max(0, until - call.ringingAt);
}

/** Connected to the end. Null while they talk, and when they never did. */
export function talkMs(call: CallRecord): number | null {
  if (call.connectedAt === null || call.endedAt === null) return null;
  return call.endedAt - call.connectedAt;
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

function instantOrNull(ms: number | null): string | null {
  return ms === null ? null : instant(ms);
}
