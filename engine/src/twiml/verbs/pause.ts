import { setTimeout as wait } from 'node:timers/promises';
import { attributes, whole } from '../attributes.ts';
import { NEXT, type Verb } from '../verb.ts';

/** https://www.twilio.com/docs/voice/twiml/pause: seconds of silence that the application asked for. */
export const pause: Verb = async ({ call, element, signal }) => {
  const { length } = attributes(element, { length: whole(0, 3600).default(1) });
  await call.answer();
  await wait(length * 1000, undefined, { signal });
  return NEXT;
};
