import {
  end,
  NOTHING,
  start,
  stop,
  type Action,
  type ServerEvent,
  type State,
  type Step,
  type Timing,
} from './machine.ts';

export type InviteServerPhase =
  'proceeding' | 'completed' | 'confirmed' | 'accepted' | 'terminated';

/**
 * RFC 3261 §17.2.1 with RFC 6026 §7.1.
 *
 * ```
 *        Proceeding ---- request: send; 1xx: send
 *          |     |
 *          |     |------ 2xx: send, start L ------> Accepted ----- L -----> Terminated
 *          |                                         request: nothing; ack: tell
 *          | 300-699: send, start G (unreliable), start H
 *          V
 *        Completed ----- request: send; G: send, G doubled up to T2
 *          |     |------ H: fail --------------------------------> Terminated
 *          | ack: start I                                               ^
 *          V                                                            |
 *        Confirmed ----- I ---------------------------------------------+
 * ```
 */
export function inviteServer(
  state: State<InviteServerPhase>,
  event: ServerEvent,
  timing: Timing,
): Step<InviteServerPhase> {
  const { phase } = state;
  if (phase === 'proceeding') return proceeding(state, event, timing);
  if (phase === 'completed') return completed(state, event, timing);
  if (phase === 'accepted') {
    // RFC 6026 §8.7: an INVITE sent again is absorbed; the 2xx is repeated by the user agent.
    if (event === 'ack') return { state, actions: [{ do: 'tell' }] };
    if (event === 'L') return end(state);
  }
  if (phase === 'confirmed' && event === 'I') return end(state);
  return { state, actions: NOTHING };
}

function proceeding(
  state: State<InviteServerPhase>,
  event: ServerEvent,
  { t1, reliable }: Timing,
): Step<InviteServerPhase> {
  switch (event) {
    case 'request':
    case '1xx':
      return { state, actions: [{ do: 'send' }] };
    case '2xx':
      return {
        state: { ...state, phase: 'accepted' },
        actions: [{ do: 'send' }, start('L', 64 * t1)],
      };
    case '300-699': {
      const actions: Action[] = [{ do: 'send' }, start('H', 64 * t1)];
      if (!reliable) actions.push(start('G', t1));
      return { state: { phase: 'completed', repeatMs: t1 }, actions };
    }
    default:
      return { state, actions: NOTHING };
  }
}

function completed(
  state: State<InviteServerPhase>,
  event: ServerEvent,
  { t2, t4, reliable }: Timing,
): Step<InviteServerPhase> {
  switch (event) {
    case 'request':
      return { state, actions: [{ do: 'send' }] };
    case 'G': {
      const repeatMs = Math.min(2 * state.repeatMs, t2);
      return { state: { ...state, repeatMs }, actions: [{ do: 'send' }, start('G', repeatMs)] };
    }
    case 'H':
      return end(state, { do: 'fail', why: 'timeout' });
    case 'ack':
      // I absorbs ACKs that are still on their way.
      return {
        state: { ...state, phase: 'confirmed' },
        actions: [stop('G'), stop('H'), start('I', reliable ? 0 : t4)],
      };
    default:
      return { state, actions: NOTHING };
  }
}
