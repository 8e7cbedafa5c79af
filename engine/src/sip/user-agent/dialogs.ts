import { callIdOf, fromOf, tagOf, toOf } from '../message/fields.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { dialogId, type Dialog } from '../dialog/dialog.ts';
import type { ServerTransaction } from '../transaction/transactions.ts';

/** Who takes what comes within a dialog. */
export interface DialogUsage {
  readonly dialog: Dialog;
  handle(transaction: ServerTransaction): void;
  /** CANCEL of a request that `handle` was given. */
  cancelled(transaction: ServerTransaction): void;
  ack(request: SipRequest): void;
  okAgain(response: SipResponse): void;
  /** Over without a word on the wire. Harmless twice. */
  close(): void;
}

/** What is under way and can be taken down. */
export interface Ongoing {
  hangUp(): void;
  /** Forgets it without a word on the wire. */
  drop(): void;
}

/** The calls of one user agent and their dialogs. Bounded. */
export class Dialogs {
  readonly #most: number;
  readonly #usages = new Map<string, DialogUsage>();
  readonly #calls = new Set<Ongoing>();
  #quiet: (() => void)[] = [];

  /** `most`: calls at once, both ways. */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return Math.max(this.#usages.size, this.#calls.size);
  }

  /** Whether another call would be one too many. */
  get full(): boolean {
    return this.#calls.size >= this.#most;
  }

  begin(call: Ongoing): void {
    this.#calls.add(call);
  }

  end(call: Ongoing): void {
    this.#calls.delete(call);
    this.#tellQuiet();
  }

  add(usage: DialogUsage): void {
    this.#usages.set(usage.dialog.id, usage);
  }

  delete(usage: DialogUsage): void {
    if (this.#usages.get(usage.dialog.id) === usage) this.#usages.delete(usage.dialog.id);
    this.#tellQuiet();
  }

  hangUpAll(): void {
    for (const call of [...this.#calls]) call.hangUp();
  }

  /** What did not end in time is forgotten. */
  dropAll(): void {
    for (const call of [...this.#calls]) call.drop();
    for (const usage of [...this.#usages.values()]) usage.close();
  }

  /** Resolves when no call and no dialog is left. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      this.#quiet.push(resolve);
      this.#tellQuiet();
    });
  }

  /** Whose a request is: its To is ours (§12.2.2). */
  ofRequest(request: SipRequest): DialogUsage | null {
    const id = dialogId(callIdOf(request), tagOf(toOf(request)), tagOf(fromOf(request)));
    return this.#usages.get(id) ?? null;
  }

  /** Whose an answer is: its From is ours. */
  ofResponse(response: SipResponse): DialogUsage | null {
    const id = dialogId(callIdOf(response), tagOf(fromOf(response)), tagOf(toOf(response)));
    return this.#usages.get(id) ?? null;
  }

  #tellQuiet(): void {
    if (this.size > 0) return;
    for (const tell of this.#quiet.splice(0)) tell();
  }
}
