import { z } from 'zod';
import type { HttpMethod } from '../../callback/request.ts';
import type { Queue, QueueResult, Waiting } from '../../queue/queue.ts';
import { MOST_WAITING } from '../../queue/queue-record.ts';
import { addressOrNull, attributes, method, whole } from '../attributes.ts';
import { TWIML, TwimlProblem } from '../problem.ts';
import { NEXT, type Verb, type VerbRun, type VerbTools } from '../verb.ts';

const SHAPE = {
  action: z.string().optional(),
  method: method.default('POST'),
  maxQueueSize: whole(1, MOST_WAITING).optional(),
  waitUrl: z.string().optional(),
  waitUrlMethod: method.default('POST'),
} as const;

type Wait = { url: string; method: HttpMethod } | null;

/** https://www.twilio.com/docs/voice/twiml/enqueue: waits, with music, until <Dial><Queue> comes. */
export const enqueue: Verb = async (run, tools) => {
  const { call, element, base, signal } = run;
  const read = attributes(element, SHAPE);
  if (element.children[0]) {
    const { name } = element.children[0];
    throw new TwimlProblem(TWIML.schema, `<Enqueue><${name}> is not supported`);
  }
  if (element.text === '') throw new TwimlProblem(TWIML.schema, '<Enqueue> has no name');
  const action = addressOrNull(element, read.action, base);
  const waitUrl = addressOrNull(element, read.waitUrl, base);
  await call.answer();
  if (signal.aborted) return NEXT;
  const queue = tools.queues.named(element.text);
  let fields: Record<string, string> = { QueueResult: 'queue-full' satisfies QueueResult };
  if (queue.size < (read.maxQueueSize ?? queue.record.maxSize)) {
    const waiting = queue.add(call, signal);
    const wait = waitUrl === null ? null : { url: waitUrl, method: read.waitUrlMethod };
    const how = await stay(run, tools, queue, waiting, wait);
    if (how === 'hang-up') return { next: 'hang-up' };
    fields = { QueueResult: how, QueueSid: queue.sid, QueueTime: String(waiting.seconds) };
  }
  if (action === null) return NEXT;
  if (call.over) tools.scripts.tell(call, action, read.method, fields);
  if (signal.aborted) return NEXT;
  return { next: 'document', url: action, method: read.method, fields };
};

/** Until it is over, one way or the other. */
async function stay(
  run: VerbRun,
  tools: VerbTools,
  queue: Queue,
  waiting: Waiting,
  wait: Wait,
): Promise<QueueResult | 'hang-up'> {
  const { call, signal } = run;
  const { taken } = waiting;
  try {
    const end = await music(run, tools, queue, waiting, wait);
    if (!taken.aborted && !signal.aborted) return end;
    if (!taken.aborted) return call.over ? 'hangup' : 'redirected';
  } finally {
    queue.remove(waiting);
  }
  await waiting.bridged;
  return call.over || !signal.aborted ? 'bridged' : 'redirected-from-bridged';
}

/** What the waiting hear; resolves when they are taken, leave, or are gone. */
async function music(
  { call, signal }: VerbRun,
  { scripts, player, sounds }: VerbTools,
  queue: Queue,
  waiting: Waiting,
  wait: Wait,
): Promise<'leave' | 'hang-up'> {
  const stop = AbortSignal.any([signal, waiting.taken]);
  try {
    while (wait !== null && !stop.aborted) {
      const source = { kind: 'url', ...wait } as const;
      const fields = () => queue.fieldsOf(waiting);
      const end = await scripts.run({ call, kind: 'wait', source, fields, signal: stop });
      if (end.how === 'leave' || end.how === 'hang-up') return end.how;
      // Nothing to hear: silence, and no storm of requests.
      if (end.how === 'through' && end.verbs === 0) await aborted(stop);
    }
    if (!stop.aborted) await player.play(call, sounds.music, 0, stop);
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  return 'leave';
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
