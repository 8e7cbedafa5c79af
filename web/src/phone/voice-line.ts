import type { Call as SdkCall, Device } from '@twilio/voice-sdk';
import type { PhoneToken } from '@offhook/contract';
import { LineToken } from './line-token.ts';
import { AUDIO_CONSTRAINTS } from './microphone.ts';
import { PhoneError, problemOf } from './problem.ts';
import type { PhoneProblem } from './problem.ts';
import { describe, follow, legOf } from './voice-leg.ts';
import type { LegListener, SdkError, VoiceLeg } from './voice-leg.ts';
import { loadVoiceSdk } from './voice-sdk.ts';
import type { VoiceSdk } from './voice-sdk.ts';

export interface IncomingLeg {
  leg: VoiceLeg;
  /** Who hears of it from now on. */
  listen: (listener: LegListener) => void;
}

export interface VoiceLineOptions {
  /** host:port of the signalling, null for the SDK's own. */
  signalHost: string | null;
  fetchToken: () => Promise<PhoneToken>;
  getUserMedia: (constraints: MediaStreamConstraints) => Promise<MediaStream>;
  /** Given: the line registers and rings. */
  onIncoming?: (incoming: IncomingLeg) => void;
  /** A registered line went on or off the air. */
  onRegistered?: (registered: boolean) => void;
  /** Something is wrong with the line as a whole. */
  onProblem: (problem: PhoneProblem) => void;
}

/** Invalid, expired, not authorised: what a new token may mend. */
const TOKEN_ERRORS = new Set([20101, 20104, 31202, 31204, 31205, 31207]);

const SOUND_NAMES = ['incoming', 'outgoing', 'disconnect', 'dtmfs', 'dtmfh'].concat(
  Array.from({ length: 10 }, (_, digit) => `dtmf${digit}`),
);
/** Served by us; the SDK would fetch its own from a public CDN. */
const SOUNDS = Object.fromEntries(SOUND_NAMES.map((name) => [name, `/sounds/${name}.wav`]));

/** A line to the carrier for one identity: the Voice SDK's Device behind fewer words. */
export class VoiceLine {
  readonly #options: VoiceLineOptions;
  readonly #token: LineToken;
  #device: Device | null = null;
  #opening: Promise<Device> | null = null;
  #sdk: Promise<VoiceSdk> | null = null;
  #closed = false;

  constructor(options: VoiceLineOptions) {
    this.#options = options;
    this.#token = new LineToken(options.fetchToken);
  }

  /** Loads the SDK and a token, so that the first call starts at once. */
  async prepare(): Promise<void> {
    await Promise.all([this.#load(), this.#token.fresh()]);
  }

  /** Makes a call. From a click only: browsers let a page make sound after that. */
  async connect(params: Record<string, string>, listener: LegListener): Promise<VoiceLeg> {
    const device = await this.#open();
    const call = await device
      .connect({ params, rtcConstraints: { audio: AUDIO_CONSTRAINTS } })
      .catch((error: unknown) => {
        throw new PhoneError({ kind: 'line', detail: describe(error) }, error);
      });
    this.#follow(device, call, listener);
    return legOf(call);
  }

  /** Goes on the air; only with `onIncoming`. Resolves when it can be rung. */
  async register(): Promise<void> {
    await this.#register(await this.#open());
  }

  close(): void {
    this.#closed = true;
    this.#device?.destroy();
    this.#device = null;
  }

  #load(): Promise<VoiceSdk> {
    this.#sdk ??= loadVoiceSdk(this.#options.signalHost).catch((error: unknown) => {
      this.#sdk = null; // so that the next click tries again
      throw new PhoneError({ kind: 'offline' }, error);
    });
    return this.#sdk;
  }

  async #open(): Promise<Device> {
    const token = await this.#token.fresh();
    if (this.#device !== null && String(this.#device.state) !== 'destroyed') {
      if (this.#device.token !== token) this.#device.updateToken(token);
      return this.#device;
    }
    this.#opening ??= this.#make(token).finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #make(token: string): Promise<Device> {
    const { Device } = await this.#load();
    if (this.#closed) throw new PhoneError({ kind: 'line', detail: 'the line is closed' });
    const { signalHost, getUserMedia } = this.#options;
    const options: Device.Options & { chunderw?: string; publishEvents: boolean } = {
      ...(signalHost === null ? {} : { chunderw: signalHost }),
      publishEvents: false, // nothing about a call leaves for anybody but the carrier
      getUserMedia,
      sounds: SOUNDS,
      logLevel: 'silent', // every error comes back through the listeners below
    };
    const device = new Device(token, options);
    this.#device = device;
    device.on('error', this.#onError);
    device.on('tokenWillExpire', () => {
      this.#renew();
    });
    device.on('registered', () => this.#options.onRegistered?.(true));
    device.on('unregistered', () => this.#options.onRegistered?.(false));
    device.on('incoming', (call: SdkCall) => {
      this.#options.onIncoming?.({
        leg: legOf(call),
        listen: (listener) => {
          this.#follow(device, call, listener);
        },
      });
    });
    device.audio?.outgoing(false); // the caller hears the room's ringback instead
    await device.audio?.setAudioConstraints(AUDIO_CONSTRAINTS);
    return device;
  }

  #follow(device: Device, call: SdkCall, listener: LegListener): void {
    follow(call, {
      ...listener,
      closed: (problem) => {
        // Once the browser's list of devices has changed, as it does when the microphone is first
        // allowed, the SDK holds a stream of the default one for itself until it is told to let go.
        device.audio?.unsetInputDevice().catch(() => {
          // The next call has begun: it needs the microphone, and gives it back when it is over.
        });
        listener.closed(problem);
      },
    });
  }

  async #register(device: Device): Promise<void> {
    if (String(device.state) !== 'unregistered') return;
    await device.register().catch((error: unknown) => {
      throw new PhoneError({ kind: 'line', detail: describe(error) }, error);
    });
  }

  readonly #onError = (error: SdkError): void => {
    if (TOKEN_ERRORS.has(error.code) && this.#token.worthRenewing) {
      this.#renew();
      return;
    }
    // An error of a call reaches the call's own listener as well.
    if (this.#device?.isBusy === true) return;
    this.#options.onProblem({ kind: 'line', detail: describe(error) });
  };

  #renew(): void {
    const renewed = async (): Promise<void> => {
      const token = await this.#token.renew();
      const device = this.#device;
      if (device === null) return;
      device.updateToken(token);
      if (this.#options.onIncoming !== undefined) await this.#register(device);
    };
    renewed().catch((error: unknown) => {
      this.#options.onProblem(problemOf(error));
    });
  }
}
