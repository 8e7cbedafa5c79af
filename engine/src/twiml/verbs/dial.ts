import { z } from 'zod';
import { addressOrNull, attributes, method, whole } from '../attributes.ts';
import type { Element } from '../parse.ts';
import { TWIML, TwimlProblem } from '../problem.ts';
import { NEXT, type Verb } from '../verb.ts';
import { dialConference } from './dial-conference.ts';
import { dialParty, type DialSettings } from './dial-party.ts';

/** https://www.twilio.com/docs/voice/twiml/dial: one conference, number or client. */
export const dial: Verb = async (run, tools) => {
  const { element, base } = run;
  const read = attributes(element, {
    action: z.string().optional(),
    method: method.default('POST'),
    timeout: whole(1, 600).default(30),
    timeLimit: whole(1, 86_400).default(14_400),
    callerId: z.string().optional(),
    answerOnBridge: z.enum(['true', 'false']).default('false'),
  });
  const settings: DialSettings = {
    timeoutMs: read.timeout * 1000,
    limitMs: read.timeLimit * 1000,
    callerId: read.callerId,
    answerOnBridge: read.answerOnBridge === 'true',
  };
  const noun = nounOf(element);
  const inside = { ...run, element: noun };
  const result =
    noun.name === 'Conference'
      ? await dialConference(inside, tools)
      : await dialParty(inside, tools, settings);
  const action = addressOrNull(element, read.action, base);
  if (action === null || run.signal.aborted) return NEXT;
  return { next: 'document', url: action, method: read.method, fields: result };
};

function nounOf(element: Element): Element {
  const [noun, ...more] = element.children;
  if (noun === undefined && element.text !== '') {
    return { name: 'Number', attributes: {}, children: [], text: element.text };
  }
  if (noun === undefined) throw new TwimlProblem(TWIML.schema, '<Dial> names nobody');
  if (more.length > 0) {
    throw new TwimlProblem(TWIML.schema, '<Dial> with more than one noun is not supported');
  }
  if (!['Conference', 'Number', 'Client'].includes(noun.name)) {
    throw new TwimlProblem(TWIML.schema, `<Dial><${noun.name}> is not supported`);
  }
  return noun;
}
