import type { Call, PhoneKind } from '@offhook/contract';
import { stateWords } from '../../lib/call-words.ts';
import type { CurrentCall } from '../../phone/phone-state.ts';

/** What the running call is doing, in the agent's words. */
export function stageWords({ stage, ending, sound, phone }: CurrentCall): string {
  if (ending) return 'Ending';
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

/** Since when the timer runs: talking, or else ringing. */
export function timerStart({ call }: CurrentCall): string | null {
  return call?.connectedAt ?? call?.ringingAt ?? null;
}
