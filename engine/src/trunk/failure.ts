import type { FinalStatus } from '../leg/call-record.ts';
import type { InviteFailure } from '../sip/user-agent/calls.ts';
import type { TrunkProblem } from './trunk-record.ts';

/** An INVITE that led to no call: it failed, or what was answered cannot be used, and was ended. */
export type Unconnected = InviteFailure | UnusableAnswer;

/** The trunk answered with a description that cannot be used, or with none. Then BYE was sent. */
export interface UnusableAnswer {
  kind: 'unusable';
  code: 'no_description' | 'no_codec' | 'srtp_required';
}

/** What a failed INVITE means for the call, for its trunk, and for what is tried next. */
export interface CallFailure {
  status: Exclude<FinalStatus, 'completed'>;
  /** What the call's SipResponseCode says. */
  sipCode: number;
  /** Twilio's error (https://www.twilio.com/docs/api/errors); null: an ordinary end. */
  error: { code: number; message: string } | null;
  /** For who runs the trunk; null: the trunk did what it should. `at` is whoever asks'. */
  problem: Omit<TrunkProblem, 'at'> | null;
  /** Another trunk may reach who is called; false: it was they who did not want, or are not there. */
  next: boolean;
}

/**
 * Reads a failure. The call status is Twilio's word for the SIP answer; what is said of the trunk
 * names the thing to look at.
 */
export function readFailure(failure: Unconnected): CallFailure {
  switch (failure.kind) {
    case 'cancelled':
      return { status: 'canceled', sipCode: 487, error: null, problem: null, next: false };
    case 'unreachable':
      return unreachable(failure);
    case 'refused':
      return refused(failure.status, failure.reason);
    case 'unusable':
      return unusable(failure);
  }
}

function unusable({ code }: UnusableAnswer): CallFailure {
  const text = {
    no_description:
      'The trunk answered without a description of its sound (SDP). Ask the carrier to send it in the 200 answer.',
    no_codec:
      'The trunk takes none of our codecs. Turn on PCMU or PCMA (G.711) there, and both of them here.',
    srtp_required:
      'The trunk and we do not agree about encrypted sound (SRTP). Set it to the same on both sides.',
  }[code];
  return trunkFault(488, { code, text, sipStatus: 200 });
}

const UNREACHABLE = {
  timeout: {
    code: 'no_answer',
    advice: 'Look at the host, the port, the transport, and firewalls on the way.',
  },
  transport: { code: 'unreachable', advice: 'Look at the host, the port and the transport.' },
  certificate: {
    code: 'certificate_refused',
    advice:
      'Look at the host’s name, and give the certificate of the authority that signs there; one that has expired the carrier must renew.',
  },
} as const;

/** Nobody answered a request of ours, whichever it was. `text`: a clause that says what happened. */
export function unreachableProblem({
  cause,
  text,
}: {
  cause: 'timeout' | 'transport' | 'certificate';
  text: string;
}): Omit<TrunkProblem, 'at'> {
  const { code, advice } = UNREACHABLE[cause];
  return {
    code,
    text: `${text.replace(/^the /, 'The ').replace(/\.?$/, '.')} ${advice}`,
    sipStatus: null,
  };
}

function unreachable(failure: InviteFailure & { kind: 'unreachable' }): CallFailure {
  // RFC 3261 §8.1.3.1: nobody answered counts as 408, a transport error as 503.
  return trunkFault(failure.cause === 'timeout' ? 408 : 503, unreachableProblem(failure));
}

function refused(status: number, reason: string): CallFailure {
  const said = `The trunk said ${status} ${reason}.`.replace(/\s+\./, '.');
  const problem = (code: TrunkProblem['code'], advice: string) => ({
    code,
    text: `${said} ${advice}`,
    sipStatus: status,
  });
  switch (status) {
    // Who is called is busy, or declines: RFC 3261 §21.4.24, §21.6.1, §21.6.2.
    case 486:
    case 600:
    case 603:
      return ordinary('busy', status);
    // Nobody picks up: §21.4.18, §21.4.25.
    case 480:
    case 487:
      return ordinary('no-answer', status);
    // Such a number does not exist: §21.4.5, §21.4.11, §21.4.22, §21.6.3.
    case 404:
    case 410:
    case 484:
    case 604:
      return {
        status: 'failed',
        sipCode: status,
        error: { code: 13_224, message: said },
        problem: problem('no_route', 'Look at how numbers are written for this trunk.'),
        next: false,
      };
    case 401:
    case 407:
      return trunkFault(
        status,
        problem('credentials_refused', 'Look at the user name and the password.'),
        32_201,
      );
    case 403:
      return trunkFault(
        status,
        problem(
          'forbidden',
          'Look at the user name and the password, the caller ID, our address in the carrier’s list, and what the contract allows to call.',
        ),
        32_201,
      );
    // §21.4.13, §21.4.26, §21.6.4: what we offered cannot be used there.
    case 415:
    case 488:
    case 606:
      return trunkFault(
        status,
        problem('no_codec', 'Turn on PCMU or PCMA (G.711) there; look at SRTP on both sides.'),
      );
    case 503:
      return trunkFault(
        status,
        problem('refused', 'It has no free channel, or is overloaded. Try again later.'),
      );
    default:
      // Other 6xx are a word for every place (§21.6); all else says something of this trunk only.
      return {
        ...trunkFault(status, problem('refused', 'Ask the carrier what it means by that.')),
        next: status < 600,
      };
  }
}

function ordinary(status: 'busy' | 'no-answer', sipCode: number): CallFailure {
  return { status, sipCode, error: null, problem: null, next: false };
}

/** 32011: "Error communicating with your SIP communications infrastructure". */
function trunkFault(
  sipCode: number,
  problem: Omit<TrunkProblem, 'at'>,
  code = 32_011,
): CallFailure {
  const error = { code, message: problem.text };
  return { status: 'failed', sipCode, error, problem, next: true };
}
