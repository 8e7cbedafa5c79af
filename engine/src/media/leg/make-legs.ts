import type { Logger } from 'pino';
import type { SoundLibrary } from '../audio/sound-library.ts';
import type { DemoStep, EventName, Events } from '../protocol.ts';
import type { PortPairs } from '../rtp/port-pairs.ts';
import { BrowserLeg, type BrowserLegListener } from './browser-leg.ts';
import { DemoLeg } from './demo-leg.ts';
import type { PeerNetwork } from './peer.ts';
import { RtpLeg } from './rtp-leg.ts';
import { SoundPlayer } from './sound-player.ts';

export type Tell = <Name extends EventName>(event: Name, data: Events[Name]) => void;

/** What legs of all kinds need. */
export interface LegNeeds {
  network: PeerNetwork;
  ports: PortPairs;
  /** A telephone that says nothing at all for so long is lost. */
  rtpTimeoutMs: number;
  sounds: SoundLibrary;
  tell: Tell;
  log: Logger;
}

/** Makes legs whose news is told under their name. */
export class LegMaker {
  readonly #needs: LegNeeds;

  constructor(needs: LegNeeds) {
    this.#needs = needs;
  }

  browser(id: string): BrowserLeg {
    return new BrowserLeg(id, this.#needs.network, this.#player(id), this.#listener(id));
  }

  /** @throws MediaFailure transport_failed */
  async telephone(id: string): Promise<{ leg: RtpLeg; port: number }> {
    const { ports, rtpTimeoutMs } = this.#needs;
    const leg = new RtpLeg(id, this.#player(id), rtpTimeoutMs, this.#listener(id));
    return { leg, port: await leg.open(ports) };
  }

  /** @throws MediaFailure file_unreadable */
  demo(id: string, steps: readonly DemoStep[]): Promise<DemoLeg> {
    const { sounds, tell } = this.#needs;
    const ended = (hangup: boolean): void => tell('demo.ended', { leg: id, hangup });
    return DemoLeg.create(id, steps, sounds, this.#player(id), ended);
  }

  #player(leg: string): SoundPlayer {
    const { sounds, tell } = this.#needs;
    return new SoundPlayer(sounds, (end) => tell('play.ended', { leg, ...end }));
  }

  /** Browsers and telephones have the same to tell. */
  #listener(leg: string): BrowserLegListener {
    const { tell } = this.#needs;
    const log = this.#needs.log.child({ leg });
    return {
      connected: () => tell('leg.connected', { leg }),
      heard: () => tell('leg.heard', { leg }),
      quiet: (silentMs) => tell('leg.quiet', { leg, silentMs }),
      resumed: () => tell('leg.resumed', { leg }),
      lost: (why) => tell('leg.lost', { leg, why }),
      digit: (digit) => tell('leg.digit', { leg, digit }),
      problem: (err, what) => log.warn({ err }, what),
    };
  }
}
