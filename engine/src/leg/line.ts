import type { FinalStatus } from './call-record.ts';

/**
 * What a call reaches somebody by: a browser, a demo customer, a telephone. The line knows
 * how; the call knows in what state it is.
 */
export interface Line {
  /** The leg's name in the media process; null until there is one. */
  readonly mediaLeg: string | null;
  /** Starts reaching the far end (calls that we place). */
  dial(listener: LineListener): void;
  /** Tells the caller that the call is answered (calls that we get). Resolves when sound flows. */
  answer(): Promise<void>;
  /** Tells the caller that whom it calls is being rung, where it is not answered before that. */
  ring?(): void;
  /**
   * Lets the caller hear us before the call is answered, where the line can. False: it hears nothing
   * of ours yet.
   */
  openEarly?(): Promise<boolean>;
  /** Takes the leg down and tells the far end. Harmless twice. */
  close(why: CloseReason): void;
}

export interface CloseReason {
  status: FinalStatus;
  /** As the call's SipResponseCode says it; who is not answered yet is refused with it. */
  sipCode: number;
  /** Shown to a browser's SDK; absent for an ordinary end. */
  error?: { code: number; message: string };
}

/** What a line says to its call. After `ended` it says nothing more. */
export interface LineListener {
  ringing(): void;
  /** Not answered yet, and there is something to be heard already: the line has its leg. */
  early(): void;
  /** The far end has answered and sound can flow. */
  answered(): void;
  /** The far end is gone, or could not be reached. `sipCode` as a SIP phone would have said it. */
  ended(status: FinalStatus, sipCode: number): void;
}
