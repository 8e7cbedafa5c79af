import { STATE_WORDS } from '../../lib/call-words.ts';
import type { CurrentCall } from '../../phone/phone-state.ts';

/** What the running call is doing, in the agent's words. */
export function stageWords({ stage, ending, sound }: CurrentCall): string {
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
      return sound === 'reconnecting' ? 'Reconnecting your sound' : STATE_WORDS[stage];
    case 'ending':
    case 'ended':
      return STATE_WORDS[stage];
  }
}

/** Since when the timer runs: talking, or else ringing. */
export function timerStart({ call }: CurrentCall): string | null {
  return call?.connectedAt ?? call?.ringingAt ?? null;
}
