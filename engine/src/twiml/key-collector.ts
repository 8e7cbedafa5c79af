import type { Call } from '../leg/call.ts';
import type { MediaLink } from '../media-link.ts';

export interface KeyRules {
  /** Keys that end the input. */
  finishOn: string;
  mostDigits: number;
  /** How long the caller may take for each next key. */
  timeoutMs: number;
}

export interface Keys {
  digits: string;
  /** The key that ended the input, if one did. */
  finishedOn: string | null;
}

/** Collects the keys a caller presses, until they are enough, or too slow. */
export class KeyCollector {
  /** Resolves with what there is; also when the collector is closed. */
  readonly result: Promise<Keys>;
  /** Aborted by the first key: what is said can stop. */
  readonly pressed: AbortSignal;
  readonly #rules: KeyRules;
  readonly #first = new AbortController();
  readonly #deaf: () => void;
  #settle!: (keys: Keys) => void;
  #digits = '';
  #timer: NodeJS.Timeout | null = null;
  #once = false;
  #over = false;

  constructor(call: Call, media: MediaLink, rules: KeyRules) {
    this.#rules = rules;
    this.pressed = this.#first.signal;
    this.result = new Promise((resolve) => (this.#settle = resolve));
    const leg = call.line.mediaLeg;
    this.#deaf =
      leg === null
        ? () => undefined
        : media.onLeg(leg, (news) => {
            if (news.event === 'leg.digit') this.#key(news.data.digit);
          });
  }

  /** From here on the time counts: anew with every key, or once for all. */
  startClock({ once = false } = {}): void {
    if (this.#over || this.#once) return;
    this.#once = once;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(null), this.#rules.timeoutMs);
  }

  close(): void {
    this.#end(null);
  }

  #key(key: string): void {
    if (this.#over) return;
    this.#first.abort();
    if (this.#rules.finishOn.includes(key)) return this.#end(key);
    this.#digits += key;
    if (this.#digits.length >= this.#rules.mostDigits) this.#end(null);
    else this.startClock();
  }

  #end(finishedOn: string | null): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#deaf();
    this.#settle({ digits: this.#digits, finishedOn });
  }
}
