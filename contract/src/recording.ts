import { z } from 'zod';
import { Instant, Milliseconds } from './time.ts';

/**
 * recording:  the conversation is being recorded.
 * processing: it is over; the file is being fetched and checked.
 * ready:      stored, checked and playable.
 * absent:     there is none, and `problem` says why.
 * failed:     it exists with the carrier but could not be fetched or read; `problem` says why.
 */
export const RecordingState = z.enum(['recording', 'processing', 'ready', 'absent', 'failed']);
export type RecordingState = z.infer<typeof RecordingState>;

/** Why there is no audio, or what is doubtful about it. */
export const RecordingProblem = z.enum([
  'disk_full', // the engine ran out of disk while recording; the call went on
  'carrier_failed', // the carrier says that it could not record
  'nothing_recorded', // the carrier says that there was nothing to record
  'download_failed', // every attempt to fetch it failed
  'unreadable', // it does not decode
]);
export type RecordingProblem = z.infer<typeof RecordingProblem>;

/** Doubts about a recording that is kept and playable all the same. */
export const RecordingFlag = z.enum(['length_differs', 'mono_only', 'cut_short']);
export type RecordingFlag = z.infer<typeof RecordingFlag>;

export const RecordingSummary = z.strictObject({
  id: z.string(),
  state: RecordingState,
  problem: RecordingProblem.nullable(),
  flags: z.array(RecordingFlag),
  durationMs: Milliseconds.nullable(),
});
export type RecordingSummary = z.infer<typeof RecordingSummary>;

export const Recording = RecordingSummary.extend({
  callId: z.string(),
  /** The moment of the audio's first sample; audio time = call time − this. */
  startedAt: Instant.nullable(),
  channels: z.union([z.literal(1), z.literal(2)]).nullable(),
  /** What is on each channel, left first: ["agent", "customer"]; ["both"] when mono. */
  speakers: z.array(z.enum(['agent', 'customer', 'both'])),
  bytes: z.number().int().nullable(),
  /** SHA-256 of the stored file, lower-case hex. */
  sha256: z.string().nullable(),
  /** Where to play and download it, relative to the server; supports range requests. */
  audioUrl: z.string().nullable(),
  peaksUrl: z.string().nullable(),
  /** "2026-11-22 1437 Ada Lovelace to 07700 900001.mp3" */
  fileName: z.string().nullable(),
});
export type Recording = z.infer<typeof Recording>;

/** Waveform peaks, computed on the server: the loudest sample of each slice, 0 to 1. */
export const Peaks = z.strictObject({
  durationMs: Milliseconds,
  /** How many slices a second of audio has. */
  perSecond: z.number().positive(),
  /** One list per channel, left first. */
  channels: z.array(z.array(z.number().min(0).max(1))),
});
export type Peaks = z.infer<typeof Peaks>;
