import { SilenceWatches } from './audio/silence.ts';
import { MediaFailure } from './failure.ts';
import type { Leg } from './leg/leg.ts';
import type { Recorder } from './recording/recorder.ts';
import type { Member, Room } from './room/room.ts';

/** A leg and where it sits. A leg that is being made is not here yet. */
export interface Seat {
  leg: Leg;
  room: Room | null;
  member: Member | null;
  /** Those who wait for it to be silent. */
  silences: SilenceWatches;
  /** Recordings of this leg alone. */
  recorders: Map<string, { track: 'both' | 'inbound' | 'outbound'; recorder: Recorder }>;
}

/** All legs of the process by their names. */
export class Seats {
  readonly #seats = new Map<string, Seat>();
  /** Names of legs that are still being made. */
  readonly #coming = new Set<string>();

  get size(): number {
    return this.#seats.size;
  }

  [Symbol.iterator](): IterableIterator<Seat> {
    return this.#seats.values();
  }

  /** @throws MediaFailure leg_unknown */
  get(id: string): Seat {
    const seat = this.#seats.get(id);
    if (seat === undefined) throw new MediaFailure('leg_unknown', `no leg ${id}`);
    return seat;
  }

  find(id: string): Seat | null {
    return this.#seats.get(id) ?? null;
  }

  /** @throws MediaFailure leg_exists */
  mustBeNew(id: string): void {
    if (this.#seats.has(id) || this.#coming.has(id)) {
      throw new MediaFailure('leg_exists', `there is a leg ${id} already`);
    }
  }

  add(leg: Leg): void {
    this.mustBeNew(leg.id);
    this.#seats.set(leg.id, {
      leg,
      room: null,
      member: null,
      silences: new SilenceWatches(),
      recorders: new Map(),
    });
  }

  /**
   * Keeps the name while a leg is made, and seats it.
   * @throws MediaFailure leg_exists; leg_unknown when it was removed meanwhile
   */
  async addWhenMade(id: string, make: () => Promise<Leg>): Promise<void> {
    this.mustBeNew(id);
    this.#coming.add(id);
    try {
      const leg = await make();
      if (!this.#coming.delete(id)) {
        leg.close();
        throw new MediaFailure('leg_unknown', `${id} was closed`);
      }
      this.add(leg);
    } finally {
      this.#coming.delete(id);
    }
  }

  /** Null when it is not here, or not yet: then it never will be. */
  remove(id: string): Seat | null {
    this.#coming.delete(id);
    const seat = this.find(id);
    this.#seats.delete(id);
    return seat;
  }
}
