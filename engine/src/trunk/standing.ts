import type { TrunkProblem, TrunkState } from './trunk-record.ts';

type Problem = Omit<TrunkProblem, 'at'>;

/** All that is known of one trunk; each part is the last word about it, null: none yet. */
export interface Facts {
  enabled: boolean;
  /** Our own ports, and the trunk's name: without them nothing can be said of the trunk itself. */
  lookup: 'found' | Problem | null;
  ping: { ms: number } | Problem | null;
  registration: 'registering' | 'registered' | Problem | null;
  /** How the last call over it began: answered or refused for reasons of its own, or a problem. */
  call: 'reached' | Problem | null;
}

export const NOTHING_KNOWN: Omit<Facts, 'enabled'> = {
  lookup: null,
  ping: null,
  registration: null,
  call: null,
};

/**
 * How a trunk stands.
 *
 *     enabled? ──no──► off
 *        │ yes
 *     ports, name, registration or OPTIONS failed? ──yes──► down
 *        │ no
 *     OPTIONS answered, or registered? ──yes──► up
 *        │ no
 *     the last call reached it? ──yes──► up, no──► down, there was none──► unknown
 */
export function standing(
  facts: Facts,
): Pick<TrunkState, 'state' | 'registration' | 'pingMs'> & { problem: Problem | null } {
  const { enabled, lookup, ping, registration, call } = facts;
  const registered =
    registration === null ? 'none' : typeof registration === 'string' ? registration : 'failed';
  const common = {
    registration: enabled ? registered : 'none',
    pingMs: enabled && ping !== null && 'ms' in ping ? ping.ms : null,
  } as const;
  if (!enabled) return { ...common, state: 'off', problem: null };
  const broken = problemOf(lookup) ?? problemOf(registration) ?? problemOf(ping);
  if (broken) return { ...common, state: 'down', problem: broken };
  const problem = problemOf(call);
  if (common.pingMs !== null || registered === 'registered') {
    // It is there, and refuses calls: that is worth a word, not a closed door.
    return { ...common, state: 'up', problem };
  }
  if (call === null) return { ...common, state: 'unknown', problem: null };
  // An answer of whatever kind came from somebody.
  const there = problem?.sipStatus !== null;
  return { ...common, state: there ? 'up' : 'down', problem };
}

function problemOf(fact: Facts[Exclude<keyof Facts, 'enabled'>]): Problem | null {
  if (fact === null || typeof fact === 'string') return null;
  return 'code' in fact ? fact : null;
}
