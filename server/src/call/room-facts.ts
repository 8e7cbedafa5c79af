import { agentIsAway, agentIsBack } from './agent-facts.ts';
import { awayAt, isOver, leavingMeans } from './call.ts';
import { connectIfBoth } from './connect.ts';
import { dialCustomer } from './dial-facts.ts';
import { endCall, endSoon } from './ending.ts';
import type { Joined, Left, RoomEnded } from './facts.ts';
import { customerIsGone } from './leg-facts.ts';
import { adopt } from './legs.ts';
import type { Turn } from './turn.ts';

export function joined(turn: Turn, fact: Joined): void {
  if (adopt(turn, fact.leg, fact.sid) === 'stray') return turn.absorb('a stray leg');
  const leg = turn.call.legs[fact.leg];
  if (leg.joinedAt !== null) return turn.absorb('in the room already');
  learnRoom(turn, fact.roomSid);
  turn.setLeg(fact.leg, { joinedAt: Math.min(turn.at, awayAt(leg) ?? turn.at) });
  turn.say(`${fact.leg}.joined`, 'carrier', `The ${fact.leg} is in the room.`, {
    sid: fact.sid,
    room: fact.roomSid,
  });
  if (isOver(turn.call)) return;
  if (fact.leg === 'agent' && awayAt(leg) === null) {
    if (turn.call.state === 'connected') return agentIsBack(turn);
    dialCustomer(turn);
  }
  connectIfBoth(turn);
}

/** A call knows one room. Another by the same name, after the first ended, is closed when met. */
function learnRoom(turn: Turn, roomSid: string): void {
  const { room } = turn.call;
  if (room?.sid === roomSid) return;
  if (room === null) turn.set({ room: { sid: roomSid, ended: false } });
  if (room !== null || isOver(turn.call)) turn.does({ kind: 'end_room', roomSid });
}

export function left(turn: Turn, fact: Left): void {
  if (adopt(turn, fact.leg, fact.sid) === 'stray') return turn.absorb('a stray leg');
  const leg = turn.call.legs[fact.leg];
  if (leg.leftAt !== null) return turn.absorb('left already');
  turn.setLeg(fact.leg, { leftAt: turn.at });
  turn.say(`${fact.leg}.left`, 'carrier', `The ${fact.leg} left the room.`, fact.detail);
  if (isOver(turn.call)) return turn.absorb('the ending is decided already');
  switch (fact.why) {
    case 'hung_up':
    case 'unknown':
      return fact.leg === 'agent' ? agentIsAway(turn) : customerLeft(turn, fact);
    case 'room_ended':
      // Somebody else's leaving ended the room, and there are only two.
      return fact.leg === 'agent' ? customerEndedRoom(turn) : agentEndedRoom(turn);
    case 'by_api':
      return endSoon(turn, { endedBy: 'system', reason: 'carrier_failed' });
  }
}

function customerLeft(turn: Turn, fact: Left): void {
  if (turn.call.state === 'connected') {
    return endCall(turn, { endedBy: 'customer', reason: 'customer_hung_up' });
  }
  // With early media a phone that is busy, or rings out, leaves a room it never talked in.
  const how = fact.how ?? 'completed';
  // The room says only "failed"; the leg's own callback, on its way, says which failure it was.
  if (how === 'failed') return endSoon(turn, { endedBy: 'system', reason: 'carrier_failed' });
  customerIsGone(turn, how);
}

function customerEndedRoom(turn: Turn): void {
  const ending = { endedBy: 'customer', reason: 'customer_hung_up' } as const;
  if (turn.call.state === 'connected') return endCall(turn, ending);
  // Not connected: the customer's own leg knows better (busy, no answer, …) and will say so.
  endSoon(turn, ending);
}

function agentEndedRoom(turn: Turn): void {
  endCall(turn, { endedBy: 'agent', reason: leavingMeans(turn.call) });
}

export function roomEnded(turn: Turn, fact: RoomEnded): void {
  const { call } = turn;
  if (call.room !== null && call.room.sid !== fact.roomSid) return turn.absorb('another room');
  if (call.room?.ended) return turn.absorb('the room has ended already');
  turn.set({ room: { sid: fact.roomSid, ended: true } });
  turn.say('room.ended', 'carrier', 'The room ended.', fact.detail);
  if (isOver(call)) return;
  const { agent, customer } = call.legs;
  if (fact.bySid !== null && fact.bySid === customer.sid) return customerEndedRoom(turn);
  if (fact.bySid !== null && fact.bySid === agent.sid) return agentEndedRoom(turn);
  // Not by us, or the call would be over: the carrier closed it under both, and no leg that only
  // says "completed" tells of somebody who hung up.
  if (fact.byApi) return endCall(turn, { endedBy: 'system', reason: 'carrier_failed' });
  if (call.loose !== null) return endCall(turn, call.loose.guess);
  endSoon(turn, { endedBy: 'system', reason: 'carrier_failed' });
}
