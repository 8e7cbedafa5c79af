import type { Call, PhoneKind } from '@offhook/contract';
import { stateWords } from '../../lib/call-words.ts';
import { isEnding, type CurrentCall } from '../../phone/phone-state.ts';

/** What the running call is doing, in the agent's words. */
export function stageWords(current: CurrentCall): string {
  const { stage, sound, phone } = current;
  if (isEnding(current)) return 'Ending';
  switch (stage) {
    case 'microphone':
      return 'Asking for your microphone';
    case 'placing':
      return 'Starting the call';
    case 'connecting':
    case 'dialling':
    case 'ringing':
    case 'connected':
      return sound === 'reconnecting' ? 'Reconnecting your sound' : inWords(stage, phone);
    case 'ending':
    case 'ended':
      return inWords(stage, phone);
  }
}

function inWords(state: Call['state'], phone: PhoneKind): string {
  return stateWords({ state, agent: { phone } });
}

/** Why the end takes so long, what that means, and what to do; for an end that is overdue. */
export function overdueWords({ stage, phone, here }: CurrentCall): string {
  if (stage === 'microphone') {
    return 'Nobody was called. Your browser still asks for the microphone: answer it, either way, to close this.';
  }
  const waiting =
    stage === 'ending'
      ? 'The phone network has not confirmed the end yet.'
      : 'The server has not answered yet.';
  const mine = here
    ? 'Your microphone is off; '
    : phone === 'sip'
      ? 'You can put your phone down; '
      : '';
  return `${waiting} ${mine}Offhook keeps trying, and you can call again once it is over.`;
}

/** For the browser's tab, short: the time stands in front, as a narrow tab shows little else. */
export function tabWords(current: CurrentCall, who: string, time: string | null): string {
  const talking = current.stage === 'connected' && !isEnding(current) && time !== null;
  return talking ? `● ${time} ${who} · Offhook` : `${stageWords(current)} · ${who} · Offhook`;
}

/** Since when the timer runs: talking, or else ringing. */
export function timerStart({ call }: CurrentCall): string | null {
  return call?.connectedAt ?? call?.ringingAt ?? null;
}
