import type { Call } from '../../leg/call.ts';
import { callDurationSeconds } from '../../leg/call-callbacks.ts';
import { CallRefused } from '../../leg/switchboard.ts';
import { bridge, overhear } from '../bridge.ts';
import type { Element } from '../parse.ts';
import { TwimlProblem } from '../problem.ts';
import type { VerbRun, VerbTools } from '../verb.ts';
import { nounOf, type Noun } from './dial-noun.ts';
import { DialRecording, type DialSettings } from './dial-settings.ts';

interface Party {
  noun: Noun;
  call: Call;
  start: () => void;
}

/**
 * <Dial> with <Number>, <Client> and <Sip>: all are called at once; the first to answer talks with the
 * caller, the others stop ringing. Resolves when that is over, with what the application is told.
 */
export async function dialParties(
  run: VerbRun,
  tools: VerbTools,
  settings: DialSettings,
  elements: readonly Element[],
): Promise<Record<string, string>> {
  const { call, base, signal } = run;
  const nouns = elements.map((element) => nounOf(element, base));
  if (!settings.answerOnBridge) await call.answer();
  if (signal.aborted) return { DialCallStatus: 'canceled' };
  const parties = place(call, nouns, settings, tools);
  const ringing = new AbortController();
  const recording = new DialRecording(call, settings.record, tools);
  let kept: Call | null = null;
  /** Ends what the caller hears before the answer. */
  let overheard = () => undefined as void;
  const give = () => {
    for (const party of parties) if (party.call !== kept) party.call.hangUp();
  };
  signal.addEventListener('abort', give, { once: true });
  try {
    const begin = () => {
      recording.at('ringing');
      ringback(run, tools, ringing.signal);
    };
    const early = async ({ call: child }: Party) => {
      // Of several that ring at once none is heard: they would speak into each other.
      if (parties.length > 1) return;
      await call.partnerSpeaks();
      if (!call.hears || child.inProgress || child.over) return;
      ringing.abort();
      overheard = overhear(call, child, tools.media);
    };
    const heard = { ringing: () => call.partnerRings(), early };
    const winner = await firstToAnswer(parties, begin, heard);
    overheard();
    if (winner === null || signal.aborted) {
      return { ...result(parties, null), ...(await recording.end()) };
    }
    for (const party of parties) if (party !== winner) party.call.hangUp();
    const { bridged, elsewhere } = await connect(run, tools, settings, winner, () => {
      ringing.abort();
      recording.at('answer');
    });
    if (elsewhere) kept = winner.call;
    return { ...result(parties, { call: winner.call, bridged }), ...(await recording.end()) };
  } finally {
    ringing.abort();
    signal.removeEventListener('abort', give);
    give();
  }
}

function place(
  call: Call,
  nouns: readonly Noun[],
  settings: DialSettings,
  { switchboard, callerId }: VerbTools,
): Party[] {
  const parties: Party[] = [];
  const { from } = call.record;
  const ours = isName(from) ? callerId : from;
  try {
    for (const noun of nouns) {
      const placed = switchboard.place({
        to: noun.to,
        from: settings.callerId ?? (isName(noun.to) ? from : ours),
        direction: 'outbound-dial',
        parentCallSid: call.sid,
        timeoutMs: settings.timeoutMs,
        limitMs: null,
        callback: noun.callback,
        parameters: noun.parameters,
        credentials: noun.credentials,
      });
      parties.push({ noun, ...placed });
    }
    return parties;
  } catch (error) {
    for (const party of parties) party.call.hangUp();
    if (error instanceof CallRefused) throw new TwimlProblem(error.code, error.message);
    throw error;
  }
}

/** Whoever has it has no number to be called back at. */
function isName(address: string): boolean {
  return /^(client|sips?):/i.test(address);
}

/** Starts all calls; resolves with the first that is answered, or null when none is. */
function firstToAnswer(
  parties: readonly Party[],
  onBegin: () => void,
  heard: { ringing: () => void; early: (party: Party) => Promise<void> },
): Promise<Party | null> {
  return new Promise((resolve) => {
    const of = (call: Call) => parties.find((party) => party.call === call);
    let left = parties.length;
    const topics = parties[0]?.call;
    if (!topics) return resolve(null);
    const settle = (winner: Party | null) => {
      for (const stop of deaf) stop();
      resolve(winner);
    };
    const deaf = [
      topics.onRinging.listen((ringing) => {
        if (of(ringing)) heard.ringing();
      }),
      topics.onEarly.listen((ringing) => {
        const party = of(ringing);
        if (party) void heard.early(party);
      }),
      topics.onAnswered.listen((answered) => {
        const party = of(answered);
        if (party) settle(party);
      }),
      topics.onEnded.listen(({ call }) => {
        if (of(call) && --left === 0) settle(null);
      }),
    ];
    onBegin();
    for (const party of parties) if (!party.call.over) party.start();
  });
}

/** The caller hears it ring, where the caller hears anything of ours already. */
function ringback({ call }: VerbRun, { player, sounds }: VerbTools, signal: AbortSignal): void {
  if (!call.hears) return;
  // The call may end at any moment; whatever else goes wrong, it is only the ringing tone.
  player.play(call, sounds.ringback, 0, signal).catch(() => undefined);
}

/**
 * Keys, whisper, then the conversation. Says whether there was one, and whether the one who was
 * called has been sent elsewhere.
 */
async function connect(
  { call, signal }: VerbRun,
  { media, scripts }: VerbTools,
  settings: DialSettings,
  { noun, call: child }: Party,
  onConnected: () => void,
): Promise<{ bridged: boolean; elsewhere: boolean }> {
  const claim = child.claim();
  const how = (bridged: boolean) => ({ bridged, elsewhere: claim.aborted && !child.over });
  const leg = child.line.mediaLeg;
  if (noun.sendDigits !== null && leg !== null) {
    await media.ask('leg.sendDigits', { leg, digits: noun.sendDigits });
  }
  if (noun.whisper !== null && !claim.aborted) {
    const source = { kind: 'url', ...noun.whisper } as const;
    const script = {
      call: child,
      kind: 'whisper',
      source,
      fields: () => ({}),
      signal: claim,
    } as const;
    const end = await scripts.run(script).catch((error: unknown) => {
      if (claim.aborted) return { how: 'aborted' } as const;
      throw error;
    });
    if (end.how !== 'through') return how(false);
  }
  if (claim.aborted) return how(false);
  await call.answer();
  onConnected();
  await bridge(call, child, media, {
    room: child.sid,
    signals: [signal, claim],
    hangUpOnStar: settings.hangUpOnStar,
    limitMs: settings.limitMs,
  });
  return how(true);
}

/** https://www.twilio.com/docs/voice/twiml/dial#attributes-action */
function result(
  parties: readonly Party[],
  winner: { call: Call; bridged: boolean } | null,
): Record<string, string> {
  if (winner !== null) {
    const { call, bridged } = winner;
    // It may still be in progress: sent elsewhere over REST, or about to be hung up by us.
    const seconds = callDurationSeconds({
      ...call.record,
      endedAt: call.record.endedAt ?? Date.now(),
    });
    return {
      DialCallSid: call.sid,
      DialCallStatus: 'completed',
      DialCallDuration: String(seconds ?? 0),
      DialBridged: String(bridged),
    };
  }
  const statuses = parties.map(({ call }) => call.record.status);
  const telling = (['no-answer', 'busy', 'canceled'] as const).find((one) =>
    statuses.includes(one),
  );
  return {
    ...(parties[0] ? { DialCallSid: parties[0].call.sid } : {}),
    DialCallStatus: telling ?? 'failed',
    DialBridged: 'false',
  };
}
