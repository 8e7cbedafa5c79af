import { z } from 'zod';
import type { Call } from '../../leg/call.ts';
import { callDurationSeconds } from '../../leg/call-callbacks.ts';
import type { CallEvent } from '../../leg/call-record.ts';
import { CallRefused } from '../../leg/switchboard.ts';
import { addressOrNull, attributes, method, words } from '../attributes.ts';
import { TWIML, TwimlProblem } from '../problem.ts';
import type { VerbRun, VerbTools } from '../verb.ts';
import { readClient } from './client-noun.ts';

export interface DialSettings {
  timeoutMs: number;
  limitMs: number;
  callerId: string | undefined;
  answerOnBridge: boolean;
}

const CALL_EVENTS = [
  'initiated',
  'ringing',
  'answered',
  'completed',
] as const satisfies CallEvent[];
const OPEN = { muted: false, held: false, coaches: null } as const;

/** <Dial><Number> and <Dial><Client>: a second call, heard and hearing. Resolves when it is over. */
export async function dialParty(
  { call, element, base, signal }: VerbRun,
  { switchboard, media, callerId }: VerbTools,
  settings: DialSettings,
): Promise<Record<string, string>> {
  const read = attributes(element, {
    statusCallback: z.string().optional(),
    statusCallbackMethod: method.default('POST'),
    statusCallbackEvent: words(CALL_EVENTS).default(['completed']),
  });
  const client = element.name === 'Client' ? readClient(element) : null;
  const to = client === null ? element.text : `client:${client.identity}`;
  if (to === '') throw new TwimlProblem(TWIML.schema, `<${element.name}> names nobody`);
  // Only a phone number may call a phone number; a browser is shown whoever calls.
  const hidden = client === null && call.record.from.startsWith('client:');
  if (!settings.answerOnBridge) await call.answer();
  if (signal.aborted) return {};
  const url = addressOrNull(element, read.statusCallback, base);
  const events = read.statusCallbackEvent;
  const placed = () =>
    switchboard.place({
      to,
      from: settings.callerId ?? (hidden ? callerId : call.record.from),
      parameters: client?.parameters ?? {},
      direction: 'outbound-dial',
      parentCallSid: call.sid,
      timeoutMs: settings.timeoutMs,
      limitMs: settings.limitMs,
      callback: url === null ? null : { url, method: read.statusCallbackMethod, events },
    });
  try {
    const { call: child, start } = placed();
    return await bridged(call, child, start, media, signal);
  } catch (error) {
    if (error instanceof CallRefused) throw new TwimlProblem(error.code, error.message);
    throw error;
  }
}

function bridged(
  call: Call,
  child: Call,
  start: () => void,
  media: VerbTools['media'],
  signal: AbortSignal,
): Promise<Record<string, string>> {
  return new Promise((resolve) => {
    const room = child.sid;
    const deaf = [
      child.onRinging.listen((ringing) => {
        if (ringing === child) call.partnerRings();
      }),
      child.onAnswered.listen((answered) => {
        if (answered !== child) return;
        void call.answer().then(() => {
          for (const leg of [call.line.mediaLeg, child.line.mediaLeg]) {
            if (leg !== null) media.tell('room.join', { room, leg, mix: OPEN });
          }
        });
      }),
      child.onEnded.listen(({ call: ended }) => {
        if (ended !== child) return;
        for (const stop of deaf) stop();
        const leg = call.line.mediaLeg;
        const joined = child.record.answeredAt !== null && leg !== null && !call.over;
        if (joined) media.tell('room.leave', { room, leg });
        resolve({
          DialCallSid: child.sid,
          DialCallStatus: child.record.status,
          DialCallDuration: String(callDurationSeconds(child.record) ?? 0),
        });
      }),
    ];
    signal.addEventListener('abort', () => child.hangUp(), { once: true });
    start();
  });
}
