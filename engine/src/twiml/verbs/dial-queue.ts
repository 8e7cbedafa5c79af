import { z } from 'zod';
import type { Waiting } from '../../queue/queue.ts';
import { addressOrNull, attributes, method } from '../attributes.ts';
import { bridge } from '../bridge.ts';
import { TWIML, TwimlProblem } from '../problem.ts';
import type { VerbRun, VerbTools } from '../verb.ts';
import { DialRecording, type DialSettings } from './dial-settings.ts';

/**
 * https://www.twilio.com/docs/voice/twiml/queue: the caller talks with whoever waits longest in a
 * queue, now or as soon as somebody does.
 */
export async function dialQueue(
  { call, element, base, signal }: VerbRun,
  tools: VerbTools,
  settings: DialSettings,
): Promise<Record<string, string>> {
  const { queues, media, scripts, player, sounds } = tools;
  const read = attributes(element, { url: z.string().optional(), method: method.default('POST') });
  if (element.text === '') throw new TwimlProblem(TWIML.schema, '<Queue> has no name');
  const whisper = addressOrNull(element, read.url, base);
  await call.answer();
  const queue = queues.named(element.text);
  const late = AbortSignal.timeout(settings.timeoutMs);
  const waiting = new AbortController();
  const stop = AbortSignal.any([signal, waiting.signal]);
  // The call may end at any moment; whatever else goes wrong, it is only the ringing tone.
  player.play(call, sounds.ringback, 0, stop).catch(() => undefined);
  const next = await queue.next(AbortSignal.any([signal, late]));
  if (next === null) {
    waiting.abort();
    return { DialCallStatus: signal.aborted ? 'canceled' : 'no-answer', DialBridged: 'false' };
  }
  try {
    if (whisper !== null) await hear(next, whisper, read.method);
    waiting.abort();
    const bridged = !next.signal.aborted && !signal.aborted;
    const since = Date.now();
    const recording = new DialRecording(call, settings.record, tools);
    if (bridged) {
      recording.at('answer');
      await bridge(call, next.call, media, {
        room: next.call.sid,
        signals: [signal, next.signal],
        hangUpOnStar: settings.hangUpOnStar,
        limitMs: settings.limitMs,
      });
    }
    return {
      DialCallSid: next.call.sid,
      DialCallStatus: bridged ? 'completed' : 'no-answer',
      DialCallDuration: String(Math.round((Date.now() - since) / 1000)),
      DialBridged: String(bridged),
      ...(await recording.end()),
    };
  } finally {
    waiting.abort();
    next.release();
  }

  async function hear(
    { call: waiter, signal: until, seconds }: Waiting,
    url: string,
    how: 'GET' | 'POST',
  ): Promise<void> {
    const QueueTime = String(seconds);
    const source = { kind: 'url', url, method: how } as const;
    const fields = () => ({ QueueSid: queue.sid, QueueTime, DequeingCallSid: call.sid });
    try {
      await scripts.run({ call: waiter, kind: 'whisper', source, fields, signal: until });
    } catch (error) {
      if (!until.aborted) throw error;
    }
  }
}
