import { z } from 'zod';
import type { HttpMethod } from '../../callback/request.ts';
import type { CallCallback, CallEvent } from '../../leg/call-record.ts';
import { isSipDestination } from '../../leg/sip/sip-destination.ts';
import type { Credentials } from '../../sip/user-agent/calls.ts';
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
  /** What a SIP address asks of us. */
  credentials: Credentials | null;
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

/** https://www.twilio.com/docs/voice/twiml/sip#authentication */
const SIP_SHAPE = {
  ...SHAPE,
  username: z.string().max(255).optional(),
  password: z.string().max(255).optional(),
} as const;

const KEYS_TO_SEND = z.string().regex(KEYS, 'has something that is no key').optional();

/** Reads <Number>, <Client> and <Sip>. @throws TwimlProblem */
export function nounOf(element: Element, base: string): Noun {
  const read = readNoun(element);
  const callback = addressOrNull(element, read.statusCallback, base);
  const url = addressOrNull(element, read.url, base);
  const { statusCallbackMethod: how, statusCallbackEvent: events } = read;
  return {
    to: addressOf(element),
    callback: callback === null ? null : { url: callback, method: how, events },
    whisper: url === null ? null : { url, method: read.method },
    sendDigits: read.sendDigits ?? null,
    parameters: parametersOf(element),
    credentials: credentialsOf(read),
  };
}

function credentialsOf({ username, password }: ReadNoun): Credentials | null {
  if (username === undefined && password === undefined) return null;
  if (username !== undefined && password !== undefined) return { username, password };
  throw new TwimlProblem(TWIML.sipCredentials, '<Sip>: username and password belong together');
}

interface ReadNoun extends z.infer<z.ZodObject<typeof SIP_SHAPE>> {
  sendDigits?: string | undefined;
}

function readNoun(element: Element): ReadNoun {
  if (element.name === 'Client') return attributes(element, SHAPE);
  if (element.name === 'Sip') return attributes(element, SIP_SHAPE);
  return attributes(element, { ...SHAPE, sendDigits: KEYS_TO_SEND });
}

function addressOf(element: Element): string {
  if (element.name === 'Client') return `client:${identityOf(element)}`;
  return element.name === 'Sip' ? sipOf(element) : numberOf(element);
}

function sipOf({ text }: Element): string {
  const address = /^sips?:/i.test(text) ? text : `sip:${text}`;
  if (isSipDestination(address)) return address;
  throw new TwimlProblem(TWIML.sipAddress, `<Dial>: ${text || 'nothing'} is no SIP address`);
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
