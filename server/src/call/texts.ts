import type { CallRecord } from './call.ts';

/** "2 min 14 s", "15 s", "1 h 3 min". Whole seconds, as people say it. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The timeline's line for a call whose ending has just been decided. */
export function endingText(call: CallRecord): string {
  const talk =
    call.connectedAt === null || call.endedAt === null
      ? ''
      : ` after ${durationText(call.endedAt - call.connectedAt)}`;
  const before = call.connectedAt === null ? ' before they were connected' : '';
  switch (call.endReason) {
    case 'agent_hung_up':
      return `The agent hung up${talk || before}.`;
    case 'agent_left':
      return `The agent’s phone is gone${talk || before}: ${howItLeft(call)}.`;
    case 'agent_never_joined':
      return 'The agent’s phone did not connect in time.';
    case 'agent_phone_unreachable':
      return 'The agent’s phone is not registered, or cannot be reached.';
    case 'agent_phone_busy':
      return 'The agent’s phone is busy, or the agent declined.';
    case 'agent_phone_not_answered':
      return 'The agent did not pick up.';
    case 'customer_hung_up':
      return `The customer hung up${talk || before}.`;
    case 'customer_busy':
      return 'The customer is busy.';
    case 'customer_did_not_answer':
      return 'The customer did not answer.';
    case 'number_not_in_service':
      return 'The number is not in service.';
    case 'carrier_refused':
      return 'The carrier refused to place the call.';
    case 'carrier_no_codec':
      return 'The carrier and Offhook agreed on no codec.';
    case 'carrier_failed':
      return `The carrier lost the call${talk}.`;
    case 'carrier_unknown':
      return 'Nobody could say whether the customer was dialled, so the call was given up.';
    case 'time_limit':
      return `The call reached its longest permitted time${talk}.`;
    case null:
      return 'The call is ending.';
  }
}

function howItLeft({ agent }: CallRecord): string {
  return agent.sipUri === undefined ? 'tab closed, reloaded or network lost' : 'network lost';
}
