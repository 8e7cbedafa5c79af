/**
 * How long the SDK's key lasts (160 ms and a gap of 70 ms), with some to spare. What is sent while one
 * lasts takes the place of all that waits behind it (RTCDTMFSender.insertDTMF), and so is lost itself
 * when the next one comes.
 */
const KEY_MS = 260;

/** Sends keys one after the other, however fast they are pressed. */
export class KeyQueue {
  readonly #send: (key: string) => void;
  #waiting: string[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(send: (key: string) => void) {
    this.#send = send;
  }

  press(keys: string): void {
    this.#waiting.push(...keys);
    if (this.#timer === null) this.#next();
  }

  /** Forgets what waits. Harmless twice. */
  close(): void {
    this.#waiting = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #next(): void {
    const key = this.#waiting.shift();
    this.#timer = key === undefined ? null : setTimeout(() => this.#next(), KEY_MS);
    if (key !== undefined) this.#send(key);
  }
}
