import { concealField, concealText } from './secrets.ts';

/** What is kept of a body, in characters. */
const MOST_BODY = 4_000;
const MOST_PARAMETERS = 100;
const MOST_SIDS = 20;
const SID = /\b(?:CA|CF|RE)[0-9a-f]{32}\b/g;

export type TrafficKind = 'rest' | 'twiml' | 'callback' | 'sound' | 'problem';

/** One thing that happened between the engine and an application. Times in ms. */
export interface TrafficEntry {
  /** Counts from 1. */
  id: number;
  at: number;
  kind: TrafficKind;
  method: string;
  url: string;
  /** HTTP status; null when there was no answer. */
  status: number | null;
  ms: number | null;
  parameters: [string, string][];
  /** Empty where nothing is signed. */
  signature: string;
  responseType: string;
  response: string;
  /** Twilio's code of a problem. */
  code: number | null;
  /** In words, what went wrong; empty when nothing did. */
  error: string;
  /** The calls, conferences and recordings it is about. */
  sids: string[];
}

export type NewEntry = Partial<Omit<TrafficEntry, 'id' | 'sids'>> & {
  kind: TrafficKind;
  sids?: readonly string[];
};

/**
 * The latest of what the engine and its applications said to each other, in memory only. Passwords
 * are left out: whoever looks on may be somebody else.
 */
export class Traffic {
  readonly #entries: TrafficEntry[] = [];
  readonly #most: number;
  readonly #listeners = new Set<(entry: TrafficEntry) => void>();
  #last = 0;

  /** @param most how many entries are kept. */
  constructor(most = 2_000) {
    this.#most = most;
  }

  add(entry: NewEntry): void {
    this.#last += 1;
    const { url = '', response = '', parameters = [] } = entry;
    const said = `${url} ${parameters.map(([, value]) => value).join(' ')}`;
    const sids = new Set([...(entry.sids ?? []), ...(said.match(SID) ?? [])]);
    const full: TrafficEntry = {
      at: Date.now(),
      method: '',
      status: null,
      ms: null,
      signature: '',
      responseType: '',
      code: null,
      error: '',
      ...entry,
      id: this.#last,
      url: cut(concealText(url)),
      parameters: parameters
        .slice(0, MOST_PARAMETERS)
        .map(([name, value]) => [cut(name), cut(concealField(name, value))]),
      response: cut(concealText(response)),
      sids: [...sids].slice(0, MOST_SIDS),
    };
    this.#entries.push(full);
    // Cut in blocks, so that a full log does not move all its entries each time.
    if (this.#entries.length > this.#most * 1.1) {
      this.#entries.splice(0, this.#entries.length - this.#most);
    }
    for (const listener of this.#listeners) listener(full);
  }

  /** What came after entry `id`, oldest first; at most the newest `this.most`. */
  after(id: number): TrafficEntry[] {
    return this.#entries.slice(-this.#most).filter((entry) => entry.id > id);
  }

  /** Returns how to stop listening. */
  listen(listener: (entry: TrafficEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function cut(text: string): string {
  return text.length <= MOST_BODY
    ? text
    : `${text.slice(0, MOST_BODY)}… (${text.length} characters)`;
}
