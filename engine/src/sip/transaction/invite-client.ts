import {
  end,
  NOTHING,
  start,
  stop,
  type Action,
  type ClientEvent,
  type State,
  type Step,
  type Timing,
} from './machine.ts';

export type InviteClientPhase = 'calling' | 'proceeding' | 'completed' | 'accepted' | 'terminated';

/**
 * RFC 3261 §17.1.1 with RFC 6026 §7.2.
 *
 * ```
 *             | begin: send, start A (unreliable), start B
 *             V
 *         Calling ------ A: send, A doubled; knock, the first time
 *          |  |  |------ B, unsent: fail -----------------------> Terminated
 *          |  | 1xx: tell
 *          |  V
 *          | Proceeding - 1xx: tell
 *          |  |     |
 *          |--|     |--- 300-699: acknowledge, tell, start D ---> Completed
 *          | 2xx: tell, start M                                    |  300-699: acknowledge
 *          V                                                       |  D ------> Terminated
 *        Accepted ------ 2xx: tell (another fork, or sent again)   |  unsent -> Terminated: fail
 *          | M
 *          V
 *      Terminated
 * ```
 *
 * Calling goes to Accepted and Completed just as Proceeding does.
 */
export function inviteClient(
  state: State<InviteClientPhase>,
  event: ClientEvent,
  timing: Timing,
): Step<InviteClientPhase> {
  const { phase } = state;
  if (phase === 'calling') return calling(state, event, timing);
  if (phase === 'proceeding') {
    if (event === '1xx') return { state, actions: [{ do: 'tell' }] };
    if (event === '2xx' || event === '300-699') return final(state, event, timing);
  }
  if (phase === 'completed') {
    if (event === '300-699') return { state, actions: [{ do: 'acknowledge' }] };
    if (event === 'unsent') return end(state, { do: 'fail', why: 'transport' });
    if (event === 'D') return end(state);
  }
  if (phase === 'accepted') {
    if (event === '2xx') return { state, actions: [{ do: 'tell' }] };
    if (event === 'M') return end(state);
  }
  return { state, actions: NOTHING };
}

function calling(
  state: State<InviteClientPhase>,
  event: ClientEvent,
  timing: Timing,
): Step<InviteClientPhase> {
  const { t1, reliable } = timing;
  switch (event) {
    case 'begin': {
      // §17.1.1.2: B is 64·T1 on any transport; only an unreliable one needs repeats.
      const actions: Action[] = [{ do: 'send' }, start('B', 64 * t1)];
      if (!reliable) actions.push(start('A', t1));
      return { state: { phase: 'calling', repeatMs: t1 }, actions };
    }
    case 'A': {
      const repeatMs = 2 * state.repeatMs;
      const actions: Action[] = [{ do: 'send' }, start('A', repeatMs)];
      if (state.repeatMs === t1) actions.push({ do: 'knock' });
      return { state: { ...state, repeatMs }, actions };
    }
    case 'B':
      return end(state, { do: 'fail', why: 'timeout' });
    case 'unsent':
      return end(state, { do: 'fail', why: 'transport' });
    case '1xx':
      return {
        state: { ...state, phase: 'proceeding' },
        actions: [stop('A'), stop('B'), { do: 'tell' }],
      };
    case '2xx':
    case '300-699':
      return final(state, event, timing);
    default:
      return { state, actions: NOTHING };
  }
}

function final(
  state: State<InviteClientPhase>,
  event: '2xx' | '300-699',
  { t1, reliable }: Timing,
): Step<InviteClientPhase> {
  const quiet = [stop('A'), stop('B')];
  if (event === '2xx') {
    // RFC 6026 §7.2: the transaction stays to pass further 2xx on, which the dialogs acknowledge.
    return {
      state: { ...state, phase: 'accepted' },
      actions: [...quiet, start('M', 64 * t1), { do: 'tell' }],
    };
  }
  // D is as long as the far end may send its answer again (its timer H): nothing to wait for on TCP.
  return {
    state: { ...state, phase: 'completed' },
    actions: [...quiet, { do: 'acknowledge' }, start('D', reliable ? 0 : 64 * t1), { do: 'tell' }],
  };
}
