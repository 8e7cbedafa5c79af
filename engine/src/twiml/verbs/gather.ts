import { z } from 'zod';
import { actionOf, attributes, flag, method, whole } from '../attributes.ts';
import { KeyCollector } from '../key-collector.ts';
import { TWIML, TwimlProblem } from '../problem.ts';
import { NEXT, type Verb, type VerbRun, type VerbTools } from '../verb.ts';
import { pause } from './pause.ts';
import { play } from './play.ts';
import { say } from './say.ts';

const PROMPTS: Readonly<Record<string, Verb>> = { Say: say, Play: play, Pause: pause };

const SHAPE = {
  input: z
    .literal('dtmf', { error: ({ input }) => `${String(input)} is not supported` })
    .default('dtmf'),
  action: z.string().optional(),
  method: method.default('POST'),
  timeout: whole(0, 3600).default(5),
  finishOnKey: z
    .string()
    .regex(/^[0-9#*]*$/, 'is not one of 0-9, # and *')
    .default('#'),
  numDigits: whole(1, 1000).optional(),
  actionOnEmptyResult: flag.default(false),
  bargeIn: flag.default(true),
} as const;

/** https://www.twilio.com/docs/voice/twiml/gather: keys; speech is refused by name. */
export const gather: Verb = async (run, tools) => {
  const { call, element, base, signal } = run;
  const read = attributes(element, SHAPE);
  for (const { name } of element.children) {
    if (!PROMPTS[name]) {
      throw new TwimlProblem(TWIML.gatherNested, `<Gather><${name}> is not supported`);
    }
  }
  const url = actionOf(element, read.action, base);
  await call.answer();
  if (signal.aborted) return NEXT;
  const collector = new KeyCollector(call, tools.media, {
    finishOn: read.finishOnKey,
    mostDigits: read.numDigits ?? Infinity,
    timeoutMs: read.timeout * 1000,
  });
  const close = () => collector.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    await prompt(run, tools, collector, read.bargeIn);
    collector.startClock();
    const keys = await collector.result;
    if (signal.aborted) return NEXT;
    if (url === null || (keys.digits === '' && !read.actionOnEmptyResult)) return NEXT;
    const { digits: Digits, finishedOn } = keys;
    const fields = { Digits, ...(finishedOn === null ? {} : { FinishedOnKey: finishedOn }) };
    return { next: 'document', url, method: read.method, fields };
  } finally {
    signal.removeEventListener('abort', close);
    collector.close();
  }
};

/** Says and plays what is inside, until it is through or, with `bargeIn`, until a key is pressed. */
async function prompt(
  run: VerbRun,
  tools: VerbTools,
  collector: KeyCollector,
  bargeIn: boolean,
): Promise<void> {
  const { signal } = run;
  const stop = bargeIn ? AbortSignal.any([signal, collector.pressed]) : signal;
  for (const element of run.element.children) {
    if (stop.aborted) return;
    try {
      await PROMPTS[element.name]?.({ ...run, element, signal: stop }, tools);
    } catch (error) {
      if (!stop.aborted || signal.aborted) throw error;
    }
  }
}
