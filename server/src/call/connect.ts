import { awayAt, isOver } from './call.ts';
import type { Turn } from './turn.ts';

/** Connected means: the customer has answered and is in the room with the agent. */
export function connectIfBoth(turn: Turn): void {
  const { call, at } = turn;
  if (isOver(call) || call.connectedAt !== null) return;
  const { agent, customer } = call.legs;
  if (agent.joinedAt === null || customer.joinedAt === null || customer.answeredAt === null) return;
  turn.set({ state: 'connected', connectedAt: Math.min(at, awayAt(customer) ?? at) });
  turn.say('call.connected', 'system', 'Agent and customer are connected.');
}
