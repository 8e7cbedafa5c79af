import { SdpRefused } from '../../sip/sdp/offer-answer.ts';
import type { CallFailure, Unconnected, UnusableAnswer } from '../../trunk/failure.ts';

/** 32011: "Error communicating with your SIP communications infrastructure". */
const COMMUNICATION = 32_011;

/** No packet has come for so long, though some should. */
export interface Silence {
  seconds: number;
  /** False: none has ever come. */
  heardBefore: boolean;
}

/** A 2xx without a description, where none had come before. */
export class NoDescription extends Error {}

/** Every channel of the trunk is taken: nothing was sent. */
export function full(): CallFailure {
  const text = 'All channels of the trunk are taken.';
  const problem = { code: 'channels_full', text, sipStatus: null } as const;
  // RFC 3261 §21.5.4: it cannot take the call just now.
  return failed(503, text, true, problem);
}

/** The name of where it should go leads nowhere: nothing was sent. */
export function nowhere(error: unknown): CallFailure {
  const text = wordsOf(error);
  return failed(503, text, true, { code: 'name_unknown', text, sipStatus: null });
}

/** Answered, with something that cannot be agreed to; null: the answer is not what failed. */
export function unusableAnswer(error: unknown): UnusableAnswer | null {
  if (error instanceof NoDescription) return { kind: 'unusable', code: 'no_description' };
  if (!(error instanceof SdpRefused)) return null;
  const srtp = error.code === 'srtp_required' || error.code === 'srtp_refused';
  return { kind: 'unusable', code: srtp ? 'srtp_required' : 'no_codec' };
}

/** RFC 3261 §21.4.13, §21.4.26, §21.6.4: they would take the call, with another description. */
export function refusesOffer(failure: Unconnected): boolean {
  return failure.kind === 'refused' && [415, 488, 606].includes(failure.status);
}

/** Something of ours broke: another way would not help. */
export function broken(error: unknown): CallFailure {
  return failed(500, wordsOf(error), false, null);
}

/** An answered call whose telephone is no longer there. */
export function telephoneGone(message: string): { code: number; message: string } {
  return { code: COMMUNICATION, message };
}

/** Sound goes one way only; the call goes on. */
export function nothingHeard({ seconds, heardBefore }: Silence): { code: number; message: string } {
  const message = heardBefore
    ? `No sound has come from the far end for ${seconds} s in mid-call. Its network may be down, or its sound now comes from elsewhere and a firewall keeps it out.`
    : `Nothing was heard from the far end for ${seconds} s after the answer. Look at firewalls on the way, and behind NAT at SIP_PUBLIC_ADDRESS and SIP_RTP_PORTS.`;
  return { code: COMMUNICATION, message };
}

function failed(
  sipCode: number,
  message: string,
  next: boolean,
  problem: CallFailure['problem'],
): CallFailure {
  return { status: 'failed', sipCode, error: { code: COMMUNICATION, message }, problem, next };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Why the media process gives a telephone's leg up, in words. */
export function soundLost(why: string): string {
  return why === 'rtp_timeout'
    ? 'No sound and no report came from the telephone for too long (RTP timeout).'
    : why;
}

/** RFC 3326: what the far end is told of a call that we have to give up. */
export function reasonHeader(text: string): readonly [name: string, value: string] {
  return ['Reason', `Q.850;cause=41;text="${text.replace(/["\\\r\n]/g, '')}"`];
}
