import type {
  Call,
  CallState,
  Direction,
  EndedBy,
  EndReason,
  Outcome,
  Recording,
  RecordingFlag,
  RecordingProblem,
} from '@offhook/contract';
import { inWords } from './format.ts';

const STATE_WORDS: Record<CallState, string> = {
  connecting: 'Connecting your microphone',
  dialling: 'Dialling',
  ringing: 'Ringing',
  connected: 'Connected',
  ending: 'Ending',
  ended: 'Ended',
};

/** What a call is doing, for the person on it. */
export function stateWords({
  state,
  agent,
}: {
  state: CallState;
  agent: Pick<Call['agent'], 'phone'>;
}): string {
  return state === 'connecting' && agent.phone === 'sip'
    ? 'Ringing your phone'
    : STATE_WORDS[state];
}

export const OUTCOME_WORDS: Record<Outcome, string> = {
  completed: 'Completed',
  busy: 'Busy',
  no_answer: 'No answer',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

export const DIRECTION_WORDS: Record<Direction, string> = {
  outbound: 'Outgoing',
  inbound: 'Incoming',
};

export const ENDED_BY_WORDS: Record<EndedBy, string> = {
  agent: 'The agent',
  customer: 'The customer',
  system: 'Offhook',
};

/** For lists and filters. */
export const END_REASON_WORDS: Record<EndReason, string> = {
  agent_hung_up: 'Agent hung up',
  agent_left: 'Agent’s phone left',
  agent_never_joined: 'Agent’s phone never joined',
  agent_phone_unreachable: 'Agent’s phone not reachable',
  agent_phone_busy: 'Agent’s phone busy',
  agent_phone_not_answered: 'Agent did not pick up',
  customer_hung_up: 'Customer hung up',
  customer_busy: 'Customer busy',
  customer_did_not_answer: 'Customer did not answer',
  number_not_in_service: 'Number not in service',
  carrier_refused: 'Refused by the carrier',
  carrier_no_codec: 'No sound agreed on',
  carrier_failed: 'Carrier failed',
  carrier_unknown: 'Carrier’s answer lost',
  time_limit: 'Longest call time reached',
};

/** Who reads the sentence: the agent whose call it is, or somebody else. */
export type Reader = 'own' | 'other';

/**
 * One sentence: who ended the call and why. "Customer hung up after 2 min 14 s." Null while it runs.
 */
export function endSentence(call: Call, reader: Reader = 'own'): string | null {
  if (call.endReason === null) return null;
  const who = reader === 'own' ? 'You' : call.agent.name;
  const whose = reader === 'own' ? 'Your' : `${call.agent.name}’s`;
  const phone = `${whose} ${call.agent.phone === 'sip' ? 'phone' : 'browser'}`;
  const after = call.talkMs !== null ? ` after ${inWords(call.talkMs)}` : beforeTheyTalked(call);
  const rang = call.ringMs !== null ? ` after ringing for ${inWords(call.ringMs)}` : '';
  switch (call.endReason) {
    case 'agent_hung_up':
      return `${who} hung up${after}.`;
    case 'agent_left':
      return `${phone} left the call${after}.`;
    case 'agent_never_joined':
      return reader === 'own' && call.agent.phone === 'browser'
        ? 'Your microphone never joined the call, so nobody was dialled.'
        : `${phone} never joined the call, so nobody was dialled.`;
    case 'agent_phone_unreachable':
      return `${phone} could not be reached, so nobody was dialled.`;
    case 'agent_phone_busy':
      return `${phone} was busy or declined, so nobody was dialled.`;
    case 'agent_phone_not_answered':
      return reader === 'own'
        ? 'You did not pick up your phone, so nobody was dialled.'
        : `${who} did not pick up the phone, so nobody was dialled.`;
    case 'customer_hung_up':
      return `Customer hung up${call.talkMs !== null ? after : rang}.`;
    case 'customer_busy':
      return call.ringMs !== null
        ? `The customer declined the call${rang}.`
        : 'The customer’s line is busy.';
    case 'customer_did_not_answer':
      return `The customer did not answer${rang}.`;
    case 'number_not_in_service':
      return 'This number is not in service.';
    case 'carrier_refused':
      return 'The phone network refused this call.';
    case 'carrier_no_codec':
      return 'The phone network and Offhook could not agree on how to carry the sound.';
    case 'carrier_failed':
      return call.talkMs !== null
        ? `The phone network lost the call${after}.`
        : 'The phone network could not place this call.';
    case 'carrier_unknown':
      return 'Offhook restarted while dialling and could not tell whether the customer was called. It did not dial twice.';
    case 'time_limit':
      return `The call reached the longest time allowed and was ended${after}.`;
  }
}

function beforeTheyTalked(call: Call): string {
  return call.ringMs !== null ? ` while it rang, after ${inWords(call.ringMs)}` : ' before it rang';
}

/** What the agent can do next; null when nothing needs saying. */
export function nextStep({ endReason, agent }: Call): string | null {
  switch (endReason) {
    case null:
    case 'agent_hung_up':
    case 'customer_hung_up':
      return null;
    case 'agent_left':
      return agent.phone === 'sip'
        ? 'Check the phone’s network. You can call again now.'
        : 'Keep this tab open during a call. You can call again now.';
    case 'agent_never_joined':
      return agent.phone === 'sip'
        ? 'Try again in a moment. If it keeps happening, tell your administrator.'
        : 'Check that the browser may use your microphone, then call again.';
    case 'agent_phone_unreachable':
      return 'Check that your phone is on and shows that it is registered (Settings, Phone), then call again.';
    case 'agent_phone_busy':
      return 'Hang up what is on your phone, and see that it does not refuse calls (Do not disturb). Then call again.';
    case 'agent_phone_not_answered':
      return 'Call again, and pick up when your phone rings.';
    case 'customer_busy':
    case 'customer_did_not_answer':
      return 'Try again later.';
    case 'number_not_in_service':
      return 'Check the number with the customer.';
    case 'carrier_refused':
      return 'Check the number. If it is right, tell your administrator: the call record has the details.';
    case 'carrier_no_codec':
      return 'The number is not the reason. Tell your administrator: the call record has the details.';
    case 'carrier_failed':
      return 'Try again in a moment. If it keeps happening, tell your administrator.';
    case 'carrier_unknown':
      return 'You can call again now.';
    case 'time_limit':
      return 'You can call again if you were not finished.';
  }
}

export const PROBLEM_WORDS: Record<RecordingProblem, string> = {
  disk_full: 'The disk was full while recording. The call itself was not affected.',
  carrier_failed: 'The carrier could not record this call.',
  nothing_recorded: 'The carrier says there was nothing to record.',
  download_failed: 'The recording exists with the carrier but could not be fetched.',
  unreadable: 'The file arrived but cannot be read.',
};

export const FLAG_WORDS: Record<RecordingFlag, { short: string; long: string }> = {
  length_differs: {
    short: 'Length differs',
    long: 'The recording’s length differs from the talk time.',
  },
  mono_only: {
    short: 'One channel',
    long: 'Both speakers are on one channel: the carrier gave no separate ones.',
  },
  cut_short: {
    short: 'Cut short',
    long: 'The recording stopped before the call ended.',
  },
};

/** What to say where the player would be. Null when it can be played. */
export function noPlayerBecause(
  call: Call,
  recording: Pick<Recording, 'state' | 'problem'> | null,
): { title: string; text: string } | null {
  if (recording?.state === 'ready') return null;
  if (recording === null) {
    if (call.state === 'ended' || call.state === 'ending') {
      return call.talkMs === null
        ? { title: 'No recording', text: 'The two were never connected, so nothing was recorded.' }
        : { title: 'No recording yet', text: 'The carrier has not said anything about it so far.' };
    }
    return { title: 'Not recording yet', text: 'Recording starts when both are connected.' };
  }
  const problem = recording.problem === null ? null : PROBLEM_WORDS[recording.problem];
  switch (recording.state) {
    case 'recording':
      return { title: 'Recording', text: 'It can be played here shortly after the call ends.' };
    case 'processing':
      return {
        title: 'Fetching the recording',
        text: 'The call is over; the file is being fetched and checked. It appears here by itself.',
      };
    case 'absent':
      return { title: 'No recording', text: problem ?? 'There is no audio for this call.' };
    case 'failed':
      return { title: 'The recording cannot be played', text: problem ?? 'It could not be read.' };
  }
}
