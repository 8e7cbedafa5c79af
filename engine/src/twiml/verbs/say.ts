import { z } from 'zod';
import { attributes, whole } from '../attributes.ts';
import { TWIML, TwimlProblem } from '../problem.ts';
import { speakDocument } from '../ssml.ts';
import type { Element } from '../parse.ts';
import { NEXT, type Verb } from '../verb.ts';
import { voiceFor, type Voice } from '../voices.ts';

/** https://www.twilio.com/docs/voice/twiml/say, spoken by eSpeak NG. */
export const say: Verb = async ({ call, element, signal }, { speech, player, warn }) => {
  const said = speechOf(element);
  if (said === null) {
    warn(call, new TwimlProblem(TWIML.sayText, '<Say> says nothing'));
    return NEXT;
  }
  const [path] = await Promise.all([speech.say(said.ssml, said.voice), call.answer()]);
  await player.play(call, path, said.loop, signal);
  return NEXT;
};

/** What a <Say> says and how; null when it says nothing. @throws TwimlProblem */
export function speechOf(element: Element): { ssml: string; voice: Voice; loop: number } | null {
  const read = attributes(element, {
    voice: z.string().optional(),
    language: z.string().optional(),
    loop: whole(0, 1000).default(1),
  });
  const voice = voiceFor(read.voice, read.language);
  const ssml = speakDocument(element);
  return ssml === null ? null : { ssml, voice, loop: read.loop };
}
