import { FRAME_SAMPLES, newFrame, samplesOf, type Frame } from '../audio/frame.ts';
import type { SoundLibrary } from '../audio/sound-library.ts';
import { MediaFailure } from '../failure.ts';
import type { DemoStep } from '../protocol.ts';
import { KeySender } from './key-sender.ts';
import type { Leg, Player } from './leg.ts';

/** One step in progress: fills a frame; false when it is over and the frame was not used. */
type Act = (leg: DemoLeg, out: Frame) => boolean;

/** A customer we play ourselves, from a script. */
export class DemoLeg implements Leg {
  readonly id: string;
  readonly spoken = newFrame();
  speaking = false;
  /** Scripts press no keys. */
  readonly pressed = null;
  readonly concealedFrames = 0;
  readonly player: Player;
  readonly #ended: (hangup: boolean) => void;
  readonly #acts: Act[];
  readonly #keys = new KeySender();
  /** What it hears, for echoes: a ring of frames as long as the delay. */
  #echo: Frame[] = [];
  #echoAt = 0;
  #over = false;

  private constructor(id: string, player: Player, ended: (hangup: boolean) => void, acts: Act[]) {
    this.id = id;
    this.player = player;
    this.#ended = ended;
    this.#acts = acts;
  }

  /**
   * Reads all sounds first, so that the script runs without a hitch.
   * @throws MediaFailure file_unreadable
   */
  static async create(
    id: string,
    steps: readonly DemoStep[],
    library: SoundLibrary,
    player: Player,
    ended: (hangup: boolean) => void,
  ): Promise<DemoLeg> {
    const acts: Act[] = [];
    for (const step of steps) acts.push(await DemoLeg.#act(step, library));
    return new DemoLeg(id, player, ended, acts);
  }

  static async #act(step: DemoStep, library: SoundLibrary): Promise<Act> {
    switch (step.do) {
      case 'play':
        return playing(await loadOrFail(library, step.path));
      case 'silence':
        return waiting(samplesOf(step.ms));
      case 'echo':
        return echoing(samplesOf(step.delayMs), step.ms === undefined ? null : samplesOf(step.ms));
      case 'hangup':
        return (leg) => leg.#end(true);
    }
  }

  listen(): void {
    this.speaking = false;
    while (!this.#over) {
      const act = this.#acts[0];
      if (act === undefined) {
        this.#end(false);
      } else if (act(this, this.spoken)) {
        this.speaking = true;
        return;
      } else {
        this.#acts.shift();
      }
    }
    this.spoken.fill(0);
  }

  hear(frame: Frame | null): void {
    // A phone gives pressed keys as sound.
    const moment = this.#keys.next();
    const heard = moment?.kind === 'down' ? this.#keys.sound(moment) : frame;
    const slot = this.#echo[this.#echoAt];
    if (slot === undefined) return;
    if (heard === null) slot.fill(0);
    else slot.set(heard);
    this.#echoAt = (this.#echoAt + 1) % this.#echo.length;
  }

  sendDigits(digits: string): Promise<void> {
    return this.#keys.press(digits);
  }

  close(): void {
    this.#over = true;
    this.player.stop();
    this.#keys.clear();
  }

  /** Sets the echo up, empty, and stops it with 0 frames. */
  rememberFrames(count: number): void {
    this.#echo = Array.from({ length: count }, newFrame);
    this.#echoAt = 0;
  }

  /** The oldest frame it remembers. */
  oldestHeard(): Frame {
    return this.#echo[this.#echoAt]!;
  }

  #end(hangup: boolean): boolean {
    this.#over = true;
    this.#ended(hangup);
    return false;
  }
}

function playing(samples: Int16Array): Act {
  let position = 0;
  return (_leg, out) => {
    if (position >= samples.length) return false;
    const part = samples.subarray(position, position + FRAME_SAMPLES);
    out.set(part);
    out.fill(0, part.length);
    position += FRAME_SAMPLES;
    return true;
  };
}

function waiting(samples: number): Act {
  let rest = samples;
  return (_leg, out) => {
    if (rest <= 0) return false;
    rest -= FRAME_SAMPLES;
    out.fill(0);
    return true;
  };
}

function echoing(delay: number, samples: number | null): Act {
  let rest = samples ?? Infinity;
  let started = false;
  return (leg, out) => {
    if (!started) leg.rememberFrames(Math.max(1, Math.round(delay / FRAME_SAMPLES)));
    started = true;
    if (rest <= 0) {
      leg.rememberFrames(0);
      return false;
    }
    rest -= FRAME_SAMPLES;
    out.set(leg.oldestHeard());
    return true;
  };
}

async function loadOrFail(library: SoundLibrary, path: string): Promise<Int16Array> {
  try {
    return await library.load(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new MediaFailure('file_unreadable', `${path}: ${why}`, { cause: error });
  }
}
