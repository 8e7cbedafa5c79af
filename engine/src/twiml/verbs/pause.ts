import { setTimeout as wait } from 'node:timers/promises';
import { attributes, whole } from '../attributes.ts';
import { NEXT, type Verb } from '../verb.ts';

/**
 * https://www.twilio.com/docs/voice/twiml/pause: seconds that the application asked for. A call
 * that is not answered yet is answered later for it.
 */
export const pause: Verb = async ({ element, signal }) => {
  const { length } = attributes(element, { length: whole(0, 3600).default(1) });
  await wait(length * 1000, undefined, { signal });
  return NEXT;
};
