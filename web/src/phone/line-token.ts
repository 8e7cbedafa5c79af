import type { PhoneToken } from '@offhook/contract';

/** Ask for a new token when the old one has less left than this. */
const RESERVE_MS = 60_000;
/** A token refused sooner than this after it was fetched will not get better by another. */
const TOO_FRESH_MS = 5_000;

/** The access token of a line; fetched when it is needed, once at a time. */
export class LineToken {
  #held: { value: string; fetchedAt: number; expiresAt: number } | null = null;
  #fetching: Promise<string> | null = null;

  constructor(
    private readonly fetchToken: () => Promise<PhoneToken>,
    /** Milliseconds on a steady clock. */
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** One that lasts a while yet. */
  async fresh(): Promise<string> {
    if (this.#held !== null && this.#held.expiresAt - this.now() >= RESERVE_MS) {
      return this.#held.value;
    }
    return this.renew();
  }

  renew(): Promise<string> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = null;
    });
    return this.#fetching;
  }

  /** Whether a refusal of this token is worth another one. */
  get worthRenewing(): boolean {
    return this.#held === null || this.now() - this.#held.fetchedAt >= TOO_FRESH_MS;
  }

  async #fetch(): Promise<string> {
    const { token, ttlSeconds } = await this.fetchToken();
    const fetchedAt = this.now();
    this.#held = { value: token, fetchedAt, expiresAt: fetchedAt + ttlSeconds * 1000 };
    return token;
  }
}
