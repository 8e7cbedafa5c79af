import { z } from 'zod';
import { addressIn, attributes, whole } from '../attributes.ts';
import { TWIML, TwimlProblem } from '../problem.ts';
import { NEXT, type Verb, type VerbRun, type VerbTools } from '../verb.ts';

/** What Twilio takes as `digits`: keys, and w for half a second. */
export const KEYS = /^[0-9A-Da-d#*wW]+$/;

/** https://www.twilio.com/docs/voice/twiml/play: a WAV or MP3 file, or keys. */
export const play: Verb = async (run, tools) => {
  const { call, element, base, signal } = run;
  const read = attributes(element, {
    loop: whole(0, 1000).default(1),
    digits: z.string().regex(KEYS, 'has something that is no key').optional(),
  });
  if (read.digits !== undefined) {
    if (element.text !== '') {
      throw new TwimlProblem(TWIML.schema, '<Play> has both digits and a sound');
    }
    return playKeys(run, tools, read.digits, read.loop);
  }
  if (element.text === '') throw new TwimlProblem(TWIML.schema, '<Play> names no sound');
  const url = addressIn(element, element.text, base);
  const path = await tools.audio.get(url, signal);
  await call.answer();
  await tools.player.play(call, path, read.loop, signal);
  return NEXT;
};

async function playKeys(
  { call, signal }: VerbRun,
  { media }: VerbTools,
  digits: string,
  loop: number,
) {
  await call.answer();
  const times = loop === 0 ? Infinity : loop;
  for (let count = 0; count < times && !signal.aborted; count += 1) {
    const leg = call.line.mediaLeg;
    if (leg === null) break;
    await media.ask('leg.sendDigits', { leg, digits });
  }
  return NEXT;
}
