import type { RecordingFlag } from '@offhook/contract';

/** Moments in ms since 1970, lengths in ms. */
export interface Evidence {
  /** The carrier's word on when it began, to the second, rounded down; null when unknown. */
  carrierStart: number | null;
  /** What the file itself is long. */
  durationMs: number;
  channels: 1 | 2;
  /** The file stops in the middle of something, or the carrier says that it broke off. */
  cutShort: boolean;
  connectedAt: number | null;
  endedAt: number | null;
  /** How far length and talk time may differ. */
  toleranceMs: number;
}

export interface Verdict {
  /** The moment of the first sample. */
  startedAt: number | null;
  flags: RecordingFlag[];
}

/** Callbacks reach us a little after what they tell of. */
const LATE_MS = 400;

/** What is to be said of a recording that decodes. Pure. */
export function judge(evidence: Evidence): Verdict {
  const startedAt = startOf(evidence);
  const flags: RecordingFlag[] = [];
  const differenceMs = lengthDifference(evidence, startedAt);
  if (differenceMs !== null && Math.abs(differenceMs) > evidence.toleranceMs) {
    flags.push('length_differs');
  }
  if (evidence.channels === 1) flags.push('mono_only');
  if (evidence.cutShort) flags.push('cut_short');
  return { startedAt, flags };
}

/**
 * The carrier names only the second in which recording began. On an ordinary call that was when
 * both were connected, which we know to the millisecond; with early media it was before, and the
 * length, counted back from the end, says more.
 */
function startOf({ carrierStart, connectedAt, endedAt, durationMs }: Evidence): number | null {
  if (carrierStart === null) return connectedAt;
  const latest = carrierStart + 999;
  if (connectedAt !== null && connectedAt >= carrierStart && connectedAt <= latest + LATE_MS) {
    return connectedAt;
  }
  if (endedAt === null) return carrierStart;
  return Math.min(Math.max(endedAt - durationMs, carrierStart), latest);
}

/** How much longer the conversation's part of the recording is than the conversation. */
function lengthDifference(
  { connectedAt, endedAt, durationMs }: Evidence,
  startedAt: number | null,
): number | null {
  if (connectedAt === null || endedAt === null) return null;
  const before = startedAt === null ? 0 : Math.max(0, connectedAt - startedAt);
  return durationMs - before - (endedAt - connectedAt);
}
