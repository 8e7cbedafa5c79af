/** What the person should be told about the sound, beyond the level meters. */
export interface SoundNotices {
  /** They speak, but they are muted. */
  speakingWhileMuted: boolean;
  /** The microphone is on and gives nothing at all. */
  microphoneSilent: boolean;
  /** They are connected and nothing comes from the other side. */
  farSideSilent: boolean;
}

export const NO_NOTICES: SoundNotices = {
  speakingWhileMuted: false,
  microphoneSilent: false,
  farSideSilent: false,
};

/** One look at the sound; the SDK gives about twenty a second. */
export interface SoundSample {
  /** Milliseconds on any steady clock. */
  at: number;
  /** Root mean square, 0 to 1, measured before mute. */
  microphone: number;
  /** Root mean square, 0 to 1. */
  farSide: number;
  muted: boolean;
  /** The two are talking: there should be sound. */
  connected: boolean;
}

/** −90 dB: less than the noise of any microphone or line. Only what is switched off is so quiet. */
const SILENCE = 0.00003;
/** −38 dB: above this somebody speaks. */
const SPEECH = 0.0125;
const MICROPHONE_SILENT_MS = 6_000;
const FAR_SIDE_SILENT_MS = 5_000;
const SPEECH_MS = 400;
const SPEECH_FORGOTTEN_MS = 2_500;

/** Turns a stream of levels into what the person should be told. One per call. */
export class SoundWatch {
  #notices = NO_NOTICES;
  #microphoneHeardAt: number | null = null;
  #farSideHeardAt: number | null = null;
  #speech: { since: number; lastAt: number } | null = null;

  /** The same object as before when nothing changed. */
  observe(sample: SoundSample): SoundNotices {
    const { at, muted, connected, microphone, farSide } = sample;
    if (this.#microphoneHeardAt === null || muted || microphone > SILENCE) {
      this.#microphoneHeardAt = at;
    }
    if (this.#farSideHeardAt === null || !connected || farSide > SILENCE) {
      this.#farSideHeardAt = at;
    }
    const next: SoundNotices = {
      speakingWhileMuted: this.#speaksWhileMuted(sample),
      microphoneSilent: at - this.#microphoneHeardAt >= MICROPHONE_SILENT_MS,
      farSideSilent: at - this.#farSideHeardAt >= FAR_SIDE_SILENT_MS,
    };
    if (!same(next, this.#notices)) this.#notices = next;
    return this.#notices;
  }

  #speaksWhileMuted({ at, muted, microphone }: SoundSample): boolean {
    if (!muted) this.#speech = null;
    else if (microphone >= SPEECH) {
      this.#speech = { since: this.#speech?.since ?? at, lastAt: at };
    } else if (this.#speech !== null && at - this.#speech.lastAt > SPEECH_FORGOTTEN_MS) {
      this.#speech = null;
    }
    return this.#speech !== null && this.#speech.lastAt - this.#speech.since >= SPEECH_MS;
  }
}

function same(a: SoundNotices, b: SoundNotices): boolean {
  return (
    a.speakingWhileMuted === b.speakingWhileMuted &&
    a.microphoneSilent === b.microphoneSilent &&
    a.farSideSilent === b.farSideSilent
  );
}
