import type { Twilio } from 'twilio';
import type { CallRecord } from '../call/call.ts';
import type { CustomerNotDialled, FinishedHow } from '../call/facts.ts';
import type { CarrierAddresses } from './addresses.ts';
import { mapError, whyNotDialled } from './map-error.ts';
import { mapStatus } from './map-status.ts';

/** Twilio takes 5 to 600. */
const TIMEOUT_SECONDS = { least: 5, most: 600 };
/** Each round is a command and a look; the second looks at what the first ran into. */
const END_ROUNDS = 3;
/** Calls to one number that are worth looking through, newest first. */
const LOOK_THROUGH = 50;

export type Dialled =
  | { kind: 'dialled'; sid: string }
  | { kind: 'not_dialled'; why: CustomerNotDialled['why']; detail: CustomerNotDialled['detail'] }
  /** It must be looked up before anything else is done. */
  | { kind: 'unknown'; message: string };

/** Commands to the carrier. Each rejects when the carrier cannot be reached. */
export class Carrier {
  constructor(
    private readonly client: Twilio,
    private readonly addresses: CarrierAddresses,
    private readonly callerId: string,
  ) {}

  /** Rings the customer into the call's room. Never rejects; never to be repeated blindly. */
  async dial(call: CallRecord, roomSid: string): Promise<Dialled> {
    const leg = call.legs.customer;
    try {
      const participant = await this.client.conferences(roomSid).participants.create({
        from: this.callerId,
        to: call.customer.number,
        label: leg.id,
        earlyMedia: true,
        beep: 'false',
        endConferenceOnExit: true,
        timeout: timeoutSeconds(call.limits.ringMs),
        jitterBufferSize: 'small',
        statusCallback: this.addresses.leg(call.id, leg.id),
        statusCallbackMethod: 'POST',
        statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
      });
      return { kind: 'dialled', sid: participant.callSid };
    } catch (error) {
      return notDialled(error);
    }
  }

  /**
   * Rings the agent's SIP phone, which asks what to do once it is picked up. Never rejects; never to
   * be repeated blindly.
   */
  async dialAgent(call: CallRecord, sipUri: string): Promise<Dialled> {
    try {
      const leg = await this.client.calls.create({
        from: this.callerId,
        to: sipUri,
        url: this.addresses.voice(call.id),
        method: 'POST',
        timeout: timeoutSeconds(call.limits.ringMs),
        statusCallback: this.addresses.leg(call.id, call.legs.agent.id),
        statusCallbackMethod: 'POST',
        statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
      });
      return { kind: 'dialled', sid: leg.sid };
    } catch (error) {
      return notDialled(error);
    }
  }

  /**
   * After a dial of unknown fate: the agent's leg, if the carrier has one. An agent has one call at a
   * time, so of the calls to that phone since this one began, those of no other call are ours.
   */
  async findAgentDialled(
    call: CallRecord,
    sipUri: string,
    areOthers: (sids: string[]) => Promise<Set<string>>,
  ): Promise<string | null> {
    return this.findOnlyCall(call, sipUri, areOthers);
  }

  /**
   * After a dial of unknown fate: the customer's leg, if the carrier has one. Participants know the
   * label, but only while they live; the list of calls knows ended ones too, but not the label, so
   * `areOthers` sorts out legs of other calls.
   */
  async findDialled(
    call: CallRecord,
    roomSid: string,
    areOthers: (sids: string[]) => Promise<Set<string>>,
  ): Promise<string | null> {
    const participant = await orNullIf404(
      this.client.conferences(roomSid).participants(call.legs.customer.id).fetch(),
    );
    if (participant !== null) return participant.callSid;
    return this.findOnlyCall(call, call.customer.number, areOthers);
  }

  /**
   * Ends a leg and answers how it ended; null when the carrier took the command but does not say
   * yet. `canceled` while it may still ring, else `completed`; when the carrier says that this does
   * not fit, looks how the leg stands and tries again.
   */
  async endLeg(sid: string, mayRing: boolean): Promise<FinishedHow | null> {
    let status: 'canceled' | 'completed' = mayRing ? 'canceled' : 'completed';
    for (let round = 1; ; round += 1) {
      try {
        const leg = await this.client.calls(sid).update({ status });
        const how = finishedHow(leg.status);
        if (how !== null) return how;
      } catch (error) {
        const verdict = mapError(error);
        if (verdict.kind !== 'refused' || round === END_ROUNDS) throw error;
        if (verdict.status === 404) return 'failed';
      }
      const leg = await orNullIf404(this.client.calls(sid).fetch());
      if (leg === null) return 'failed';
      const how = finishedHow(leg.status);
      if (how !== null) return how;
      if (round === END_ROUNDS) return null;
      status = leg.status === 'queued' || leg.status === 'ringing' ? 'canceled' : 'completed';
    }
  }

  /** Takes a leg out of the conversation, with our music, or back into it. */
  async hold(roomSid: string, sid: string, isHeld: boolean): Promise<void> {
    const music = { holdUrl: this.addresses.hold(), holdMethod: 'POST' } as const;
    const participant = this.client.conferences(roomSid).participants(sid);
    // Null means: the leg or the room is gone, and there is nobody to hold.
    await orNullIf404(participant.update({ hold: isHeld, ...(isHeld ? music : {}) }));
  }

  /** Ends a room; harmless when it has ended. */
  async endRoom(roomSid: string): Promise<void> {
    try {
      await this.client.conferences(roomSid).update({ status: 'completed' });
    } catch (error) {
      // Refused means: there is nothing left to end.
      if (mapError(error).kind !== 'refused') throw error;
    }
  }

  /** The one call to this number or phone, since the call began, that is no other call's leg. */
  private async findOnlyCall(
    call: CallRecord,
    to: string,
    areOthers: (sids: string[]) => Promise<Set<string>>,
  ): Promise<string | null> {
    const calls = await this.client.calls.list({ to, from: this.callerId, limit: LOOK_THROUGH });
    // The carrier's times are whole seconds.
    const since = Math.floor(call.createdAt / 1000) * 1000;
    const candidates = calls
      .filter((found) => found.dateCreated.getTime() >= since)
      .map((found) => found.sid);
    const others = await areOthers(candidates);
    const [ours, ...more] = candidates.filter((sid) => !others.has(sid));
    return more.length === 0 ? (ours ?? null) : null;
  }
}

function notDialled(error: unknown): Dialled {
  const verdict = mapError(error);
  const why = whyNotDialled(verdict);
  return why === null
    ? { kind: 'unknown', message: verdict.message }
    : { kind: 'not_dialled', ...why };
}

function timeoutSeconds(ringMs: number): number {
  const { least, most } = TIMEOUT_SECONDS;
  return Math.min(most, Math.max(least, Math.round(ringMs / 1000)));
}

function finishedHow(status: string): FinishedHow | null {
  const mapped = mapStatus(status, null);
  return mapped?.is === 'finished' ? mapped.how : null;
}

export async function orNullIf404<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    const verdict = mapError(error);
    if (verdict.kind === 'refused' && verdict.status === 404) return null;
    throw error;
  }
}
