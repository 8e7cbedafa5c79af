import { FRAME_MS, type Frame } from './frame.ts';

/** Mean square below which a frame is silence: 45 dB below full scale, under any speech. */
const SILENT_POWER = (32_768 * 10 ** (-45 / 20)) ** 2;

/** Waits until somebody has said nothing for a while. */
export class SilenceWatch {
  readonly #silentMs: number;
  readonly #silent: () => void;
  #elapsed = 0;
  #over = false;

  /** `silent` is called once. */
  constructor(silentMs: number, silent: () => void) {
    this.#silentMs = silentMs;
    this.#silent = silent;
  }

  /** The next 20 ms; null is silence. */
  frame(frame: Frame | null): void {
    this.#elapsed = frame === null || isSilent(frame) ? this.#elapsed + FRAME_MS : 0;
    if (this.#elapsed >= this.#silentMs) this.end();
  }

  /** There is nobody to listen to any more. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#silent();
  }
}

/** All who wait for one leg to be silent. */
export class SilenceWatches {
  readonly #watches = new Set<SilenceWatch>();

  /** Resolves when there has been silence for so long from now on, or at the end. */
  next(silentMs: number): Promise<void> {
    return new Promise((resolve) => {
      const watch: SilenceWatch = new SilenceWatch(silentMs, () => {
        this.#watches.delete(watch);
        resolve();
      });
      this.#watches.add(watch);
    });
  }

  frame(frame: Frame | null): void {
    for (const watch of this.#watches) watch.frame(frame);
  }

  end(): void {
    for (const watch of this.#watches) watch.end();
  }
}

/** All of it is under any speech. */
export function isSilent(frame: Frame): boolean {
  let sum = 0;
  for (const sample of frame) sum += sample * sample;
  return sum / frame.length < SILENT_POWER;
}
