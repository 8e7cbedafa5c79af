import { awayAt, isOver, type LegRole } from './call.ts';
import type { Turn } from './turn.ts';

/**
 * Says whether the carrier's leg `sid` is the call's own leg in that role, learning the sid when it
 * is new. A leg that the call has no use for is a stray; it is ended the moment it is known.
 */
export function adopt(turn: Turn, role: LegRole, sid: string): 'ours' | 'stray' {
  const { call } = turn;
  const leg = call.legs[role];
  if (leg.sid === sid) return 'ours';
  if (call.strays.includes(sid)) return 'stray';
  if (leg.sid === null && leg.standing !== 'gone' && call.state !== 'ended') {
    turn.setLeg(role, { sid, standing: 'live' });
    // Known only after the ending was decided: it is taken down with the others.
    if (isOver(call)) turn.does({ kind: 'end_leg', leg: role, sid });
    return 'ours';
  }
  if (role === 'agent' && isWaitedForAgain(turn)) {
    // Back within the grace period, on a new leg. The old one is ended, should it linger.
    if (leg.sid !== null && leg.standing !== 'gone') {
      turn.does({ kind: 'end_leg', leg: role, sid: leg.sid });
    }
    turn.set({ strays: leg.sid === null ? call.strays : [...call.strays, leg.sid] });
    turn.setLeg('agent', {
      sid,
      standing: 'live',
      joinedAt: null,
      leftAt: null,
      goneAt: null,
    });
    return 'ours';
  }
  turn.set({ strays: [...call.strays, sid] });
  turn.does({ kind: 'end_leg', leg: role, sid });
  return 'stray';
}

/** The agent's leg is away and the call lives on: the grace period. */
function isWaitedForAgain(turn: Turn): boolean {
  const { call } = turn;
  return !isOver(call) && awayAt(call.legs.agent) !== null && call.loose === null;
}
