import { FRAME_SAMPLES, newFrame, type Frame } from '../audio/frame.ts';
import type { SoundLibrary } from '../audio/sound-library.ts';
import type { Events, Sound } from '../protocol.ts';
import type { Player } from './leg.ts';

export type PlayEnded = (end: Omit<Events['play.ended'], 'leg'>) => void;

/** Plays the sound of `leg.play`. Tells once how each play ended. */
export class SoundPlayer implements Player {
  readonly #library: SoundLibrary;
  readonly #ended: PlayEnded;
  readonly #frame = newFrame();
  #play: string | null = null;
  #samples: Int16Array | null = null;
  #position = 0;
  /** Times left to play; Infinity for ever. */
  #loops = 0;

  constructor(library: SoundLibrary, ended: PlayEnded) {
    this.#library = library;
    this.#ended = ended;
  }

  /**
   * Begins as soon as the file is decoded; what was heard before ends at once.
   * @throws if the file is unreadable; `play.ended` then says "failed" too.
   */
  async play(play: string, sound: Sound): Promise<void> {
    this.#end('replaced');
    this.#play = play;
    if (sound.kind === 'silence') return;
    let samples: Int16Array;
    try {
      samples = await this.#library.load(sound.path);
    } catch (error) {
      if (this.#play === play) this.#end('failed');
      throw error;
    }
    // Replaced or stopped while the file was read.
    if (this.#play !== play) return;
    this.#samples = samples;
    this.#position = 0;
    this.#loops = sound.loop === 0 ? Infinity : sound.loop;
  }

  stop(): void {
    this.#end('stopped');
  }

  next(): Frame | null {
    const samples = this.#samples;
    if (samples === null) return null;
    let filled = 0;
    while (filled < FRAME_SAMPLES) {
      if (this.#position >= samples.length) {
        if (--this.#loops <= 0 || samples.length === 0) break;
        this.#position = 0;
      }
      const count = Math.min(FRAME_SAMPLES - filled, samples.length - this.#position);
      this.#frame.set(samples.subarray(this.#position, this.#position + count), filled);
      this.#position += count;
      filled += count;
    }
    if (filled < FRAME_SAMPLES) {
      this.#frame.fill(0, filled);
      this.#end('finished');
    }
    return this.#frame;
  }

  #end(why: Events['play.ended']['why']): void {
    const play = this.#play;
    this.#play = null;
    this.#samples = null;
    if (play !== null) this.#ended({ play, why });
  }
}
