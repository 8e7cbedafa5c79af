import type { TransportName } from '../sip/message/message.ts';

/** How a number is written for one trunk. The first rule whose prefix fits is taken. */
export interface PrefixRule {
  /** How the E.164 number begins: +44, + … */
  prefix: string;
  /** How many characters are cut off in front … */
  strip: number;
  /** … and what is put there: 00, 9, a tech prefix. */
  prepend: string;
}

/** A SIP trunk as it is journalled. All times are milliseconds of Date.now(). */
export interface TrunkRecord {
  /** TK and 32 hex digits. */
  sid: string;
  name: string;
  enabled: boolean;
  /** environment: SIP_TRUNK says what it is; it can be looked at but not changed. */
  source: 'settings' | 'environment';
  /** Address or name. Without a port a name is looked up as SRV first (RFC 3263). */
  host: string;
  port: number | null;
  transport: TransportName;
  username: string | null;
  /** Never shown. */
  password: string | null;
  /** Register there, and refresh, for so many seconds; null: the trunk knows our address. */
  registerSeconds: number | null;
  /** Sources of incoming calls besides the addresses that `host` has: addresses and CIDR ranges. */
  allowedAddresses: string[];
  /**
   * E.164; the first one is used for calls that come from a number that is not among them. With none,
   * calls show their own number, or the user name where that number is nobody's.
   */
  callerIds: string[];
  codecs: ('PCMU' | 'PCMA')[];
  srtp: 'off' | 'optional' | 'required';
  /** Calls at once, both ways; null: any number. */
  channels: number | null;
  /** Empty: every number, as E.164. Else only numbers that one of them fits. */
  rules: PrefixRule[];
  /** Trunks are tried from the lowest up; equal ones in the order they were made. */
  priority: number;
  /** OPTIONS every so many seconds; null: none. */
  keepAliveSeconds: number | null;
  /** TLS: PEM of the authority that signs the trunk's certificate; null: those that Node trusts. */
  tlsCa: string | null;
  createdAt: number;
  updatedAt: number;
}

/** How a trunk stands, in words and codes: shown, never journalled. */
export interface TrunkState {
  /** off: not enabled. unknown: nobody has asked yet, and calls are tried. */
  state: 'off' | 'unknown' | 'up' | 'down';
  registration: 'none' | 'registering' | 'registered' | 'failed';
  /** Null while all is well. */
  problem: TrunkProblem | null;
  /** When `state` last changed. */
  since: number;
  /** Round trip of the last OPTIONS; null: none, or unanswered. */
  pingMs: number | null;
  liveCalls: number;
}

export interface TrunkProblem {
  code:
    | 'name_unknown'
    | 'unreachable'
    | 'no_answer'
    | 'certificate_refused'
    | 'credentials_refused'
    | 'forbidden'
    | 'no_route'
    | 'busy_here'
    | 'no_codec'
    | 'srtp_required'
    | 'no_description'
    | 'no_audio'
    | 'channels_full'
    | 'refused';
  /** One sentence for who runs the trunk: what went wrong, and what to look at. */
  text: string;
  sipStatus: number | null;
  at: number;
}
