import type { Call, CallEvent, Peaks, Recording } from '@offhook/contract';

/**
 * Where the conversation lies in the file, in seconds of audio. A carrier may begin to record
 * before the two are connected; that part is not ours to play.
 */
export interface Window {
  from: number;
  to: number;
}

export function conversation(call: Call, recording: Recording): Window {
  const length = (recording.durationMs ?? 0) / 1000;
  const start = recording.startedAt === null ? NaN : Date.parse(recording.startedAt);
  const connected = call.connectedAt === null ? NaN : Date.parse(call.connectedAt);
  const before = (connected - start) / 1000;
  const from = Number.isFinite(before) && before > 0 && before < length ? before : 0;
  return { from, to: length };
}

/** Seconds into the file at which something happened; null when the file does not hold it. */
export function audioTimeOf(at: string, recording: Recording, window: Window): number | null {
  if (recording.startedAt === null) return null;
  const seconds = (Date.parse(at) - Date.parse(recording.startedAt)) / 1000;
  return seconds >= window.from && seconds <= window.to ? seconds : null;
}

/** Moments of the timeline on the waveform. */
export interface Mark {
  /** 0 to 1 of the conversation. */
  part: number;
  /** What happened there; several when they cannot be told apart by eye. */
  texts: string[];
}

/** Marks closer than this are one. */
const APART = 0.01;

export function marksOf(events: CallEvent[], recording: Recording, window: Window): Mark[] {
  const marks: Mark[] = [];
  for (const { at, text } of events) {
    const seconds = audioTimeOf(at, recording, window);
    if (seconds === null) continue;
    const part = (seconds - window.from) / Math.max(window.to - window.from, 0.001);
    const last = marks.at(-1);
    if (last && Math.abs(part - last.part) < APART) last.texts.push(text);
    else marks.push({ part, texts: [text] });
  }
  return marks;
}

/** The part of each channel's peaks that lies in the conversation. */
export function peaksWithin(peaks: Peaks, { from, to }: Window): number[][] {
  const first = Math.floor(from * peaks.perSecond);
  const last = Math.max(first + 1, Math.ceil(to * peaks.perSecond));
  return peaks.channels.map((channel) => channel.slice(first, last));
}
