import { NOTHING, start, type ServerEvent, type State, type Step, type Timing } from './machine.ts';

export type NonInviteServerPhase = 'trying' | 'proceeding' | 'completed' | 'terminated';

/**
 * RFC 3261 §17.2.2.
 *
 * ```
 *         Trying ------- request: nothing
 *          |  | 1xx: send
 *          |  V
 *          | Proceeding - request: send; 1xx: send
 *          V  V
 *   200-699: send, start J
 *        Completed ----- request: send
 *          | J
 *          V
 *      Terminated
 * ```
 */
export function nonInviteServer(
  state: State<NonInviteServerPhase>,
  event: ServerEvent,
  { t1, reliable }: Timing,
): Step<NonInviteServerPhase> {
  const { phase } = state;
  if (phase === 'completed') {
    if (event === 'request') return { state, actions: [{ do: 'send' }] };
    if (event === 'J')
      return { state: { ...state, phase: 'terminated' }, actions: [{ do: 'end' }] };
    return { state, actions: NOTHING };
  }
  if (phase === 'terminated') return { state, actions: NOTHING };
  if (event === '1xx') {
    return { state: { ...state, phase: 'proceeding' }, actions: [{ do: 'send' }] };
  }
  if (event === '2xx' || event === '300-699') {
    return {
      state: { ...state, phase: 'completed' },
      actions: [{ do: 'send' }, start('J', reliable ? 0 : 64 * t1)],
    };
  }
  const again = phase === 'proceeding' && event === 'request';
  return { state, actions: again ? [{ do: 'send' }] : NOTHING };
}
