/** Why there is no microphone. */
export type MicrophoneProblem =
  | 'page_not_secure' // plain http away from localhost: browsers give no microphone there
  | 'unsupported' // the browser has no WebRTC
  | 'refused' // the person, or a policy, said no
  | 'missing' // there is none
  | 'busy' // another program holds it
  | 'unplugged'; // it went away during the call

/** Why a call cannot be made, or what became of the one that was being made. */
export type PhoneProblem =
  | { kind: 'microphone'; problem: MicrophoneProblem }
  /** The server said no; the message is for people. */
  | { kind: 'refused'; code: string; message: string }
  | { kind: 'session_expired' }
  /** No answer from the server at all. */
  | { kind: 'offline' }
  /** The server answers, but this browser's line for sound could not be set up. */
  | { kind: 'line'; detail: string }
  /** End was pressed, but the server could not be told; this side was cut off all the same. */
  | { kind: 'hang_up_unheard' };

/** An error that carries one of our problems. */
export class PhoneError extends Error {
  readonly problem: PhoneProblem;

  constructor(problem: PhoneProblem, cause?: unknown) {
    super(`${problem.kind}${'problem' in problem ? `: ${problem.problem}` : ''}`, { cause });
    this.name = 'PhoneError';
    this.problem = problem;
  }
}

/** The API client's errors, known by their shape. */
function isCoded(error: unknown): error is Error & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/** What an error means to the person at the phone. */
export function problemOf(error: unknown): PhoneProblem {
  if (error instanceof PhoneError) return error.problem;
  if (isCoded(error)) {
    if (error.code === 'network') return { kind: 'offline' };
    if (error.code === 'auth.required' || error.code === 'auth.session_expired') {
      return { kind: 'session_expired' };
    }
    return { kind: 'refused', code: error.code, message: error.message };
  }
  return { kind: 'line', detail: error instanceof Error ? error.message : String(error) };
}
