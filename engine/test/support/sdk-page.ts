import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { openBrowser } from '../../../test/support/chromium.ts';
import type { House } from './house.ts';

const SDK = createRequire(import.meta.url)
  .resolve('@twilio/voice-sdk')
  .replace(/(voice-sdk).*/, '$1/dist/twilio.min.js');

/** The unmodified SDK on a page; only the socket's address is mapped before it is loaded. */
const PAGE = `<!doctype html><script>
  const Original = WebSocket;
  window.sockets = [];
  globalThis.WebSocket = class extends Original {
    constructor(url, protocols) { super(url.replace('wss://', 'ws://'), protocols); sockets.push(this); }
  };
</script><script src="/sdk.js"></script><script>
  window.events = [];
  window.follow = (call) => {
    window.call = call;
    for (const name of ['accept', 'ringing', 'disconnect', 'cancel', 'reject', 'reconnecting', 'reconnected', 'error']) {
      call.on(name, (what) => events.push(name + (name === 'error' ? ' ' + what.code : '')));
    }
  };
  window.open_ = async (token, host, sounds) => {
    window.device = new Twilio.Device(token, { chunderw: host, sounds, closeProtection: false, codecPreferences: ['pcmu', 'opus'] });
    device.on('error', (error) => events.push('device-error ' + error.code));
    device.on('registered', () => events.push('registered'));
    device.on('incoming', (call) => { follow(call); events.push('incoming'); });
    await device.register();
  };
  window.hear = async () => {
    const context = window.context ??= new AudioContext();
    const node = context.createAnalyser();
    node.fftSize = 8192;
    context.createMediaStreamSource(call.getRemoteStream()).connect(node);
    await new Promise((resolve) => setTimeout(resolve, 400));
    const bins = new Float32Array(node.frequencyBinCount);
    node.getFloatFrequencyData(bins);
    let most = 1;
    for (let i = 1; i < bins.length; i++) if (bins[i] > bins[most]) most = i;
    return { hz: most * context.sampleRate / node.fftSize, db: bins[most] };
  };
</script>`;

/** A page with the real SDK, registered as `identity`. */
export class SdkPage {
  readonly page: Page;
  readonly #close: () => Promise<void>;

  private constructor(page: Page, close: () => Promise<void>) {
    this.page = page;
    this.#close = close;
  }

  static async open(house: House, identity: string, microphone: string): Promise<SdkPage> {
    const { application } = house;
    application.on('/page', { status: 200, type: 'text/html', body: PAGE });
    const script = { status: 200, type: 'text/javascript', body: readFileSync(SDK) };
    application.on('/sdk.js', script);
    const browser = await openBrowser({ microphone });
    const page = await browser.newPage();
    await page.goto(`${application.url.replace('127.0.0.1', 'localhost')}/page`);
    const host = house.url.replace('http://', '');
    const sound = `${application.url}/wait.wav`;
    const sounds = { incoming: sound, outgoing: sound, disconnect: sound };
    const args = JSON.stringify([house.token(identity), host, sounds]).slice(1, -1);
    await page.evaluate(`open_(${args})`);
    return new SdkPage(page, () => browser.close());
  }

  async call(params: Record<string, string>): Promise<void> {
    const options = JSON.stringify({ params });
    await this.page.evaluate(`device.connect(${options}).then(follow)`);
  }

  run(script: string): Promise<unknown> {
    return this.page.evaluate(script);
  }

  events(): Promise<string[]> {
    return this.page.evaluate('events');
  }

  /** Resolves when the page has seen this event. */
  async sees(event: string): Promise<void> {
    await this.page.waitForFunction(`events.includes(${JSON.stringify(event)})`, undefined, {
      polling: 20,
      timeout: 15_000,
    });
  }

  /** Resolves when the page hears this tone (±20 Hz). */
  async hears(hz: number): Promise<void> {
    let heard = { hz: 0, db: -200 };
    for (let attempt = 0; attempt < 15; attempt += 1) {
      heard = await this.page.evaluate('hear()');
      if (Math.abs(heard.hz - hz) <= 20 && heard.db > -60) return;
    }
    throw new Error(`the page hears ${heard.hz} Hz at ${heard.db} dB, not ${hz} Hz`);
  }

  close(): Promise<void> {
    return this.#close();
  }
}
