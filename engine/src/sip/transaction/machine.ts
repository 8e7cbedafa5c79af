/**
 * What the four machines of RFC 3261 §17 (with RFC 6026) have in common. A machine is a function of
 * a state and an event; what it wants done it says in actions, and `client.ts` and `server.ts` do it.
 */
export type Timer = 'A' | 'B' | 'D' | 'E' | 'F' | 'G' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M';

/** §17.1.1.1, in ms; `reliable` is a transport that repeats by itself: TCP, TLS. */
export interface Timing {
  /** Round trip. */
  t1: number;
  /** The longest pause between two repeats, other than of an INVITE. */
  t2: number;
  /** How long a message stays in the network. */
  t4: number;
  reliable: boolean;
}

export const USUAL_TIMES = { t1: 500, t2: 4000, t4: 5000 } as const;

export type Action =
  /** The request of a client, the last answer of a server; again, if it was sent before. */
  | { do: 'send' }
  /** A client's request went unanswered for T1: is anybody there at all (§18.4)? */
  | { do: 'knock' }
  /** ACK to a final answer that is no 2xx (§17.1.1.3). */
  | { do: 'acknowledge' }
  /** The message that came is for the transaction user. */
  | { do: 'tell' }
  | { do: 'start'; timer: Timer; ms: number }
  | { do: 'stop'; timer: Timer }
  /** The transaction user has to know that nothing more comes. */
  | { do: 'fail'; why: 'timeout' | 'transport' }
  /** Terminated. */
  | { do: 'end' };

export interface State<Phase extends string> {
  phase: Phase;
  /** The pause after which A, E or G fires next. */
  repeatMs: number;
}

export interface Step<Phase extends string> {
  state: State<Phase>;
  actions: readonly Action[];
}

export type ClientEvent = 'begin' | '1xx' | '2xx' | '300-699' | 'unsent' | Timer;
/** `request` is the request sent again; the classes are answers that the transaction user gives. */
export type ServerEvent = 'request' | 'ack' | '1xx' | '2xx' | '300-699' | Timer;

export const NOTHING: readonly Action[] = [];

export function classOf(status: number): '1xx' | '2xx' | '300-699' {
  if (status < 200) return '1xx';
  return status < 300 ? '2xx' : '300-699';
}

export function start(timer: Timer, ms: number): Action {
  return { do: 'start', timer, ms };
}

export function stop(timer: Timer): Action {
  return { do: 'stop', timer };
}

/** The last step of every machine, with what else is to be done then. */
export function end<Phase extends string>(
  state: State<Phase | 'terminated'>,
  ...also: Action[]
): Step<Phase | 'terminated'> {
  return { state: { ...state, phase: 'terminated' }, actions: [{ do: 'end' }, ...also] };
}
