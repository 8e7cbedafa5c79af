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

export type NonInviteClientPhase = 'trying' | 'proceeding' | 'completed' | 'terminated';

/**
 * RFC 3261 §17.1.2.
 *
 * ```
 *             | begin: send, start E (unreliable), start F
 *             V
 *          Trying ------ E: send, E doubled up to T2; knock, the first time
 *          |  |  |------ F: fail; unsent: fail -----------> Terminated
 *          |  | 1xx: tell                                       ^
 *          |  V                                                 |
 *          | Proceeding - 1xx: tell; E: send, E = T2            |
 *          |  |  |------- F: fail; unsent: fail ----------------|
 *          V  V                                                 |
 *   200-699: tell, start K                                      |
 *        Completed ------ K ------------------------------------+
 * ```
 */
export function nonInviteClient(
  state: State<NonInviteClientPhase>,
  event: ClientEvent,
  { t1, t2, t4, reliable }: Timing,
): Step<NonInviteClientPhase> {
  if (state.phase === 'terminated') return { state, actions: NOTHING };
  if (state.phase === 'completed') {
    return event === 'K' ? end(state) : { state, actions: NOTHING };
  }
  switch (event) {
    case 'begin': {
      const actions: Action[] = [{ do: 'send' }, start('F', 64 * t1)];
      if (!reliable) actions.push(start('E', t1));
      return { state: { phase: 'trying', repeatMs: t1 }, actions };
    }
    case 'E': {
      // §17.1.2.2: who has been told that it is being worked on repeats at the slowest pace.
      const repeatMs = state.phase === 'proceeding' ? t2 : Math.min(2 * state.repeatMs, t2);
      const actions: Action[] = [{ do: 'send' }, start('E', repeatMs)];
      if (state.phase === 'trying' && state.repeatMs === t1) actions.push({ do: 'knock' });
      return { state: { ...state, repeatMs }, actions };
    }
    case 'F':
      return end(state, { do: 'fail', why: 'timeout' });
    case 'unsent':
      return end(state, { do: 'fail', why: 'transport' });
    case '1xx':
      return { state: { ...state, phase: 'proceeding' }, actions: [{ do: 'tell' }] };
    case '2xx':
    case '300-699':
      return {
        state: { ...state, phase: 'completed' },
        actions: [stop('E'), stop('F'), start('K', reliable ? 0 : t4), { do: 'tell' }],
      };
    default:
      return { state, actions: NOTHING };
  }
}
