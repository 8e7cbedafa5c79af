import { SdpRefused } from '../../sip/sdp/offer-answer.ts';
import { unusableAnswer, type CallFailure } from '../../trunk/failure.ts';

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

/** Answered, with something that cannot be agreed to. */
export function unusable(error: unknown): CallFailure {
  if (error instanceof NoDescription) return unusableAnswer('no_description');
  if (!(error instanceof SdpRefused)) return broken(error);
  const srtp = error.code === 'srtp_required' || error.code === 'srtp_refused';
  return unusableAnswer(srtp ? 'srtp_required' : 'no_codec');
}

/** Something of ours broke: another way would not help. */
export function broken(error: unknown): CallFailure {
  return failed(500, wordsOf(error), false, null);
}

/** 32011: "Error communicating with your SIP communications infrastructure". */
function failed(
  sipCode: number,
  message: string,
  next: boolean,
  problem: CallFailure['problem'],
): CallFailure {
  return { status: 'failed', sipCode, error: { code: 32_011, message }, problem, next };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** RFC 3326: what the far end is told of a call that we have to give up. */
export function reasonHeader(text: string): readonly [name: string, value: string] {
  return ['Reason', `Q.850;cause=41;text="${text.replace(/["\\\r\n]/g, '')}"`];
}
