import type { Logger } from 'pino';
import { isCustomerAlone, isOver, mayRing } from '../call/call.ts';
import { deadlineMatters } from '../call/deadline-facts.ts';
import type { Carrier } from '../carrier/carrier.ts';
import type { Seen } from '../carrier/look.ts';
import type { CallRecord } from '../call/call.ts';
import type { CallStore } from '../db/call-store.ts';
import type { EffectPayloads } from '../db/effect-jobs.ts';
import type { Attempt } from './runners.ts';

export interface CallTaskParts {
  calls: CallStore;
  carrier: Carrier;
  look: (call: CallRecord) => Promise<Seen[]>;
  log: Logger;
}

/** What the jobs do that a call's decisions leave behind; all of them may run more than once. */
export class CallTasks {
  constructor(private readonly parts: CallTaskParts) {}

  /**
   * Rings the customer: on the first attempt only. An attempt that failed or died half-way may have
   * dialled, so every later one looks for the leg instead.
   */
  async dial({ callId }: EffectPayloads['carrier.dial'], attempt: Attempt): Promise<void> {
    const { calls, carrier } = this.parts;
    const call = await calls.find(callId);
    const roomSid = call?.room?.sid;
    // Anything but "asked" means that the leg is known, or known never to have been.
    if (call?.legs.customer.standing !== 'asked' || roomSid === undefined) return;
    if (attempt.number > 1) return this.findDialled(call, roomSid, attempt);
    if (isOver(call)) {
      await calls.apply(callId, { kind: 'customer_not_dialled', why: 'cancelled', detail: {} });
      return;
    }
    const dialled = await carrier.dial(call, roomSid);
    switch (dialled.kind) {
      case 'dialled':
        await calls.apply(callId, { kind: 'customer_dialled', sid: dialled.sid });
        return;
      case 'not_dialled': {
        const { why, detail } = dialled;
        await calls.apply(callId, { kind: 'customer_not_dialled', why, detail });
        return;
      }
      case 'unknown':
        throw new Error(`The carrier did not say whether it dials: ${dialled.message}`);
    }
  }

  /** Rings the agent's SIP phone, as carefully as a customer's: nobody's phone rings twice. */
  async dialAgent(
    { callId }: EffectPayloads['carrier.dial_agent'],
    attempt: Attempt,
  ): Promise<void> {
    const { calls, carrier } = this.parts;
    const call = await calls.find(callId);
    const sipUri = call?.agent.sipUri;
    if (call?.legs.agent.standing !== 'asked' || sipUri === undefined) return;
    if (attempt.number > 1) return this.findAgentDialled(call, sipUri, attempt);
    if (isOver(call)) {
      await calls.apply(callId, { kind: 'agent_not_dialled', why: 'cancelled', detail: {} });
      return;
    }
    const dialled = await carrier.dialAgent(call, sipUri);
    switch (dialled.kind) {
      case 'dialled':
        await calls.apply(callId, { kind: 'agent_dialled', sid: dialled.sid });
        return;
      case 'not_dialled': {
        const { why, detail } = dialled;
        // There is no room to be gone: whatever was not found was the phone.
        await calls.apply(callId, {
          kind: 'agent_not_dialled',
          why: why === 'room_gone' ? 'not_in_service' : why,
          detail,
        });
        return;
      }
      case 'unknown':
        throw new Error(`The carrier did not say whether it rings the agent: ${dialled.message}`);
    }
  }

  async endLeg({ callId, leg, sid }: EffectPayloads['carrier.end_leg']): Promise<void> {
    const { calls, carrier } = this.parts;
    const call = await calls.find(callId);
    const known = call?.legs[leg];
    if (known?.sid === sid && known.standing === 'gone') return;
    const how = await carrier.endLeg(sid, call !== null && mayRing(call, leg));
    // Without an answer the status callback, or the look that follows every ending, brings it.
    if (how === null) return;
    const detail = { sid, seen: 'when ending it' };
    await calls.apply(callId, { kind: 'leg_finished', leg, sid, how, detail });
  }

  async endRoom({ roomSid }: EffectPayloads['carrier.end_room']): Promise<void> {
    await this.parts.carrier.endRoom(roomSid);
  }

  /** Makes the carrier's hold music what it should be by now, which may be the opposite of why. */
  async hold({ callId }: EffectPayloads['carrier.hold']): Promise<void> {
    const { calls, carrier } = this.parts;
    const call = await calls.find(callId);
    const sid = call?.legs.customer.sid ?? null;
    if (call === null || sid === null || call.room === null || isOver(call)) return;
    await carrier.hold(call.room.sid, sid, isCustomerAlone(call));
  }

  /** Asks the carrier for the truth about one call. */
  async look({ callId }: EffectPayloads['carrier.look']): Promise<void> {
    const { calls, look } = this.parts;
    const call = await calls.find(callId);
    if (call === null) return;
    for (const { fact, happenedAt } of await look(call)) {
      await calls.apply(callId, fact, happenedAt ?? undefined);
    }
  }

  /**
   * A deadline that still matters is told to the call after a look: while the server was away the
   * call may have gone on without anybody hearing of it.
   */
  async deadline({ callId, which }: EffectPayloads['call.deadline'], attempt: Attempt) {
    const { calls, log } = this.parts;
    const call = await calls.find(callId);
    if (call === null || !deadlineMatters(call, which)) return;
    try {
      await this.look({ callId });
    } catch (error) {
      if (attempt.number === 1) throw error;
      log.warn({ err: error, callId, which }, 'a deadline passes without a look');
    }
    await calls.apply(callId, { kind: 'deadline_passed', which });
  }

  private async findDialled(call: CallRecord, roomSid: string, attempt: Attempt): Promise<void> {
    const { calls, carrier } = this.parts;
    const others = (sids: string[]) => calls.customerSidsOfOthers(call.id, sids);
    const sid = await carrier.findDialled(call, roomSid, others).catch((error: unknown) => {
      if (!attempt.isLast) throw error;
      return null;
    });
    if (sid !== null) {
      await calls.apply(call.id, { kind: 'customer_dialled', sid });
      return;
    }
    // Lists lag: it is looked up again before the call is given up.
    if (!attempt.isLast) throw new Error('The carrier does not know the customer’s leg (yet).');
    const detail = { attempts: attempt.number };
    await calls.apply(call.id, { kind: 'customer_not_dialled', why: 'unknown', detail });
  }

  private async findAgentDialled(
    call: CallRecord,
    sipUri: string,
    attempt: Attempt,
  ): Promise<void> {
    const { calls, carrier } = this.parts;
    const others = (sids: string[]) => calls.agentSidsOfOthers(call.id, sids);
    const sid = await carrier.findAgentDialled(call, sipUri, others).catch((error: unknown) => {
      if (!attempt.isLast) throw error;
      return null;
    });
    if (sid !== null) {
      await calls.apply(call.id, { kind: 'agent_dialled', sid });
      return;
    }
    if (!attempt.isLast) throw new Error('The carrier does not know the agent’s leg (yet).');
    const detail = { attempts: attempt.number };
    await calls.apply(call.id, { kind: 'agent_not_dialled', why: 'unknown', detail });
  }
}
