import type { LiveStatus } from './status.ts';

/**
 * What the feed tells the tabs. `call` carries a LiveCall as it came; each tab checks it. `replayed`:
 * it happened before the stream was opened.
 */
export type FeedMessage =
  | { type: 'status'; status: LiveStatus }
  | { type: 'call'; data: unknown; replayed: boolean }
  /** What happened before may have been missed: ask the server for the whole again. */
  | { type: 'resync' };

/** `again`: close and open at once, after signing in anew. */
export type FeedCommand = 'open' | 'again' | 'close';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/**
 * One EventSource on /api/live for all tabs of a browser. It resumes by the number of the last event
 * it passed on rather than by the browser's own reconnecting, which gives up for good on an answer
 * such as 401 and cannot be hurried when the network is back.
 */
export class LiveFeed {
  #source: EventSource | null = null;
  #status: LiveStatus = 'closed';
  #lastSeq: number | null;
  #startedAt: string | null = null;
  #openedAtSeq = 0;
  #waitMs = FIRST_WAIT_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `after`: the last event already known, where another feed left off. */
  constructor(
    private readonly tell: (message: FeedMessage) => void,
    after: number | null = null,
  ) {
    this.#lastSeq = after;
    self.addEventListener('online', this.#hurry);
  }

  get status(): LiveStatus {
    return this.#status;
  }

  command(command: FeedCommand): void {
    if (command === 'open' && this.#status !== 'closed') return;
    this.#drop();
    if (command === 'close') {
      this.#lastSeq = null;
      this.#say('closed');
    } else {
      this.#connect();
    }
  }

  close(): void {
    self.removeEventListener('online', this.#hurry);
    this.#drop();
  }

  #connect(): void {
    this.#say('connecting');
    const query = this.#lastSeq === null ? '' : `?after=${this.#lastSeq}`;
    const source = new EventSource(`/api/live${query}`);
    this.#source = source;
    source.addEventListener('hello', (event) => this.#hello(event.data as string));
    source.addEventListener('call', (event) => this.#call(event));
    source.addEventListener('error', () => this.#lost());
  }

  #hello(text: string): void {
    const { seq, serverStartedAt } = JSON.parse(text) as { seq: number; serverStartedAt: string };
    // A log that is shorter than what we saw is another log: a restored or emptied database.
    const anew = this.#lastSeq === null || seq < this.#lastSeq;
    const restarted = this.#startedAt !== null && this.#startedAt !== serverStartedAt;
    this.#startedAt = serverStartedAt;
    this.#openedAtSeq = seq;
    if (anew) this.#lastSeq = seq;
    this.#waitMs = FIRST_WAIT_MS;
    this.#say('open');
    if (anew || restarted) this.tell({ type: 'resync' });
  }

  #call(event: MessageEvent): void {
    const seq = Number(event.lastEventId);
    if (Number.isFinite(seq)) this.#lastSeq = Math.max(this.#lastSeq ?? 0, seq);
    const replayed = seq <= this.#openedAtSeq;
    this.tell({ type: 'call', data: JSON.parse(event.data as string), replayed });
  }

  #lost(): void {
    this.#drop();
    this.#say('lost');
    this.#timer = setTimeout(() => this.#connect(), this.#waitMs * (0.75 + Math.random() / 2));
    this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
  }

  readonly #hurry = (): void => {
    if (this.#status === 'lost') this.command('again');
  };

  #drop(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  #say(status: LiveStatus): void {
    // While trying again it stays "lost" for people: nothing flickers.
    if (status === 'connecting' && this.#status === 'lost') return;
    this.#status = status;
    this.tell({ type: 'status', status });
  }
}
