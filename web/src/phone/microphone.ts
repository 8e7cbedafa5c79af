import { loudness } from './loudness.ts';
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
  #meter: Meter | null = null;

  constructor() {
    this.#stopWatching = watchPermission((permission) => {
      this.#state.update(({ problem }) => {
        const lifted = problem === 'refused' ? null : problem;
        return { permission, problem: permission === 'denied' ? 'refused' : lifted };
      });
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

  /** How loud it is now, 0 to 1, muted or not; null when none is open. */
  level(): number | null {
    return this.#meter?.level() ?? null;
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
    this.#meter?.close();
    this.#meter = null;
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
      this.#meter?.close();
      this.#meter = createMeter(stream, () => {
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

interface Meter {
  level(): number;
  close(): void;
}

/** Listens to a copy of the track, because the SDK switches the track itself off to mute. */
function createMeter(stream: MediaStream, onEnded: () => void): Meter {
  const track = stream.getAudioTracks()[0]?.clone();
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  const samples = new Float32Array(analyser.fftSize);
  if (track !== undefined) {
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    track.addEventListener('ended', onEnded);
  }
  return {
    level() {
      analyser.getFloatTimeDomainData(samples);
      return loudness(samples);
    },
    close() {
      // Stopping a track ourselves fires no "ended".
      track?.stop();
      if (context.state !== 'closed') void context.close();
    },
  };
}
