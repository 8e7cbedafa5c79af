import { Meter } from './meter.ts';
import { PhoneError } from './problem.ts';
import type { MicrophoneProblem } from './problem.ts';
import { Store } from './store.ts';
import type { Watchable } from './store.ts';

/** unknown: the browser does not say before it is asked. */
export type MicrophonePermission = 'unknown' | 'prompt' | 'granted' | 'denied';

export interface MicrophoneState {
  permission: MicrophonePermission;
  /** Known before anybody asks: the page, the browser, a refusal. */
  problem: MicrophoneProblem | null;
}

/** What people in a call centre need; the Voice SDK gets the same. */
export const AUDIO_CONSTRAINTS: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

function problemOfMedia(error: unknown): MicrophoneProblem {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'missing';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'unsupported';
}

function problemOfPage(): MicrophoneProblem | null {
  if (!window.isSecureContext) return 'page_not_secure';
  // The types promise it, old browsers and locked-down ones do not keep it.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined || typeof RTCPeerConnection === 'undefined') return 'unsupported';
  return null;
}

/**
 * This browser's microphone. It is opened once per call: `open` asks the person where needed, and
 * the Voice SDK, which asks on its own later, is given that very stream by `take`.
 */
export class Microphone {
  readonly #state = new Store<MicrophoneState>({ permission: 'unknown', problem: problemOfPage() });
  readonly #unplugged = new Set<() => void>();
  readonly #stopWatching: () => void;
  #waiting: MediaStream | null = null;
  #copy: Copy | null = null;

  constructor() {
    this.#stopWatching = watchPermission((permission) => {
      this.#state.update(({ problem }) => ({
        permission,
        problem: afterPermission(problem, permission),
      }));
    });
  }

  get state(): Watchable<MicrophoneState> {
    return this.#state;
  }

  /** Asks for the microphone. Throws a PhoneError that says what is wrong. */
  async open(): Promise<void> {
    this.#waiting ??= await this.#ask({ audio: AUDIO_CONSTRAINTS });
  }

  /** For the Voice SDK's `getUserMedia`: the stream that is open, or a new one. */
  async take(constraints: MediaStreamConstraints): Promise<MediaStream> {
    const stream = this.#waiting ?? (await this.#ask(constraints).catch(unwrap));
    this.#waiting = null;
    return stream;
  }

  /** Root mean square of the last moment, 0 to 1, muted or not; 0 when none is open. */
  rms(): number {
    return this.#copy?.rms() ?? 0;
  }

  /** Calls back when it went away while it was open. */
  onUnplugged(listener: () => void): () => void {
    this.#unplugged.add(listener);
    return () => {
      this.#unplugged.delete(listener);
    };
  }

  /** Gives it back. The Voice SDK stops the tracks it was given itself. */
  release(): void {
    this.#waiting?.getTracks().forEach((track) => {
      track.stop();
    });
    this.#waiting = null;
    this.#copy?.close();
    this.#copy = null;
  }

  close(): void {
    this.release();
    this.#stopWatching();
    this.#unplugged.clear();
  }

  async #ask(constraints: MediaStreamConstraints): Promise<MediaStream> {
    const problem = problemOfPage();
    if (problem !== null) throw new PhoneError({ kind: 'microphone', problem });
    try {
      const stream = await navigator.mediaDevices.getUserMedia(constraints);
      this.#state.set({ permission: 'granted', problem: null });
      this.#copy?.close();
      this.#copy = new Copy(stream, () => {
        for (const listener of [...this.#unplugged]) listener();
      });
      return stream;
    } catch (error) {
      const found = problemOfMedia(error);
      this.#state.update((now) => ({ ...now, problem: found }));
      throw new PhoneError({ kind: 'microphone', problem: found }, error);
    }
  }
}

/** A refusal comes and goes with the permission; what the page itself lacks stays. */
function afterPermission(
  problem: MicrophoneProblem | null,
  permission: MicrophonePermission,
): MicrophoneProblem | null {
  if (problem === 'page_not_secure' || problem === 'unsupported') return problem;
  if (permission === 'denied') return 'refused';
  return problem === 'refused' ? null : problem;
}

/** The SDK tells a refusal from other failures by the browser's own error. */
function unwrap(error: unknown): never {
  if (error instanceof PhoneError && error.cause instanceof Error) throw error.cause;
  throw error;
}

/** Follows the browser's permission, also when it is changed beside the page's address. */
function watchPermission(tell: (permission: MicrophonePermission) => void): () => void {
  const permissions = navigator.permissions as Permissions | undefined;
  if (permissions === undefined) return () => undefined;
  let status: PermissionStatus | null = null;
  let stopped = false;
  const changed = (): void => {
    if (status !== null) tell(status.state);
  };
  permissions.query({ name: 'microphone' }).then(
    (found) => {
      if (stopped) return;
      status = found;
      status.addEventListener('change', changed);
      changed();
    },
    () => {
      // Firefox before 131 knows no such permission: it stays "unknown" until it is asked.
    },
  );
  return () => {
    stopped = true;
    status?.removeEventListener('change', changed);
  };
}

/** A copy of the track for measuring, because the SDK switches the track itself off to mute. */
class Copy {
  readonly #track: MediaStreamTrack | undefined;
  readonly #meter: Meter;

  constructor(stream: MediaStream, onEnded: () => void) {
    this.#track = stream.getAudioTracks()[0]?.clone();
    this.#track?.addEventListener('ended', onEnded);
    this.#meter = new Meter(new MediaStream(this.#track === undefined ? [] : [this.#track]));
  }

  rms(): number {
    return this.#meter.rms();
  }

  close(): void {
    // Stopping a track ourselves fires no "ended".
    this.#track?.stop();
    this.#meter.close();
  }
}
