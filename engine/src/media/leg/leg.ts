import type { Frame } from '../audio/frame.ts';
import type { Sound } from '../protocol.ts';

/** A telephone key that is held down. Each press is an object of its own. */
export interface PressedKey {
  /** One of 0–9 * # A–D. */
  readonly key: string;
}

/**
 * Somebody on the line, as rooms and the clock see them. Once per tick: `listen` (what does the
 * far end say?), then rooms mix, then `hear` (what does the far end hear?).
 */
export interface Leg {
  readonly id: string;
  /** What the far end says in this tick. Valid from `listen` to the next one; read only. */
  readonly spoken: Frame;
  /** False: `spoken` is nothing but silence. */
  readonly speaking: boolean;
  /** The key that `spoken` is the sound of, told by RFC 4733; null: none. Valid as `spoken` is. */
  readonly pressed: PressedKey | null;
  /** Frames that were made up because packets were missing. */
  readonly concealedFrames: number;
  /** Fetches the next 20 ms into `spoken`. */
  listen(): void;
  /**
   * Sends 20 ms to the far end; null is silence. The frame may be altered by nobody else. `pressed`:
   * the key that sounds in it, for legs that are told of keys and do not hear them.
   */
  hear(frame: Frame | null, pressed: PressedKey | null): void;
  /**
   * Presses keys towards the far end. Letters that are no keys pause: w 0.5 s, W 1 s. Resolves when
   * all are pressed, or the leg is closed.
   */
  sendDigits(digits: string): Promise<void>;
  /** What it hears while it hears no room. */
  readonly player: Player;
  /** Harmless twice. */
  close(): void;
}

/** Plays one sound at a time to one leg. */
export interface Player {
  play(play: string, sound: Sound): Promise<void>;
  stop(): void;
  /** The next 20 ms, or null for silence. Called every tick, heard or not: time goes on. */
  next(): Frame | null;
}
