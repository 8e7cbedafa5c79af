import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Hop, SipUri } from '../message/message.ts';
import type { Transactions } from '../transaction/transactions.ts';
import type { Dialogs } from './dialogs.ts';

/** What every call, registration and ping of one user agent stands on. */
export interface Stack {
  readonly transactions: Transactions;
  readonly dialogs: Dialogs;
  readonly log: Logger;
  /** Our User-Agent and Server header. */
  readonly product: string;
  /** RFC 3261 §17.1.1.1: T1 and T2 in ms. */
  readonly times: { readonly t1: number; readonly t2: number };
  /** Our Min-SE. Seconds. */
  readonly minSessionSeconds: number;
  /** Where a URI leads (RFC 3263), seen from a dialog with `peer`. At once when no name is in it. */
  readonly hopsTo: (uri: SipUri, peer: Hop) => readonly Hop[] | Promise<readonly Hop[]>;
}

/** More (name, value) pairs for a message. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

/** An exception of a listener is its owner's fault: it must not reach the stack's own work. */
export function tell(log: Logger, what: string, call: () => void): void {
  try {
    call();
  } catch (error) {
    log.error({ err: error }, `a SIP listener failed at ${what}`);
  }
}

/** A tag of ours (RFC 3261 §19.3): more than 32 random bits. */
export function newTag(): string {
  return randomBytes(10).toString('hex');
}
