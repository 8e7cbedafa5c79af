import type { OpenDialog } from '../../sip/user-agent/calls.ts';
import type { Shelf } from '../../journal/shelf.ts';

/** A dialog of a call that is not over: what the next process needs to hang up, should this one die. */
export interface DialogRecord extends OpenDialog {
  /** The leg whose it is; of an outgoing call the CallSid, and which attempt. */
  leg: string;
  /** Whose credentials answer a challenge; null: nobody's. */
  trunkSid: string | null;
  /** Milliseconds of Date.now(). */
  keptAt: number;
}

/** Where they are kept. */
export type DialogRecords = Pick<Shelf<DialogRecord>, 'save' | 'forget'>;
