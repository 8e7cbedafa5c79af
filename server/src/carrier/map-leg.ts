import type { Detail, LegFinished, LegProgress } from '../call/facts.ts';
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
  const mapped = mapStatus(status, wholeNumber(form, 'SipResponseCode'));
  switch (mapped?.is) {
    case 'pending':
      return { kind: 'leg_progress', leg, sid, stage: 'initiated' };
    case 'ringing':
      return { kind: 'leg_progress', leg, sid, stage: 'ringing' };
    case 'answered':
      return { kind: 'leg_progress', leg, sid, stage: 'answered' };
    case 'finished':
      return { kind: 'leg_finished', leg, sid, how: mapped.how, detail: detailOf(form) };
    case undefined:
      return null;
  }
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
