import { z } from 'zod';
import type { HttpMethod } from '../../callback/request.ts';
import type { CallCallback, CallEvent } from '../../leg/call-record.ts';
import { addressOrNull, attributes, method, words } from '../attributes.ts';
import type { Element } from '../parse.ts';
import { TWIML, TwimlProblem } from '../problem.ts';
import { KEYS } from './play.ts';

/** Somebody to be called by <Dial>. */
export interface Noun {
  to: string;
  callback: CallCallback | null;
  /** What they hear before they hear the caller. */
  whisper: { url: string; method: HttpMethod } | null;
  sendDigits: string | null;
  /** Custom parameters for a browser's SDK. */
  parameters: Record<string, string>;
}

const CALL_EVENTS = [
  'initiated',
  'ringing',
  'answered',
  'completed',
] as const satisfies CallEvent[];

const SHAPE = {
  url: z.string().optional(),
  method: method.default('POST'),
  statusCallback: z.string().optional(),
  statusCallbackMethod: method.default('POST'),
  statusCallbackEvent: words(CALL_EVENTS).default(['completed']),
} as const;

const KEYS_TO_SEND = z.string().regex(KEYS, 'has something that is no key').optional();

/** Reads <Number> and <Client>. @throws TwimlProblem */
export function nounOf(element: Element, base: string): Noun {
  const client = element.name === 'Client';
  const read = client
    ? { ...attributes(element, SHAPE), sendDigits: undefined }
    : attributes(element, { ...SHAPE, sendDigits: KEYS_TO_SEND });
  const callback = addressOrNull(element, read.statusCallback, base);
  const url = addressOrNull(element, read.url, base);
  const { statusCallbackMethod: how, statusCallbackEvent: events } = read;
  return {
    to: client ? `client:${identityOf(element)}` : numberOf(element),
    callback: callback === null ? null : { url: callback, method: how, events },
    whisper: url === null ? null : { url, method: read.method },
    sendDigits: read.sendDigits ?? null,
    parameters: parametersOf(element),
  };
}

function numberOf(element: Element): string {
  const number = element.text.replace(/[\s().-]/g, '');
  if (!/^\+?\d{3,15}$/.test(number)) {
    const what = element.text === '' ? 'nothing' : element.text;
    throw new TwimlProblem(TWIML.dialNumber, `<Dial>: ${what} is no telephone number`);
  }
  return number;
}

/** Either the text itself, or <Identity> with <Parameter>s beside it. */
function identityOf(element: Element): string {
  const nested = element.children.filter(({ name }) => name === 'Identity');
  const identity = nested[0]?.text ?? element.text;
  if (nested.length > 1 || identity === '') {
    throw new TwimlProblem(TWIML.schema, '<Client> names nobody');
  }
  return identity;
}

function parametersOf(element: Element): Record<string, string> {
  const pairs = element.children.flatMap((child): [string, string][] => {
    if (child.name === 'Identity') return [];
    if (child.name !== 'Parameter' || element.name !== 'Client') {
      throw new TwimlProblem(TWIML.schema, `<${element.name}><${child.name}> is not supported`);
    }
    const read = attributes(child, { name: z.string().min(1), value: z.string() });
    return [[read.name, read.value]];
  });
  return Object.fromEntries(pairs);
}
