import type { EndReason } from '@offhook/contract';
import { leavingMeans } from './call.ts';
import { endCall, endSoon } from './ending.ts';
import type { CustomerDialled, CustomerNotDialled, NotDialledWhy } from './facts.ts';
import { adopt } from './legs.ts';
import type { Turn } from './turn.ts';

/** How long beyond the ring time the carrier may take to tell us (Twilio adds 5 s of its own). */
export const RING_SLACK_MS = 15_000;

/** The agent is in the room: ring the customer. Asked for once in a call's life. */
export function dialCustomer(turn: Turn): void {
  const { call, at } = turn;
  if (call.state !== 'connecting' || call.legs.customer.standing !== 'awaited') return;
  turn.set({ state: 'dialling' });
  turn.setLeg('customer', { standing: 'asked' });
  turn.does({ kind: 'dial_customer' });
  turn.does({
    kind: 'set_deadline',
    which: 'ring',
    at: at + call.limits.ringMs + RING_SLACK_MS,
  });
  turn.say('customer.dialling', 'system', `Dialling ${call.customer.number}.`);
}

export function customerDialled(turn: Turn, fact: CustomerDialled): void {
  const knownSid = turn.call.legs.customer.sid === fact.sid;
  if (adopt(turn, 'customer', fact.sid) === 'stray') {
    return turn.absorb('the call has no use for this leg');
  }
  if (knownSid) return turn.absorb('this leg is known');
  turn.say('customer.dialled', 'carrier', 'The carrier took the call.', { sid: fact.sid });
}

export function customerNotDialled(turn: Turn, fact: CustomerNotDialled): void {
  const leg = turn.call.legs.customer;
  if (leg.standing !== 'asked') return turn.absorb('the customer’s leg is known or gone');
  turn.setLeg('customer', { standing: 'gone' });
  turn.say('customer.not_dialled', 'carrier', notDialledText(fact.why), fact.detail);
  switch (fact.why) {
    case 'cancelled':
      return;
    case 'room_gone':
      // The room's own word on why it ended is on its way.
      return endSoon(turn, { endedBy: 'agent', reason: leavingMeans(turn.call) });
    case 'refused':
    case 'not_in_service':
    case 'failed':
    case 'unknown':
      return endCall(turn, { endedBy: 'system', reason: REASON[fact.why] });
  }
}

const REASON = {
  refused: 'carrier_refused',
  not_in_service: 'number_not_in_service',
  failed: 'carrier_failed',
  unknown: 'carrier_unknown',
} as const satisfies Partial<Record<NotDialledWhy, EndReason>>;

function notDialledText(why: NotDialledWhy): string {
  switch (why) {
    case 'cancelled':
      return 'The customer was not dialled: the call was over before.';
    case 'room_gone':
      return 'The customer was not dialled: the room had ended.';
    case 'refused':
      return 'The carrier refused to dial the customer.';
    case 'not_in_service':
      return 'The carrier says that nobody has this number.';
    case 'failed':
      return 'The carrier could not be reached, so the customer was not dialled.';
    case 'unknown':
      return 'Nobody can say whether the customer was dialled.';
  }
}
