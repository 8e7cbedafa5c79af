import { rmsOf } from './loudness.ts';

/**
 * Measures a stream. The Voice SDK's own `volume` is the mean over the whole spectrum up to 24 kHz,
 * of which a telephone voice fills the lowest sixth: it hardly moves.
 */
export class Meter {
  readonly #context = new AudioContext();
  readonly #analyser: AnalyserNode;
  readonly #samples: Float32Array<ArrayBuffer>;

  constructor(stream: MediaStream) {
    this.#analyser = this.#context.createAnalyser();
    this.#analyser.fftSize = 2048; // 43 ms at 48 kHz: as long as the time between two looks
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#context.createMediaStreamSource(stream).connect(this.#analyser);
  }

  /** Root mean square of the last moment, 0 to 1. */
  rms(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return rmsOf(this.#samples);
  }

  close(): void {
    if (this.#context.state !== 'closed') void this.#context.close();
  }
}
