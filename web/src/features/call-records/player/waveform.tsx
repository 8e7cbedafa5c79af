import { useEffect, useEffectEvent, useRef } from 'react';
import WaveSurfer from 'wavesurfer.js';
import { useTheme } from '../../../ui/theme.tsx';

interface WaveformProps {
  /** The loudest sample of each slice, 0 to 1. */
  peaks: number[];
  /** The loudest of all speakers, so that their sizes can be compared. */
  loudest: number;
  /** How much has been heard, 0 to 1. */
  progress: number;
  speaker: 'agent' | 'customer' | 'both';
  onSeek: (progress: number) => void;
}

/** One speaker's voice, drawn from the server's peaks: the file itself is never decoded here. */
export function Waveform({ peaks, loudest, progress, speaker, onSeek }: WaveformProps) {
  const box = useRef<HTMLDivElement>(null);
  const wave = useRef<WaveSurfer | null>(null);
  const { shown } = useTheme();
  const seek = useEffectEvent(onSeek);
  const show = useEffectEvent(() => wave.current?.setTime(progress));

  useEffect(() => {
    if (!box.current) return;
    const colours = getComputedStyle(document.documentElement);
    const colour = (name: string) => colours.getPropertyValue(name).trim();
    const own = speaker === 'customer' ? '--wave-customer' : '--wave-agent';
    const made = WaveSurfer.create({
      container: box.current,
      height: 56,
      // It only draws, over a length of one; playing is the business of useAudio.
      peaks: [peaks],
      duration: 1,
      maxPeak: Math.max(loudest, 0.01),
      normalize: true,
      waveColor: colour(`${own}-rest`),
      progressColor: colour(own),
      cursorColor: colour('--ink'),
      cursorWidth: 1,
      barWidth: 2,
      barGap: 1,
      barRadius: 1,
      barMinHeight: 1,
      dragToSeek: { debounceTime: 0 },
      hideScrollbar: true,
    });
    made.on('click', (x) => seek(x));
    made.on('drag', (x) => seek(x));
    made.on('ready', () => show());
    wave.current = made;
    return () => {
      wave.current = null;
      made.destroy();
    };
  }, [peaks, loudest, speaker, shown]);

  useEffect(() => {
    wave.current?.setTime(progress);
  }, [progress]);

  // The slider below says and does the same for keyboards and screen readers.
  return <div ref={box} aria-hidden className="min-w-0 cursor-pointer" />;
}
