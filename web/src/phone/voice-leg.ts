import type { Call as SdkCall } from '@twilio/voice-sdk';
import { KeyQueue } from './key-queue.ts';
import { Meter } from './meter.ts';
import { AUDIO_CONSTRAINTS } from './microphone.ts';
import type { PhoneProblem } from './problem.ts';

/** This browser's leg of one call. */
export interface VoiceLeg {
  /** Who calls: the carrier's `From`. Empty on calls we make. */
  readonly from: string;
  accept(): void;
  reject(): void;
  mute(muted: boolean): void;
  /** 0–9, * and #. */
  sendDigits(digits: string): void;
  /** Ends this leg; harmless when it has ended. */
  disconnect(): void;
}

export interface LegListener {
  /** The sound is on. */
  open(): void;
  /** About twenty times a second: root mean square of what is heard, 0 to 1. */
  heard(rms: number): void;
  reconnecting(): void;
  reconnected(): void;
  /** Last of all, once. A problem when it did not end by anybody's wish. */
  closed(problem: PhoneProblem | null): void;
}

/** Anything the SDK reports as an error. */
export interface SdkError {
  code: number;
  message: string;
}

export function legOf(call: SdkCall): VoiceLeg {
  const keys = new KeyQueue((key) => {
    call.sendDigits(key);
  });
  call.on('disconnect', () => {
    keys.close();
  });
  return {
    from: call.parameters.From ?? '',
    accept: () => {
      call.accept({ rtcConstraints: { audio: AUDIO_CONSTRAINTS } });
    },
    reject: () => {
      call.reject();
    },
    mute: (muted) => {
      call.mute(muted);
    },
    sendDigits: (digits) => {
      keys.press(digits);
    },
    disconnect: () => {
      call.disconnect();
    },
  };
}

/** Passes the SDK's events on; whatever ends the call is told once. */
export function follow(call: SdkCall, listener: LegListener): void {
  let problem: PhoneProblem | null = null;
  let over = false;
  let meter: Meter | null = null;
  const close = (): void => {
    if (over) return;
    over = true;
    meter?.close();
    listener.closed(problem);
  };
  call.on('accept', () => {
    listener.open();
  });
  call.on('volume', () => {
    const stream = call.getRemoteStream();
    if (over || stream === undefined) return;
    meter ??= new Meter(stream);
    listener.heard(meter.rms());
  });
  call.on('reconnecting', () => {
    listener.reconnecting();
  });
  call.on('reconnected', () => {
    listener.reconnected();
  });
  call.on('error', (error: SdkError) => {
    problem = problemOfCall(error);
    // Before the sound is on the SDK says "error" and never "disconnect".
    if (String(call.status()) === 'closed') close();
  });
  call.on('disconnect', close);
  call.on('cancel', close);
  call.on('reject', close);
}

function problemOfCall(error: SdkError): PhoneProblem {
  if (error.code === 31401) return { kind: 'microphone', problem: 'refused' };
  if (error.code === 31402) return { kind: 'microphone', problem: 'missing' };
  return { kind: 'line', detail: describe(error) };
}

/** The SDK's messages carry their code already: "ConnectionError (31005): …". */
export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
