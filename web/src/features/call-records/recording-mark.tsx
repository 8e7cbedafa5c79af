import type { RecordingSummary } from '@offhook/contract';
import { Disc, Play, TriangleAlert } from 'lucide-react';
import { FLAG_WORDS, PROBLEM_WORDS } from '../../lib/call-words.ts';
import { Badge } from '../../ui/badge.tsx';

/** What a list says of a call's recording: that there is one, or what is wrong with it. */
export function RecordingMark({ recording }: { recording: RecordingSummary | null }) {
  if (recording === null) return null;
  const problem = recording.problem === null ? undefined : PROBLEM_WORDS[recording.problem];
  switch (recording.state) {
    case 'recording':
      return (
        <Badge>
          <Disc aria-hidden className="text-bad" />
          Recording
        </Badge>
      );
    case 'processing':
      return <Badge>Fetching audio</Badge>;
    case 'absent':
      return (
        <Badge tone="warn" title={problem}>
          <TriangleAlert aria-hidden />
          No audio
        </Badge>
      );
    case 'failed':
      return (
        <Badge tone="bad" title={problem}>
          <TriangleAlert aria-hidden />
          Audio failed
        </Badge>
      );
    case 'ready':
      return (
        <span className="flex flex-wrap gap-1">
          {recording.flags.length === 0 && (
            <Badge>
              <Play aria-hidden />
              Recorded
            </Badge>
          )}
          {recording.flags.map((flag) => (
            <Badge key={flag} tone="warn" title={FLAG_WORDS[flag].long}>
              <TriangleAlert aria-hidden />
              {FLAG_WORDS[flag].short}
            </Badge>
          ))}
        </span>
      );
  }
}
