import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { Tone } from '../src/media/audio/tones.ts';
import { wavHeader } from '../src/media/audio/wav.ts';
import { startMedia, type Media, type MediaOptions } from '../src/media/client.ts';
import type { EventName, Events, RtpFlow } from '../src/media/protocol.ts';
import { MediaPeer, tonality } from './media-peer.ts';
import { RtpPeer } from './rtp-peer.ts';
import { StunBrowser } from './support/stun-browser.ts';

const EVENTS: EventName[] = [
  'leg.connected',
  'leg.heard',
  'leg.quiet',
  'leg.resumed',
  'leg.lost',
  'leg.digit',
  'play.ended',
  'demo.ended',
  'record.failed',
];

/** A real media process with everything it told, and browsers to connect to it. */
export class MediaBench {
  readonly media: Media;
  readonly folder: string;
  readonly told: { event: EventName; data: Events[EventName] }[] = [];
  readonly #peers: { close(): void }[] = [];

  private constructor(media: Media, folder: string) {
    this.media = media;
    this.folder = folder;
    for (const event of EVENTS) media.on(event, (data) => this.told.push({ event, data }));
  }

  static async start(options: Partial<MediaOptions> = {}): Promise<MediaBench> {
    const folder = await mkdtemp(join(tmpdir(), 'offhook-media-'));
    return new MediaBench(await startMedia({ udpPort: 0, logLevel: 'warn', ...options }), folder);
  }

  async close(): Promise<void> {
    for (const peer of this.#peers) peer.close();
    await this.media.close();
    await rm(this.folder, { recursive: true });
  }

  peer(name: string): MediaPeer {
    const peer = new MediaPeer(name);
    this.#peers.push(peer);
    return peer;
  }

  /** A browser that called us, is connected, and says this tone. */
  async browser(leg: string, hz: number | null): Promise<MediaPeer> {
    const peer = this.peer(leg);
    const { sdp } = await this.media.ask('leg.acceptOffer', { leg, sdp: await peer.offer() });
    peer.say(hz);
    peer.accept(sdp);
    await this.until('leg.heard', { leg });
    return peer;
  }

  async stunBrowser(): Promise<StunBrowser> {
    const browser = await StunBrowser.open();
    this.#peers.push(browser);
    return browser;
  }

  /** A telephone that is connected, and says this tone. */
  async telephone(
    leg: string,
    hz: number | null,
    { law, suite, ...flow }: Partial<RtpFlow> & { suite?: Parameters<typeof RtpPeer.open>[2] } = {},
  ): Promise<RtpPeer> {
    const { port } = await this.media.ask('leg.rtp', { leg });
    const peer = await RtpPeer.open(port, law, suite);
    this.#peers.push(peer);
    await this.media.ask('leg.flow', { leg, flow: peer.flow(flow) });
    peer.say(hz);
    return peer;
  }

  /** Waits until such an event was told. */
  async until(event: EventName, match: object, timeout = 5000): Promise<void> {
    await vi.waitFor(
      () => {
        const all = this.told.filter((one) => one.event === event).map((one) => one.data);
        expect(all).toContainEqual(expect.objectContaining(match));
      },
      { timeout, interval: 10 },
    );
  }

  async toneFile(name: string, hz: number, seconds: number): Promise<string> {
    const samples = new Int16Array(8000 * seconds);
    new Tone([hz], 8000).fill(samples);
    const path = join(this.folder, name);
    const header = wavHeader(2 * samples.length, 1);
    await writeFile(path, Buffer.concat([header, Buffer.from(samples.buffer)]));
    return path;
  }
}

type Ear = Pick<MediaPeer, 'lastHeard'>;

/** Waits until the peer hears this tone and next to nothing else, for 200 ms. */
export async function hears(peer: Ear, hz: number): Promise<void> {
  await vi.waitFor(
    () => {
      const { share, rms } = tonality(peer.lastHeard(200), hz);
      expect({ rms: rms > 1000, share: share > 0.95 }).toEqual({ rms: true, share: true });
    },
    { timeout: 4000, interval: 20 },
  );
}

export async function hearsNothing(peer: Ear): Promise<void> {
  await vi.waitFor(
    () => {
      const samples = peer.lastHeard(200);
      expect(samples).toHaveLength(1600);
      expect(tonality(samples, 440).rms).toBeLessThan(20);
    },
    { timeout: 4000, interval: 20 },
  );
}
