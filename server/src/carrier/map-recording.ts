import { z } from 'zod';
import type { CarrierRecording } from '../recording/ports.ts';

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
  return {
    carrierId: resource.sid,
    state: mapStatus(resource.status),
    startedAt: Number.isNaN(startedAt) ? null : startedAt,
    durationMs: Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null,
  };
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
