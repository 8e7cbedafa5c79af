import type { Detail, FinishedHow, LegFinished, LegProgress } from '../call/facts.ts';
import type { LegRole } from '../call/call.ts';
import { mapStatus } from './map-status.ts';
import { type CallbackForm, field, wholeNumber } from './payload.ts';

/**
 * A leg's status callback as a fact; null when it says nothing we use.
 * https://www.twilio.com/docs/voice/api/call-resource#statuscallback
 */
export function mapLeg(form: CallbackForm, leg: LegRole): LegProgress | LegFinished | null {
  const sid = field(form, 'CallSid');
  const status = field(form, 'CallStatus');
  if (sid === null || status === null) return null;
  const sipCode = wholeNumber(form, 'SipResponseCode');
  const mapped = mapStatus(status, sipCode);
  const howOf = (how: FinishedHow) => (leg === 'agent' ? phoneFinishedHow(how, sipCode) : how);
  switch (mapped?.is) {
    case 'pending':
      return { kind: 'leg_progress', leg, sid, stage: 'initiated' };
    case 'ringing':
      return { kind: 'leg_progress', leg, sid, stage: 'ringing' };
    case 'answered':
      return { kind: 'leg_progress', leg, sid, stage: 'answered' };
    case 'finished':
      return { kind: 'leg_finished', leg, sid, how: howOf(mapped.how), detail: detailOf(form) };
    case undefined:
      return null;
  }
}

/**
 * A SIP phone that rang out was cancelled (487). RFC 3261 §21.4.18: 480 is nobody registered, and
 * §21.4.9: 408 is one that is registered and says nothing; neither has rung.
 */
function phoneFinishedHow(how: FinishedHow, sipCode: number | null): FinishedHow {
  return how === 'no_answer' && (sipCode === 480 || sipCode === 408) ? 'not_in_service' : how;
}

function detailOf(form: CallbackForm): Detail {
  const detail: Detail = { sid: field(form, 'CallSid'), status: field(form, 'CallStatus') };
  for (const [name, key] of [
    ['SipResponseCode', 'sipCode'],
    ['ErrorCode', 'errorCode'],
    ['CallDuration', 'seconds'],
  ] as const) {
    const value = wholeNumber(form, name);
    if (value !== null) detail[key] = value;
  }
  return detail;
}
