import { tagOf, toOf } from '../message/fields.ts';
import type { SipResponse } from '../message/message.ts';
import { dialogAsUac } from '../dialog/dialog.ts';
import type { Authority } from './authority.ts';
import type { DialogListener } from './calls.ts';
import { InviteUsage } from './invite-usage.ts';
import { ReliableReceiver } from './reliable-provisional.ts';
import type { Attempt } from './sender.ts';
import type { Stack } from './stack.ts';

/** One of those who answered our INVITE, each in a dialog of its own (RFC 3261 §12.1.2). */
export interface Fork {
  usage: InviteUsage;
  reliable: ReliableReceiver;
  /** The answer to our offer, where a reliable 1xx brought it. */
  answer: string | null;
}

/** More phones than this ring for nobody at once. */
const MOST_FORKS = 32;

/** The dialogs that one INVITE of ours has opened, by their To tags. Bounded. */
export class Forks {
  readonly #stack: Stack;
  readonly #authority: Authority;
  readonly #listener: DialogListener;
  readonly #forks = new Map<string, Fork>();

  constructor(stack: Stack, authority: Authority, listener: DialogListener) {
    this.#stack = stack;
    this.#authority = authority;
    this.#listener = listener;
  }

  /** The one that this answer is of, new or known; null: one too many. */
  of(response: SipResponse, { request, hop }: Attempt): Fork | null {
    const tag = tagOf(toOf(response)) ?? '';
    const known = this.#forks.get(tag);
    if (known !== undefined) return known;
    if (this.#forks.size >= MOST_FORKS) return null;
    const usage = new InviteUsage({
      stack: this.#stack,
      dialog: dialogAsUac(request, response),
      peer: hop,
      authority: this.#authority,
      role: 'uac',
      listener: () => this.#listener,
    });
    const fork: Fork = { usage, reliable: new ReliableReceiver(), answer: null };
    this.#forks.set(tag, fork);
    return fork;
  }

  /** Ends every early dialog. Those that got a 2xx live, or end by themselves. */
  clear(): void {
    for (const [tag, { usage }] of this.#forks) {
      if (usage.state !== 'early') continue;
      usage.close();
      this.#forks.delete(tag);
    }
  }
}
