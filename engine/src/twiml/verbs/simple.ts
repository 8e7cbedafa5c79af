import { z } from 'zod';
import { addressIn, attributes, method } from '../attributes.ts';
import { TWIML, TwimlProblem } from '../problem.ts';
import type { Verb } from '../verb.ts';

/** https://www.twilio.com/docs/voice/twiml/hangup */
export const hangup: Verb = async ({ element }) => {
  attributes(element, {});
  return { next: 'hang-up' };
};

/** https://www.twilio.com/docs/voice/twiml/reject */
export const reject: Verb = async ({ element }) => {
  const { reason } = attributes(element, {
    reason: z.enum(['rejected', 'busy']).default('rejected'),
  });
  return { next: 'reject', reason };
};

/** https://www.twilio.com/docs/voice/twiml/redirect */
export const redirect: Verb = async ({ element, base }) => {
  const read = attributes(element, { method: method.default('POST') });
  if (element.text === '') throw new TwimlProblem(TWIML.url, '<Redirect> names no URL');
  const url = addressIn(element, element.text, base);
  return { next: 'document', url, method: read.method, fields: {} };
};

/** https://www.twilio.com/docs/voice/twiml/leave: out of the queue. */
export const leave: Verb = async ({ element }) => {
  attributes(element, {});
  return { next: 'leave' };
};
