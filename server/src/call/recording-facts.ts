import type { RecordingProblem, RecordingState, RecordingSummary } from '@offhook/contract';
import type { RecordingFact } from './facts.ts';
import { durationText } from './texts.ts';
import type { Turn } from './turn.ts';

/** Later words beat earlier ones; a file that was fetched after all beats everything. */
const RANK: Record<RecordingState, number> = {
  recording: 0,
  processing: 1,
  absent: 2,
  failed: 2,
  ready: 3,
};

const PROBLEM: Record<RecordingProblem, string> = {
  disk_full: 'the disk was full',
  carrier_failed: 'the carrier could not record',
  nothing_recorded: 'there was nothing to record',
  download_failed: 'it could not be fetched',
  unreadable: 'it cannot be read',
};

/** The recording's story. It goes on after the call has ended. */
export function recordingFact(turn: Turn, fact: RecordingFact): void {
  const known = turn.call.recording;
  const next = summary(fact, known);
  const brokeOff = known?.state === 'recording' && known.problem === null && next.problem !== null;
  if (known !== null && !brokeOff && RANK[next.state] <= RANK[known.state]) {
    return turn.absorb(`the recording is ${known.state} already`);
  }
  turn.set({ recording: next });
  turn.say(
    `recording.${next.state === 'recording' ? 'started' : next.state}`,
    fact.kind === 'recording_ready' || fact.kind === 'recording_failed' ? 'system' : 'carrier',
    text(next),
    { recording: fact.recordingId, ...fact.detail },
  );
  if (fact.kind === 'recording_finished') {
    turn.does({ kind: 'fetch_recording', recordingId: fact.recordingId });
  }
}

function summary(fact: RecordingFact, known: RecordingSummary | null): RecordingSummary {
  const base = {
    id: fact.recordingId,
    problem: null,
    flags: known?.flags ?? [],
    durationMs: known?.durationMs ?? null,
  };
  switch (fact.kind) {
    case 'recording_started':
      return { ...base, state: 'recording', problem: fact.problem ?? null };
    case 'recording_finished':
      return {
        ...base,
        state: 'processing',
        problem: fact.problem ?? null,
        durationMs: fact.durationMs,
      };
    case 'recording_ready':
      return {
        ...base,
        state: 'ready',
        // Why it was cut short stays true when it is here; what went wrong in fetching it does not.
        problem: known?.state === 'processing' ? known.problem : null,
        flags: fact.flags,
        durationMs: fact.durationMs,
      };
    case 'recording_failed':
      return { ...base, state: 'failed', problem: fact.problem };
    case 'recording_absent':
      return { ...base, state: 'absent', problem: fact.problem };
  }
}

function text({ state, problem, durationMs }: RecordingSummary): string {
  const why = problem === null ? 'no reason given' : PROBLEM[problem];
  switch (state) {
    case 'recording':
      return problem === null ? 'Recording started.' : `Recording broke off: ${why}.`;
    case 'processing':
      return 'The recording is with the carrier; fetching it.';
    case 'ready':
      return `The recording is ready${durationMs === null ? '' : ` (${durationText(durationMs)})`}${problem === null ? '' : `, cut short: ${why}`}.`;
    case 'absent':
      return `There is no recording: ${why}.`;
    case 'failed':
      return `The recording failed: ${why}.`;
  }
}
