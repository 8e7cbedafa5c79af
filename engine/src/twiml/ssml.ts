import type { Element } from './parse.ts';
import { TWIML, TwimlProblem } from './problem.ts';

/** Twilio's SSML (https://www.twilio.com/docs/voice/twiml/say/text-speech#use-ssml) that we speak. */
const SPOKEN: Readonly<Record<string, readonly string[]>> = {
  break: ['strength', 'time'],
  emphasis: ['level'],
  p: [],
  prosody: ['volume', 'rate', 'pitch'],
  s: [],
  'say-as': ['interpret-as', 'format', 'detail'],
  sub: ['alias'],
};

/** The most that one <Say> takes, in characters. */
const LONGEST = 4096;

/** What a <Say> says, as a <speak> document; null when that is nothing. @throws TwimlProblem */
export function speakDocument(say: Element): string | null {
  const inside = say.content.map((node) => written(node)).join('');
  if (plainLength(say) > LONGEST) {
    throw new TwimlProblem(TWIML.sayLength, `<Say> says more than ${LONGEST} characters`);
  }
  return hasSpeech(say) ? `<speak>${inside.trim()}</speak>` : null;
}

function written(node: string | Element): string {
  if (typeof node === 'string') return escaped(node);
  const known = SPOKEN[node.name];
  if (known === undefined) {
    throw new TwimlProblem(TWIML.schema, `<Say><${node.name}> is not supported`);
  }
  const attributes = Object.entries(node.attributes).map(([name, value]) => {
    if (known.includes(name)) return ` ${name}="${escaped(value)}"`;
    throw new TwimlProblem(TWIML.schema, `<${node.name}> attribute ${name}: is not supported`);
  });
  const inside = node.content.map((one) => written(one)).join('');
  return `<${node.name}${attributes.join('')}>${inside}</${node.name}>`;
}

function hasSpeech(element: Element): boolean {
  return element.content.some((node) =>
    typeof node === 'string' ? node.trim() !== '' : node.name === 'break' || hasSpeech(node),
  );
}

function plainLength(element: Element): number {
  return element.content.reduce(
    (sum, node) => sum + (typeof node === 'string' ? node.length : plainLength(node)),
    0,
  );
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
