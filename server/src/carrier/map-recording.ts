import { z } from 'zod';
import type { RecordingProblem } from '@offhook/contract';
import type { CarrierRecording } from '../recording/ports.ts';
import { DISK_FULL } from './map-recording-callback.ts';

/** The fields we read of the carrier's recording resource; more may come at any time. */
export const RecordingResource = z.object({
  sid: z.string(),
  status: z.string(),
  /** Whole seconds, as text; −1 while unknown. */
  duration: z.string().nullable().optional(),
  /** RFC 2822, "Sun, 22 Nov 2026 14:37:29 +0000". */
  start_time: z.string().nullable().optional(),
  error_code: z.number().nullable().optional(),
});
export type RecordingResource = z.infer<typeof RecordingResource>;

export const RecordingList = z.object({ recordings: z.array(RecordingResource) });

/** The carrier's words in ours. An unknown status counts as under way: it is asked again later. */
export function mapRecording(resource: RecordingResource): CarrierRecording {
  const seconds = Number(resource.duration ?? Number.NaN);
  const startedAt = Date.parse(resource.start_time ?? '');
  const state = mapStatus(resource.status);
  return {
    carrierId: resource.sid,
    state,
    problem: problemOf(state, resource.error_code ?? null),
    startedAt: Number.isNaN(startedAt) ? null : startedAt,
    durationMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null,
  };
}

function problemOf(
  state: CarrierRecording['state'],
  errorCode: number | null,
): RecordingProblem | null {
  if (errorCode === DISK_FULL) return 'disk_full';
  if (state !== 'absent' && state !== 'failed') return null;
  return state === 'absent' ? 'nothing_recorded' : 'carrier_failed';
}

function mapStatus(status: string): CarrierRecording['state'] {
  switch (status) {
    case 'completed':
      return 'ready';
    case 'absent':
      return 'absent';
    case 'failed':
    case 'deleted':
      return 'failed';
    case 'in-progress':
    case 'paused':
      return 'recording';
    default:
      return 'processing';
  }
}
