import type { FinishedHow } from '../call/facts.ts';

/** CallStatus, https://www.twilio.com/docs/voice/api/call-resource#call-status-values */
export type LegStatus =
  { is: 'pending' } | { is: 'ringing' } | { is: 'answered' } | { is: 'finished'; how: FinishedHow };

/**
 * `sipCode` is the final SIP answer, where the carrier knows it; it tells a number that nobody has
 * from a call that went wrong. Null for a status that we do not know.
 */
export function mapStatus(status: string, sipCode: number | null): LegStatus | null {
  switch (status) {
    case 'queued':
    case 'initiated':
      return { is: 'pending' };
    case 'ringing':
      return { is: 'ringing' };
    case 'answered':
    case 'in-progress':
      return { is: 'answered' };
    case 'completed':
      return { is: 'finished', how: 'completed' };
    case 'busy':
      return { is: 'finished', how: 'busy' };
    case 'no-answer':
      return { is: 'finished', how: 'no_answer' };
    case 'canceled':
      return { is: 'finished', how: 'cancelled' };
    case 'failed':
      return { is: 'finished', how: failedHow(sipCode) };
    default:
      return null;
  }
}

/**
 * RFC 3261 §21: 404 and 604 nobody there, 410 gone for good, 484 too few digits. 415, 488 and 606
 * are about the sound that was offered, and 408 is a carrier that said nothing: nobody refused.
 */
function failedHow(sipCode: number | null): FinishedHow {
  if (sipCode === null) return 'failed';
  if ([404, 410, 484, 604].includes(sipCode)) return 'not_in_service';
  if ([415, 488, 606].includes(sipCode)) return 'no_codec';
  if (sipCode === 408) return 'failed';
  return sipCode >= 400 && sipCode < 500 ? 'refused' : 'failed';
}
