import type { Call, CallDetail, LiveCall } from '@offhook/contract';
import type { Client } from './client.ts';

/**
 * What a browser is told, as it is told: the live stream of one visitor. Stories wait on it for
 * what must happen, so nothing is polled and nothing sleeps.
 */
export class Live {
  readonly events: LiveCall[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #stop = new AbortController();
  #over: string | null = null;

  private constructor(private readonly client: Client) {}

  /** Resolves once the server has said hello. `after`: replay from that event number. */
  static async open(client: Client, after?: number): Promise<Live> {
    const live = new Live(client);
    const path = after === undefined ? '/api/live' : `/api/live?after=${after}`;
    const response = await fetch(new URL(path, client.url), {
      headers: { cookie: client.cookie },
      signal: live.#stop.signal,
    });
    if (response.status !== 200 || response.body === null) {
      throw new Error(`the live stream answered ${response.status}: ${await response.text()}`);
    }
    const hello = new Promise<void>((resolve) => void live.#read(response.body!, resolve));
    await hello;
    return live;
  }

  close(): void {
    this.#stop.abort();
  }

  /** The newest state of a call that the stream has told, or the server's answer before any. */
  async call(id: string): Promise<Call> {
    const told = this.events.findLast((event) => event.call.id === id);
    return told?.call ?? (await this.client.okGet<CallDetail>(`/api/calls/${id}`)).call;
  }

  /** The call once it fits; asks the server at first, and then hears of every change. */
  async until(id: string, fits: (call: Call) => boolean, timeoutMs = 15_000): Promise<Call> {
    const asked = (await this.client.okGet<CallDetail>(`/api/calls/${id}`)).call;
    if (fits(asked)) return asked;
    await this.#when(
      () => this.events.some((event) => event.call.id === id && fits(event.call)),
      timeoutMs,
      () => `call ${id} never fitted; last: ${JSON.stringify(this.#last(id) ?? asked)}`,
    );
    return this.#last(id, fits)!;
  }

  /** The first event of this kind on the call. */
  async event(id: string, kind: string, timeoutMs = 15_000): Promise<LiveCall> {
    const find = () =>
      this.events.find((event) => event.call.id === id && event.event.kind === kind);
    await this.#when(
      () => find() !== undefined,
      timeoutMs,
      () => `no ${kind} on call ${id}; told: ${this.events.map((e) => e.event.kind).join(', ')}`,
    );
    return find()!;
  }

  #last(id: string, fits: (call: Call) => boolean = () => true): Call | undefined {
    return this.events.findLast((event) => event.call.id === id && fits(event.call))?.call;
  }

  async #when(true_: () => boolean, timeoutMs: number, what: () => string): Promise<void> {
    if (true_()) return;
    await new Promise<void>((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      const look = (): void => {
        if (true_()) {
          done();
          resolve();
        } else if (this.#over !== null) {
          done();
          reject(new Error(`the live stream ended (${this.#over}): ${what()}`));
        }
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`${timeoutMs} ms: ${what()}`));
      }, timeoutMs);
      this.#waiting.add(look);
      look();
    });
  }

  async #read(body: ReadableStream<Uint8Array>, hello: () => void): Promise<void> {
    let rest = '';
    try {
      for await (const text of body.pipeThrough(new TextDecoderStream())) {
        const parts = (rest + text).split('\n\n');
        rest = parts.pop() ?? '';
        for (const part of parts) this.#take(part, hello);
      }
      this.#over = 'closed by the server';
    } catch (error) {
      this.#over = String(error);
    }
    for (const look of [...this.#waiting]) look();
  }

  #take(part: string, hello: () => void): void {
    const lines = part.split('\n');
    const field = (name: string) =>
      lines
        .find((line) => line.startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim();
    const kind = field('event');
    if (kind === 'hello') hello();
    if (kind !== 'call') return;
    this.events.push(JSON.parse(field('data') ?? '') as LiveCall);
    for (const look of [...this.#waiting]) look();
  }
}
