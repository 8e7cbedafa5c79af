import twilio from 'twilio';
import type { CallRecord } from '../call/call.ts';
import type { CarrierAddresses } from './addresses.ts';

/** The agent's label in the room; the customer's is the leg's id. */
export const AGENT_LABEL = 'agent';

/** "failed" is documented for conferences too; the official helper's types forget it. */
const RECORDING_EVENTS = ['in-progress', 'completed', 'absent', 'failed'] as (
  'in-progress' | 'completed' | 'absent'
)[];

/**
 * Puts the agent's leg into the call's room. The agent's leaving ends the room exactly while there
 * is no grace period. Only the first participant's callbacks count, and the agent is the first.
 */
export function joinRoom(call: CallRecord, addresses: CarrierAddresses): string {
  const response = new twilio.twiml.VoiceResponse();
  response.dial().conference(
    {
      participantLabel: AGENT_LABEL,
      beep: 'false',
      startConferenceOnEnter: true,
      endConferenceOnExit: call.limits.agentGraceMs === 0,
      waitUrl: addresses.wait(),
      waitMethod: 'POST',
      jitterBufferSize: 'small',
      record: 'record-from-start',
      trim: 'do-not-trim',
      recordingStatusCallback: addresses.recording(call.id),
      recordingStatusCallbackMethod: 'POST',
      recordingStatusCallbackEvent: RECORDING_EVENTS,
      statusCallback: addresses.conference(call.id),
      statusCallbackMethod: 'POST',
      statusCallbackEvent: ['start', 'end', 'join', 'leave', 'mute', 'hold', 'modify'],
    },
    call.id,
  );
  return response.toString();
}

/** The call has no use for this leg. */
export function hangUp(): string {
  const response = new twilio.twiml.VoiceResponse();
  response.hangup();
  return response.toString();
}

/** Not one of our calls, or not this caller's. */
export function reject(): string {
  const response = new twilio.twiml.VoiceResponse();
  response.reject();
  return response.toString();
}

/** What the agent hears until the customer is in the room. */
export function ringback(addresses: CarrierAddresses): string {
  const response = new twilio.twiml.VoiceResponse();
  response.play({ loop: 0 }, addresses.ringback());
  return response.toString();
}

/** What a customer hears whom the agent left alone. */
export function holdMusic(addresses: CarrierAddresses): string {
  const response = new twilio.twiml.VoiceResponse();
  response.play({ loop: 0 }, addresses.holdMusic());
  return response.toString();
}
