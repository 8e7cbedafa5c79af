import type { Clip } from './wav-file.ts';

/** Ten milliseconds of fade at both ends: a tone that starts at full level clicks. */
const FADE_SECONDS = 0.01;

/** Several sine waves at once, `level` each. */
export function tone(rate: number, hertz: number[], seconds: number, level: number): Clip {
  const length = Math.round(rate * seconds);
  const fade = Math.round(rate * FADE_SECONDS);
  const samples = Float32Array.from({ length }, (_, i) => {
    const envelope = Math.min(1, i / fade, (length - 1 - i) / fade);
    const sum = hertz.reduce((all, f) => all + Math.sin((2 * Math.PI * f * i) / rate), 0);
    return envelope * level * sum;
  });
  return { rate, samples };
}

export function silence(rate: number, seconds: number): Clip {
  return { rate, samples: new Float32Array(Math.round(rate * seconds)) };
}

export function join(first: Clip, ...others: Clip[]): Clip {
  const all = [first, ...others];
  const samples = new Float32Array(all.reduce((sum, clip) => sum + clip.samples.length, 0));
  let at = 0;
  for (const clip of all) {
    if (clip.rate !== first.rate) throw new Error('Only clips of one rate can be joined.');
    samples.set(clip.samples, at);
    at += clip.samples.length;
  }
  return { rate: first.rate, samples };
}

/** Adds a struck, fading note; what rings past the end of the loop rings on at its beginning. */
function strike(loop: Clip, atSeconds: number, hertz: number, level: number): void {
  const { rate, samples } = loop;
  const length = rate * 4;
  const start = Math.round(atSeconds * rate);
  for (let i = 0; i < length; i++) {
    const t = i / rate;
    const attack = Math.min(1, t / 0.008);
    const release = Math.min(1, (length - i) / (rate * 0.3));
    const phase = 2 * Math.PI * hertz * t;
    // Overtones fade sooner than the note itself, as in a struck bar.
    const sound =
      Math.sin(phase) * Math.exp(-1.1 * t) +
      0.35 * Math.sin(2 * phase) * Math.exp(-2.4 * t) +
      0.12 * Math.sin(3 * phase) * Math.exp(-4.5 * t);
    const at = (start + i) % samples.length;
    samples[at] = (samples[at] ?? 0) + level * attack * release * sound;
  }
}

/** A soft chord held under the tune, swelling and fading within its bar. */
function swell(
  loop: Clip,
  atSeconds: number,
  seconds: number,
  hertz: number[],
  level: number,
): void {
  const { rate, samples } = loop;
  const length = Math.round(seconds * rate);
  const start = Math.round(atSeconds * rate);
  for (let i = 0; i < length; i++) {
    const envelope = Math.sin((Math.PI * i) / length) ** 2;
    const sum = hertz.reduce((all, f) => all + Math.sin((2 * Math.PI * f * i) / rate), 0);
    const at = (start + i) % samples.length;
    samples[at] = (samples[at] ?? 0) + level * envelope * sum;
  }
}

const midi = (note: number) => 440 * 2 ** ((note - 69) / 12);

/** Eight bars, C – a minor – F – G twice, broken chords over a soft bed. Loops without a seam. */
export function holdMusic(rate: number): Clip {
  const bar = 2.8;
  const beat = bar / 8;
  const chords = [
    { bed: [48, 55, 64], notes: [60, 64, 67, 72, 76, 72, 67, 64] },
    { bed: [45, 52, 60], notes: [57, 60, 64, 69, 72, 69, 64, 60] },
    { bed: [41, 53, 57], notes: [53, 57, 60, 65, 69, 65, 60, 57] },
    { bed: [43, 50, 59], notes: [55, 59, 62, 67, 71, 67, 62, 59] },
    { bed: [48, 55, 64], notes: [60, 67, 64, 72, 79, 76, 72, 67] },
    { bed: [45, 52, 60], notes: [57, 64, 60, 69, 76, 72, 69, 64] },
    { bed: [41, 53, 57], notes: [53, 60, 57, 65, 72, 69, 65, 60] },
    { bed: [43, 50, 59], notes: [55, 62, 59, 67, 74, 71, 67, 62] },
  ];
  const loop = silence(rate, bar * chords.length);
  chords.forEach((chord, index) => {
    swell(loop, index * bar - bar * 0.25 + bar, bar * 1.5, chord.bed.map(midi), 0.03);
    chord.notes.forEach((note, step) => {
      strike(loop, index * bar + bar + step * beat, midi(note), step === 0 ? 0.1 : 0.075);
    });
  });
  return scaledTo(loop, 0.22);
}

/** The loudest sample becomes `peak`. */
export function scaledTo(clip: Clip, peak: number): Clip {
  const loudest = clip.samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return { rate: clip.rate, samples: clip.samples.map((sample) => (sample * peak) / loudest) };
}
