import { Peaks, type Call, type Recording } from '@offhook/contract';
import { useQuery } from '@tanstack/react-query';
import { Download, Pause, Play, RotateCcw, TriangleAlert } from 'lucide-react';
import { useMemo } from 'react';
import { api } from '../../../lib/api.ts';
import { FLAG_WORDS, PROBLEM_WORDS } from '../../../lib/call-words.ts';
import { clock, inWords, lengthOf } from '../../../lib/format.ts';
import { Button } from '../../../ui/button.tsx';
import { Select } from '../../../ui/input.tsx';
import { Kbd } from '../../../ui/kbd.tsx';
import { type Mark, peaksWithin } from './audio-time.ts';
import { usePlayState, type Transport } from './transport.ts';
import { usePlayerKeys } from './use-player-keys.ts';
import { Waveform } from './waveform.tsx';

interface PlayerProps {
  call: Call;
  recording: Recording;
  transport: Transport;
  /** Where something happened. */
  marks: Mark[];
}

const SPEEDS = [0.75, 1, 1.25, 1.5, 2];

export function Player({ call, recording, transport, marks }: PlayerProps) {
  const audio = usePlayState(transport);
  const { from, to } = transport.window;
  const length = Math.max(to - from, 0.001);
  const heard = Math.min(Math.max(audio.position - from, 0), length);
  usePlayerKeys(transport);
  return (
    <div className="flex flex-col gap-4 p-4">
      <Notes recording={recording} />
      <Waves
        call={call}
        recording={recording}
        transport={transport}
        marks={marks}
        progress={heard / length}
        onSeek={(part) => transport.seek(from + part * length)}
      />
      <input
        type="range"
        aria-label="Position in the recording"
        aria-valuetext={`${inWords(heard * 1000)} of ${inWords(length * 1000)}`}
        min={0}
        max={length}
        step={0.1}
        value={heard}
        onChange={(event) => transport.seek(from + event.target.valueAsNumber)}
        className="slider"
      />
      {audio.failed && <PlayFailure onRetry={transport.retry} />}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <Button look="primary" onClick={transport.toggle} className="w-26">
          {audio.playing ? <Pause aria-hidden /> : <Play aria-hidden />}
          {audio.playing ? 'Pause' : 'Play'}
        </Button>
        <span className="tabular" role="timer" aria-live="off">
          {clock(heard * 1000)} <span className="text-muted">/ {lengthOf(length * 1000)}</span>
        </span>
        <Select
          aria-label="Speed"
          value={audio.speed}
          onChange={(event) => transport.setSpeed(Number(event.target.value))}
          className="w-24"
        >
          {SPEEDS.map((speed) => (
            <option key={speed} value={speed}>
              {speed}×
            </option>
          ))}
        </Select>
        {recording.audioUrl !== null && (
          <Button asChild className="ml-auto">
            <a href={recording.audioUrl} download={recording.fileName ?? true}>
              <Download aria-hidden />
              Download
            </a>
          </Button>
        )}
      </div>
      <p className="hidden flex-wrap items-center gap-1.5 text-sm text-muted sm:flex">
        <Kbd>Space</Kbd> plays and pauses, <Kbd>←</Kbd> <Kbd>→</Kbd> go 5 seconds, with{' '}
        <Kbd>Shift</Kbd> 1 second, <Kbd>Home</Kbd> to the start.
      </p>
    </div>
  );
}

/** Doubts about a recording that can be played all the same. */
function Notes({ recording }: { recording: Recording }) {
  const notes = [
    ...recording.flags.map((flag) => FLAG_WORDS[flag].long),
    ...(recording.problem === null ? [] : [PROBLEM_WORDS[recording.problem]]),
  ];
  if (notes.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1 rounded-md bg-warn-soft px-3 py-2 text-warn">
      {notes.map((note) => (
        <li key={note} className="flex items-start gap-2">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {note}
        </li>
      ))}
    </ul>
  );
}

function PlayFailure({ onRetry }: { onRetry: () => void }) {
  return (
    <p role="alert" className="flex flex-wrap items-center gap-3 text-bad">
      The audio could not be loaded. The server may be out of reach.
      <Button size="small" onClick={onRetry}>
        <RotateCcw aria-hidden />
        Try again
      </Button>
    </p>
  );
}

interface WavesProps extends PlayerProps {
  progress: number;
  onSeek: (part: number) => void;
}

function Waves({ call, recording, transport, marks, progress, onSeek }: WavesProps) {
  const { peaksUrl } = recording;
  const peaks = useQuery({
    queryKey: ['peaks', recording.id, peaksUrl],
    queryFn: ({ signal }) => api.get(peaksUrl ?? '', Peaks, { signal }),
    enabled: peaksUrl !== null,
    staleTime: Infinity,
  });
  const { from, to } = transport.window;
  const channels = useMemo(
    () => (peaks.data ? peaksWithin(peaks.data, { from, to }) : []),
    [peaks.data, from, to],
  );
  const loudest = useMemo(
    () => channels.reduce((max, channel) => channel.reduce((a, b) => Math.max(a, b), max), 0),
    [channels],
  );
  const names = {
    agent: call.agent.name,
    customer: call.customer.name ?? 'Customer',
    both: 'Both speakers',
  };
  return (
    <div className="flex flex-col gap-3">
      {recording.speakers.map((speaker, channel) => {
        const own = channels[channel];
        return (
          <figure key={speaker} className="flex min-w-0 flex-col gap-1">
            <figcaption className="flex items-baseline gap-2 text-sm font-medium wrap-anywhere">
              <span
                aria-hidden
                className="size-2.5 shrink-0 rounded-full"
                style={{ background: `var(--wave-${speaker === 'customer' ? speaker : 'agent'})` }}
              />
              {names[speaker]}
            </figcaption>
            <div className="relative h-[56px] rounded-md bg-sunken px-1">
              {own && (
                <Waveform
                  peaks={own}
                  loudest={loudest}
                  progress={progress}
                  speaker={speaker}
                  onSeek={onSeek}
                />
              )}
              {own && <Marks marks={marks} onSeek={onSeek} />}
              {peaks.isError && (
                <p className="p-4 text-sm text-muted">
                  The waveform could not be fetched. The audio plays all the same.
                </p>
              )}
            </div>
          </figure>
        );
      })}
    </div>
  );
}

/** For eyes and mice: the timeline below has the same moments as links, in words. */
function Marks({ marks, onSeek }: { marks: Mark[]; onSeek: (part: number) => void }) {
  return (
    <div aria-hidden className="pointer-events-none absolute inset-x-1 inset-y-0 z-5">
      {marks.map(({ part, texts }) => (
        <span
          key={part}
          title={texts.join('\n')}
          onClick={() => onSeek(part)}
          className="group pointer-events-auto absolute inset-y-0 -ml-1.5 flex w-3 cursor-pointer justify-center"
          style={{ left: `${part * 100}%` }}
        >
          <span className="w-0 border-l border-dashed border-line-strong group-hover:border-solid group-hover:border-accent-text" />
          <span className="absolute top-0 size-1.5 rounded-full bg-line-strong group-hover:bg-accent-text" />
        </span>
      ))}
    </div>
  );
}
