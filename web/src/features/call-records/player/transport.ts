import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Window } from './audio-time.ts';

export interface PlayState {
  playing: boolean;
  /** Seconds into the file. */
  position: number;
  speed: number;
  /** The file could not be played; `retry` loads it again. */
  failed: boolean;
}

/** One media element behind every control of a recording: waveforms, slider, keys and timeline. */
export class Transport {
  readonly #audio = new Audio();
  readonly #listeners = new Set<() => void>();
  #state: PlayState;
  #frame = 0;

  constructor(
    url: string,
    readonly window: Window,
  ) {
    const audio = this.#audio;
    this.#state = { playing: false, position: window.from, speed: 1, failed: false };
    audio.preload = 'metadata';
    audio.src = url;
    audio.currentTime = window.from;
    audio.onplay = () => {
      this.#set({ playing: true });
      this.#follow();
    };
    audio.onpause = audio.onended = () => this.#stopped();
    audio.onerror = () => {
      this.#stopped();
      this.#set({ failed: true });
    };
  }

  readonly getSnapshot = (): PlayState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly play = (): void => {
    const { from, to } = this.window;
    const audio = this.#audio;
    if (audio.ended || audio.currentTime >= to) audio.currentTime = from;
    audio.play().catch((error: unknown) => {
      // A pause that overtakes the start is no failure.
      if (error instanceof DOMException && error.name === 'AbortError') return;
      this.#set({ failed: true });
    });
  };

  readonly toggle = (): void => {
    if (this.#state.playing) this.#audio.pause();
    else this.play();
  };

  /** To this second of the file; stays within the conversation. */
  seek(seconds: number): void {
    const { from, to } = this.window;
    const position = Math.min(Math.max(seconds, from), to);
    this.#audio.currentTime = position;
    this.#set({ position });
  }

  setSpeed(speed: number): void {
    this.#audio.playbackRate = this.#audio.defaultPlaybackRate = speed;
    this.#set({ speed });
  }

  readonly retry = (): void => {
    this.#set({ failed: false });
    this.#audio.load();
    this.#audio.currentTime = this.#state.position;
  };

  close(): void {
    const audio = this.#audio;
    cancelAnimationFrame(this.#frame);
    audio.onplay = audio.onpause = audio.onended = audio.onerror = null;
    audio.pause();
    // Without this the browser goes on fetching.
    audio.removeAttribute('src');
    audio.load();
    this.#listeners.clear();
  }

  #follow(): void {
    cancelAnimationFrame(this.#frame);
    this.#set({ position: this.#audio.currentTime });
    this.#frame = requestAnimationFrame(() => this.#follow());
  }

  #stopped(): void {
    cancelAnimationFrame(this.#frame);
    this.#set({
      playing: false,
      position: Math.max(this.window.from, this.#audio.currentTime),
    });
  }

  #set(change: Partial<PlayState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** The transport of one file, closed with the page; null where there is nothing to play. */
export function useTransport(url: string | null, { from, to }: Window): Transport | null {
  const [transport, setTransport] = useState<Transport | null>(null);
  useEffect(() => {
    if (url === null) return;
    const made = new Transport(url, { from, to });
    setTransport(made);
    return () => {
      setTransport(null);
      made.close();
    };
  }, [url, from, to]);
  return transport;
}

export function usePlayState(transport: Transport): PlayState {
  return useSyncExternalStore(transport.subscribe, transport.getSnapshot);
}
