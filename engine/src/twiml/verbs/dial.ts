import { z } from 'zod';
import { RECORDING_EVENTS, RECORDING_TRACKS } from '../../recording/recording-record.ts';
import { addressOrNull, attributes, flag, method, whole, words } from '../attributes.ts';
import type { Element } from '../parse.ts';
import { TWIML, TwimlProblem } from '../problem.ts';
import { NEXT, type Verb } from '../verb.ts';
import { dialConference } from './dial-conference.ts';
import { dialParties } from './dial-parties.ts';
import { dialQueue } from './dial-queue.ts';
import type { DialRecord, DialSettings } from './dial-settings.ts';

const RECORD = {
  'do-not-record': null,
  false: null,
  true: { from: 'answer', channels: 1 },
  'record-from-answer': { from: 'answer', channels: 1 },
  'record-from-ringing': { from: 'ringing', channels: 1 },
  'record-from-answer-dual': { from: 'answer', channels: 2 },
  'record-from-ringing-dual': { from: 'ringing', channels: 2 },
} as const;
const DIAL_RECORD = Object.keys(RECORD) as (keyof typeof RECORD)[];

const SHAPE = {
  action: z.string().optional(),
  method: method.default('POST'),
  timeout: whole(1, 600).default(30),
  timeLimit: whole(1, 86_400).default(14_400),
  callerId: z.string().optional(),
  answerOnBridge: flag.default(false),
  hangupOnStar: flag.default(false),
  record: z.enum(DIAL_RECORD).default('do-not-record'),
  recordingTrack: z.enum(RECORDING_TRACKS).default('both'),
  trim: z.enum(['trim-silence', 'do-not-trim']).default('do-not-trim'),
  recordingStatusCallback: z.string().optional(),
  recordingStatusCallbackMethod: method.default('POST'),
  recordingStatusCallbackEvent: words(RECORDING_EVENTS).default(['completed']),
} as const;

/**
 * https://www.twilio.com/docs/voice/twiml/dial: one conference or queue, or any number of numbers,
 * clients and SIP addresses, of whom the first to answer has the call.
 */
export const dial: Verb = async (run, tools) => {
  const { call, element, base, signal } = run;
  const read = attributes(element, SHAPE);
  const nouns = nounsOf(element);
  const settings: DialSettings = {
    timeoutMs: read.timeout * 1000,
    limitMs: read.timeLimit * 1000,
    callerId: callerIdOf(read.callerId, nouns),
    answerOnBridge: read.answerOnBridge,
    hangUpOnStar: read.hangupOnStar,
    record: recordOf(element, read, base),
  };
  const [first] = nouns;
  const inside = { ...run, element: first };
  const action = addressOrNull(element, read.action, base);
  const result =
    first.name === 'Conference'
      ? await dialConference(inside, tools)
      : first.name === 'Queue'
        ? await dialQueue(inside, tools, settings)
        : await dialParties(run, tools, settings, nouns);
  if (action === null) return NEXT;
  // The caller is gone: the application is told all the same how it went.
  if (call.over) tools.scripts.tell(call, action, read.method, result);
  if (signal.aborted) return NEXT;
  return { next: 'document', url: action, method: read.method, fields: result };
};

function recordOf(
  element: Element,
  read: z.infer<z.ZodObject<typeof SHAPE>>,
  base: string,
): DialRecord | null {
  const how = RECORD[read.record];
  if (how === null) return null;
  const url = addressOrNull(element, read.recordingStatusCallback, base);
  const { recordingStatusCallbackMethod: method, recordingStatusCallbackEvent: events } = read;
  return {
    ...how,
    track: read.recordingTrack,
    trim: read.trim === 'trim-silence',
    callback: url === null ? null : { url, method, events },
  };
}

/** A number, or who calls; towards SIP any name of these characters. Absent when it is empty. */
function callerIdOf(text: string | undefined, nouns: readonly Element[]): string | undefined {
  if (text === undefined || text === '') return undefined;
  const named = nouns.every(({ name }) => name === 'Sip') && /^[\w.+-]+$/.test(text);
  if (named || /^(\+?\d{3,15}|(client|sips?):\S+)$/i.test(text)) return text;
  throw new TwimlProblem(TWIML.dialCallerId, `<Dial> attribute callerId: ${text} is no caller ID`);
}

const ALONE = ['Conference', 'Queue'];
const TOGETHER = ['Number', 'Client', 'Sip'];

function nounsOf(element: Element): [Element, ...Element[]] {
  const [first, ...more] = element.children;
  if (first === undefined) {
    if (element.text === '') throw new TwimlProblem(TWIML.schema, '<Dial> names nobody');
    return [{ ...element, name: 'Number', attributes: {} }];
  }
  if (element.text !== '') {
    throw new TwimlProblem(
      TWIML.schema,
      `<Dial> has the text ${element.text} beside <${first.name}>`,
    );
  }
  for (const { name } of [first, ...more]) {
    if (![...ALONE, ...TOGETHER].includes(name)) {
      throw new TwimlProblem(TWIML.dialNested, `<Dial><${name}> is not supported`);
    }
    if (ALONE.includes(name) && more.length > 0) {
      throw new TwimlProblem(TWIML.dialNested, `<Dial><${name}> stands alone`);
    }
  }
  return [first, ...more];
}
