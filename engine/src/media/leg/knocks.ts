import type { IceUdpMuxRequest } from 'node-datachannel';
import { MediaFailure } from '../failure.ts';

/** More transport addresses than a browser has towards us. */
const MOST_KNOCKS = 8;

/** Where a connectivity check came from. */
export interface Knock {
  address: string;
  port: number;
}

interface Door {
  /** In the order in which they came, each address once. */
  readonly knocks: (Knock & { theirUfrag: string })[];
  /** Those who wait for the next one. */
  readonly waiting: (() => void)[];
}

/**
 * Connectivity checks (RFC 8445 §7.2) that come before the answer to our offer does: a browser sends
 * the first one as soon as it has the offer. Nothing of ours can reply by then, but they say where
 * the browser is, which its answer does not. Nobody has authenticated them (RFC 8489 §9.1.3): an
 * address from here is worth a check of our own and no more.
 */
export class Knocks {
  /** By the username fragment of our offer. */
  readonly #doors = new Map<string, Door>();

  /** Keeps the checks for this username fragment of ours, until it is forgotten. */
  expect(ourUfrag: string): void {
    this.#doors.set(ourUfrag, { knocks: [], waiting: [] });
  }

  /** A check that no connection takes. */
  receive({ localUfrag, ufrag: theirUfrag, host: address, port }: IceUdpMuxRequest): void {
    const door = this.#doors.get(localUfrag);
    if (door === undefined || door.knocks.length === MOST_KNOCKS) return;
    const same = door.knocks.some((one) => one.address === address && one.port === port);
    if (same) return;
    door.knocks.push({ address, port, theirUfrag });
    wake(door);
  }

  /**
   * Where the browser with this username fragment knocked from: one address and more, the first one
   * first. Waits until there is one.
   * @throws MediaFailure leg_unknown when ours is forgotten meanwhile.
   */
  async from(ourUfrag: string, theirUfrag: string): Promise<Knock[]> {
    for (;;) {
      const door = this.#doors.get(ourUfrag);
      if (door === undefined) throw new MediaFailure('leg_unknown', 'closed before a check came');
      const theirs = door.knocks.filter((one) => one.theirUfrag === theirUfrag);
      if (theirs.length > 0) return theirs;
      await new Promise<void>((resolve) => door.waiting.push(resolve));
    }
  }

  /** Harmless twice. */
  forget(ourUfrag: string): void {
    const door = this.#doors.get(ourUfrag);
    this.#doors.delete(ourUfrag);
    if (door !== undefined) wake(door);
  }
}

function wake(door: Door): void {
  for (const go of door.waiting.splice(0)) go();
}
