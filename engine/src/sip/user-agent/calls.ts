import type { DialogState } from '../dialog/dialog.ts';
import type { Headers } from '../message/headers.ts';
import type { Hop, NameAddress, SipUri } from '../message/message.ts';
import type { Source } from '../transaction/transactions.ts';

export interface Credentials {
  username: string;
  password: string;
}

/** How long a hop may say nothing at all, not even 100, before the next one is tried. */
export interface Patience {
  ms: number;
  /** The last hop, too: whoever calls has another way to go. */
  withLast: boolean;
}

/** A call that we make (RFC 3261 §13.2). */
export interface InviteOptions {
  /** The Request-URI. */
  uri: SipUri;
  /** Tried in order: the next one when a hop cannot be reached, is silent or says 503 (RFC 3263 §4.3). */
  hops: readonly Hop[];
  from: NameAddress;
  to: NameAddress;
  /** Absent: every hop has 64*T1 (§17.1.1.2), which is 32 s. */
  patience?: Patience;
  /** Nobody has asked for UDP: what is too large for a datagram tries TCP first (§18.1.1). Absent: no. */
  largeByTcp?: boolean;
  /** Route headers, e.g. of a proxy in front of us. */
  routes: readonly string[];
  credentials: Credentials | null;
  /** P-Asserted-Identity, X-… */
  headers: readonly (readonly [name: string, value: string])[];
  /** SDP. */
  offer: string;
  /** RFC 4028: seconds of Session-Expires that we ask for; null: no session timer of ours. */
  sessionSeconds: number | null;
}

export type InviteFailure =
  /** A final answer other than 2xx. */
  | { kind: 'refused'; status: number; reason: string; headers: Headers }
  /** No hop answered, or none could be reached; `text` is for people who run a trunk. */
  | { kind: 'unreachable'; cause: 'timeout' | 'transport' | 'certificate'; text: string }
  /** We hung up before it was answered, and the far end agrees (487), or never said a word. */
  | { kind: 'cancelled' };

export type SipEnd =
  /** The far end sent BYE. `reason`: its Reason header, if any (RFC 3326). */
  | { kind: 'bye'; reason: string | null }
  /** No refresh in time (RFC 4028), no ACK (§13.3.1.4), or a request in the dialog got no answer, 408 or 481. */
  | { kind: 'lost'; text: string };

/** What it takes to hang up in a dialog, also for another process than the one that it is of. JSON. */
export interface OpenDialog {
  /** Call-ID and both tags. */
  id: string;
  state: DialogState;
  /** Whom the INVITE went to or came from. */
  peer: Hop;
}

/**
 * What an established dialog tells whoever owns the call. Nothing but `open` and `gone` comes after the
 * call is over: they are about each dialog, and a fork that is one too many has a short life of its own.
 */
export interface DialogListener {
  /**
   * There is a dialog that BYE may end from now on: one of ours when it rings there, one of theirs
   * when it is answered (RFC 3261 §15). Again when its state has changed. An INVITE of ours may
   * open several (forks).
   */
  open(dialog: OpenDialog): void;
  /** Nothing more will be said in the dialog of that id. */
  gone(id: string): void;
  /**
   * re-INVITE or UPDATE. With an offer: the answer's SDP. Without one (null): an offer of ours, and
   * its answer comes to `answeredAgain`. Rejects with SdpRefused: 488.
   */
  offered(sdp: string | null): string | Promise<string>;
  /** The far end's answer to an offer that it had asked for by a re-INVITE without SDP. */
  answeredAgain(sdp: string): void;
  info(contentType: string, body: string): void;
  ended(end: SipEnd): void;
}

export interface OutgoingListener extends DialogListener {
  /** 101–199; SDP (early media) from whichever fork. PRACK has been sent where it is needed. */
  progress(status: number, sdp: string | null): void;
  /** The first 2xx, acknowledged. Further forks are ended by the user agent. */
  answered(sdp: string | null): void;
  /** The INVITE came to nothing. The call is over. */
  failed(failure: InviteFailure): void;
}

export interface SipCall {
  readonly callId: string;
  /**
   * Takes the call down in whatever way fits: CANCEL, BYE, or a final refusal (`status`, default 486
   * for one that rings here). `headers` go with the BYE or the refusal: Reason, WWW-Authenticate …
   * Harmless twice. `ended` does not come for it; `failed` (cancelled) does, where an INVITE was
   * under way.
   */
  hangUp(status?: number, headers?: readonly (readonly [name: string, value: string])[]): void;
  /** INFO within the dialog, e.g. application/dtmf-relay. Rejects when it is refused. */
  info(contentType: string, body: string): Promise<void>;
  /** A new offer of ours (hold, another address). Resolves with the answer. */
  reoffer(sdp: string): Promise<string>;
}

/** A call that comes in. Until `ring`, `answer` or `hangUp` is called, only 100 was sent. */
export interface IncomingCall extends SipCall {
  readonly uri: SipUri;
  readonly from: NameAddress;
  readonly to: NameAddress;
  readonly headers: Headers;
  readonly source: Source;
  /** Null: late offer (§13.2.1): ours goes into the 2xx, and the answer comes in the ACK. */
  readonly offer: string | null;
  /** 180, or 183 with SDP; reliably where the far end requires it (RFC 3262). */
  ring(sdp?: string): void;
  /**
   * 200 with our SDP, repeated until the ACK is here. Resolves with the ACK's SDP (late offer), or
   * null; rejects when the call was cancelled or no ACK came.
   */
  answer(sdp: string): Promise<string | null>;
  listener: IncomingListener | null;
  /** For a far end that challenges our requests within the call: BYE, re-INVITE … */
  credentials: Credentials | null;
}

export interface IncomingListener extends DialogListener {
  /** CANCEL came before we had answered. The call is over. */
  cancelled(): void;
}

/** Our binding at a registrar (RFC 3261 §10). */
export interface RegistrationOptions {
  /** The registrar's domain: Request-URI. */
  registrar: SipUri;
  hops: () => Promise<readonly Hop[]>;
  /** The address of record. */
  aor: NameAddress;
  credentials: Credentials | null;
  seconds: number;
}

export type RegistrationState =
  | { state: 'registering' }
  | { state: 'registered'; until: number }
  | { state: 'failed'; status: number | null; text: string; retryAt: number };

export interface Registration {
  readonly now: RegistrationState;
  /** Removes the binding. */
  close(): Promise<void>;
}

/** One OPTIONS (RFC 3261 §11): any answer means that somebody is there. */
export type Ping =
  | { ok: true; status: number; ms: number }
  | { ok: false; cause: 'timeout' | 'transport' | 'certificate'; text: string };

/** A BYE in a dialog that another process has left. */
export interface FarewellOptions {
  /** For a far end that challenges it. */
  credentials: Credentials | null;
  /** Reason … */
  headers: readonly (readonly [name: string, value: string])[];
}

/** What came of it. Whatever is answered, the session is over (RFC 3261 §15.1.1). */
export type Farewell =
  | { ok: true; status: number }
  | { ok: false; cause: 'timeout' | 'transport' | 'certificate'; text: string };

/** A request outside of dialogs that the user agent has no answer of its own to: REGISTER, MESSAGE … */
export interface ForeignRequest {
  readonly method: string;
  readonly uri: SipUri;
  readonly headers: Headers;
  readonly source: Source;
  respond(status: number, reason: string, headers?: readonly (readonly [string, string])[]): void;
}

export interface UserAgentListener {
  /**
   * An INVITE from somebody whom `admits` let in. Whoever is not admitted gets no answer at all: a
   * scanner learns nothing.
   */
  invited(call: IncomingCall): void;
  /** Before anything is answered: may this source talk to us? Also asked for OPTIONS. */
  admits(request: { method: string; uri: SipUri; headers: Headers; source: Source }): boolean;
  /**
   * REGISTER and the like, before `admits`. False: it is not taken. Then who is admitted hears 405,
   * and nobody else hears anything.
   */
  foreign(request: ForeignRequest): boolean;
}

export interface UserAgent {
  listener: UserAgentListener;
  readonly udpPort: number;
  readonly tlsPort: number | null;
  invite(options: InviteOptions, listener: OutgoingListener): SipCall;
  register(
    options: RegistrationOptions,
    onChange: (state: RegistrationState) => void,
  ): Registration;
  ping(uri: SipUri, hops: readonly Hop[]): Promise<Ping>;
  /**
   * Sends BYE in a dialog that another process has left open; resolves when it is answered, or had
   * its time (64*T1). Rejects with SipSyntaxError when nobody can read the dialog's state.
   */
  hangUpLeft(dialog: OpenDialog, options: FarewellOptions): Promise<Farewell>;
  /** What whoever is reached by that hop can reach us at. */
  localAddress(hop: Pick<Hop, 'transport' | 'address'>): { host: string; port: number };
  /** Dialogs and transactions alive. */
  readonly size: number;
  /** Ends what lives (BYE, CANCEL), waits shortly for answers, closes the sockets. Harmless twice. */
  close(): Promise<void>;
}
