/**
 * The server's clock as far as this browser can tell. Every event says when it happened on the
 * server; the freshest one is late only by its journey, so the smallest difference seen is the best
 * guess of how far the two clocks are apart.
 */
export class ServerClock {
  #offsetMs: number | null = null;

  constructor(private readonly localNow: () => number = Date.now) {}

  /** An event of this moment (ISO) has just arrived. */
  heard(at: string): void {
    const difference = this.localNow() - Date.parse(at);
    this.#offsetMs = this.#offsetMs === null ? difference : Math.min(this.#offsetMs, difference);
  }

  /** Milliseconds since the epoch, by the server's clock. */
  now(): number {
    return this.localNow() - (this.#offsetMs ?? 0);
  }
}
