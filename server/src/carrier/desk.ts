import type { Logger } from 'pino';
import type { CallRecord } from '../call/call.ts';
import { isOver } from '../call/call.ts';
import type { Fact } from '../call/facts.ts';
import type { CarrierAddresses } from './addresses.ts';
import { agentIdentity, identityOf } from './identity.ts';
import { mapConference } from './map-conference.ts';
import { mapLeg } from './map-leg.ts';
import { mapRecordingCallback } from './map-recording-callback.ts';
import { type CallbackForm, field } from './payload.ts';
import { isSameSipUri } from './sip-uri.ts';
import { isSignedBy } from './signature.ts';
import { hangUp, holdMusic, joinRoom, reject, ringback } from './twiml.ts';

/** The calls, as far as callbacks need them; db/call-store.ts is the real one. */
export interface CallsForCarrier {
  find(callId: string): Promise<CallRecord | null>;
  apply(callId: string, fact: Fact): Promise<{ call: CallRecord } | null>;
}

export interface CarrierDeskParts {
  calls: CallsForCarrier;
  addresses: CarrierAddresses;
  authToken: string;
  log: Logger;
}

/** Answers the carrier's questions and turns its news into facts. */
export class CarrierDesk {
  constructor(private readonly parts: CarrierDeskParts) {}

  isGenuine(
    signature: string | string[] | undefined,
    pathAndQuery: string,
    form: CallbackForm,
  ): boolean {
    const { addresses, authToken } = this.parts;
    return isSignedBy(authToken, signature, addresses.signed(pathAndQuery), form);
  }

  /**
   * The agent's leg asks what to do: into the call's room, if it is the leg of that call's agent and
   * the call still wants one. The same question gets the same answer. TwiML. `dialledFor`: the call
   * that we rang an agent's SIP phone for, as the address says that we gave with that order; a
   * browser names the call itself.
   */
  async voice(form: CallbackForm, dialledFor: string | null): Promise<string> {
    const { calls, addresses, log } = this.parts;
    const callId = dialledFor ?? field(form, 'call');
    const sid = field(form, 'CallSid');
    const call = callId === null ? null : await calls.find(callId);
    if (call === null || sid === null) {
      log.warn({ callId, sid }, 'the carrier asks about a call we do not have');
      return reject();
    }
    const isAgents = dialledFor === null ? isAgentsBrowser(call, form) : isAgentsPhone(call, form);
    if (!isAgents) {
      log.warn({ callId, sid }, 'somebody else’s phone asks for this call');
      return reject();
    }
    const applied = await calls.apply(call.id, { kind: 'agent_leg_asked', sid });
    const wanted = applied !== null && !isOver(applied.call) && applied.call.legs.agent.sid === sid;
    return wanted ? joinRoom(applied.call, addresses) : hangUp();
  }

  /** TwiML for whoever waits alone before the room has started. */
  wait(): string {
    return ringback(this.parts.addresses);
  }

  /** TwiML for a customer whom the agent left alone. */
  hold(): string {
    return holdMusic(this.parts.addresses);
  }

  async leg(callId: string, legId: string, form: CallbackForm): Promise<void> {
    const call = await this.parts.calls.find(callId);
    const role = ROLES.find((one) => call?.legs[one].id === legId);
    if (role === undefined) return this.unknownCall('leg', callId);
    await this.tell('leg', callId, mapLeg(form, role));
  }

  async conference(callId: string, form: CallbackForm): Promise<void> {
    await this.tell('conference', callId, mapConference(form));
  }

  async recording(callId: string, form: CallbackForm): Promise<void> {
    await this.tell('recording', callId, mapRecordingCallback(form));
  }

  private async tell(about: string, callId: string, fact: Fact | null): Promise<void> {
    if (fact === null) {
      this.parts.log.debug({ about, callId }, 'a callback that says nothing we use');
      return;
    }
    if ((await this.parts.calls.apply(callId, fact)) === null) this.unknownCall(about, callId);
  }

  /** Acknowledged all the same: repeating it would not make the call exist. */
  private unknownCall(about: string, callId: string): void {
    this.parts.log.warn({ about, callId }, 'a callback about a call we do not have');
  }
}

const ROLES = ['agent', 'customer'] as const;

function isAgentsBrowser({ agent }: CallRecord, form: CallbackForm): boolean {
  const identity = identityOf(field(form, 'From') ?? undefined);
  return agent.sipUri === undefined && identity === agentIdentity(agent.id);
}

/** The leg that we had dialled; picked up so quickly that its sid is news, it goes by its address. */
function isAgentsPhone({ agent, legs }: CallRecord, form: CallbackForm): boolean {
  if (agent.sipUri === undefined) return false;
  if (legs.agent.sid !== null) return legs.agent.sid === field(form, 'CallSid');
  return isSameSipUri(agent.sipUri, field(form, 'To'));
}
