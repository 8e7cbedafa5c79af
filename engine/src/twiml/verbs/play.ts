import { addressIn, attributes, whole } from '../attributes.ts';
import { TWIML, TwimlProblem } from '../problem.ts';
import { NEXT, type Verb } from '../verb.ts';

/** https://www.twilio.com/docs/voice/twiml/play, without `digits`. */
export const play: Verb = async ({ call, element, base, signal }, { audio, player }) => {
  const { loop } = attributes(element, { loop: whole(0, 1000).default(1) });
  if (element.text === '') throw new TwimlProblem(TWIML.schema, '<Play> names no sound');
  const url = addressIn(element, element.text, base);
  await call.answer();
  const path = await audio.get(url, signal);
  await player.play(call, path, loop, signal);
  return NEXT;
};
