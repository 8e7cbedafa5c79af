import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../../../test/support/chromium.ts';
import { writeTone } from '../../../test/support/tones.ts';
import type { House } from './house.ts';

const SDK = createRequire(import.meta.url)
  .resolve('@twilio/voice-sdk')
  .replace(/(voice-sdk).*/, '$1/dist/twilio.min.js');
const PAGE = join(import.meta.dirname, 'sdk-page.html');

/** What a browser's fake microphone says. */
export const MICROPHONE_HZ = 440;

export interface SdkOptions {
  /** Absent: one for `identity` that lasts ten minutes. */
  token?: string;
  register?: boolean;
  /** More options of the SDK's Device. */
  device?: Record<string, unknown>;
}

export interface SeenMessage {
  name: 'messageSent' | 'messageReceived';
  content: unknown;
  messageType: string;
  voiceEventSid: string;
}

/** A Chromium whose microphone says MICROPHONE_HZ. */
export async function toneBrowser(house: House): Promise<Browser> {
  const microphone = join(house.folder, 'microphone.wav');
  writeTone(microphone, { hz: MICROPHONE_HZ, seconds: 5, rate: 48_000 });
  return openBrowser({ microphone });
}

/** A tab with the real SDK, registered as `identity`. */
export class SdkPage {
  readonly page: Page;
  readonly #house: House;

  private constructor(page: Page, house: House) {
    this.page = page;
    this.#house = house;
  }

  static async open(
    browser: Browser,
    house: House,
    identity: string,
    options: SdkOptions = {},
  ): Promise<SdkPage> {
    const { application } = house;
    application.on('/page', { status: 200, type: 'text/html', body: readFileSync(PAGE) });
    const script = { status: 200, type: 'text/javascript', body: readFileSync(SDK) };
    application.on('/sdk.js', script);
    const page = await browser.newPage();
    await page.goto(`${application.url.replace('127.0.0.1', 'localhost')}/page`);
    const opened = new SdkPage(page, house);
    await opened.#device(options.token ?? house.token(identity), options);
    return opened;
  }

  async call(params: Record<string, string> = {}): Promise<void> {
    const options = JSON.stringify({ params });
    await this.page.evaluate(`device.connect(${options}).then(follow)`);
  }

  run<Result = unknown>(script: string): Promise<Result> {
    return this.page.evaluate(script);
  }

  events(): Promise<string[]> {
    return this.page.evaluate('events');
  }

  messages(): Promise<SeenMessage[]> {
    return this.page.evaluate('messages');
  }

  /** Resolves when the page has seen this event. */
  async sees(event: string, withinMs = 15_000): Promise<void> {
    const seen = `events.includes(${JSON.stringify(event)})`;
    try {
      await this.page.waitForFunction(seen, undefined, { polling: 20, timeout: withinMs });
    } catch (error) {
      const events = (await this.events()).join(', ');
      throw new Error(`the page did not see ${event} but: ${events}`, { cause: error });
    }
  }

  /** Resolves when the page hears this tone (±20 Hz). */
  async hears(hz: number): Promise<void> {
    let heard = { hz: 0, db: -200 };
    for (let attempt = 0; attempt < 24; attempt += 1) {
      heard = await this.page.evaluate('hear()');
      if (Math.abs(heard.hz - hz) <= 20 && heard.db > -60) return;
    }
    throw new Error(`the page hears ${heard.hz} Hz at ${heard.db} dB, not ${hz} Hz`);
  }

  /** Resolves when the page hears all these tones at once. */
  async hearsAll(frequencies: number[]): Promise<void> {
    let heard: number[] = [];
    for (let attempt = 0; attempt < 40; attempt += 1) {
      heard = await this.page.evaluate(`hearEach(${JSON.stringify(frequencies)})`);
      if (heard.every((db) => db > -50)) return;
    }
    throw new Error(`the page hears ${frequencies.join(', ')} Hz at ${heard.join(', ')} dB`);
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  async #device(token: string, { register = true, device = {} }: SdkOptions): Promise<void> {
    const host = this.#house.url.replace('http://', '');
    const sound = `${this.#house.application.url}/wait.wav`;
    const sounds = { incoming: sound, outgoing: sound, disconnect: sound };
    const args = JSON.stringify([token, host, sounds, device]).slice(1, -1);
    await this.page.evaluate(`makeDevice(${args})`);
    if (register) await this.page.evaluate('device.register()');
  }
}
