import { writeFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import type { Sound } from '../support/tones.ts';

/** How much the ear remembers: enough for two bursts of `writeBursts`. */
const WINDOW = 32_768;

/**
 * Listens in on what a page's WebRTC connections bring: must be called before the page loads. The
 * page itself knows nothing of it and plays its sound as ever.
 */
export async function giveEars(context: BrowserContext): Promise<void> {
  // Text, not a function: it runs in the page, where the build's helpers do not exist.
  await context.addInitScript(`{
    const Original = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Original {
      constructor(...args) {
        super(...args);
        this.addEventListener('track', ({ track }) => {
          const context = (window.__ears ??= new AudioContext());
          const ear = context.createAnalyser();
          ear.fftSize = ${WINDOW};
          context.createMediaStreamSource(new MediaStream([track])).connect(ear);
          window.__ear = ear;
        });
      }
    };
  }`);
}

/** Keeps in sight which microphones the pages are given: must be called before a page loads. */
export async function watchMicrophones(context: BrowserContext): Promise<void> {
  await context.addInitScript(`{
    const kept = (window.__microphones = []);
    const devices = navigator.mediaDevices;
    const take = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (constraints) => {
      const stream = await take(constraints);
      kept.push(...stream.getAudioTracks());
      return stream;
    };
  }`);
}

/** How many microphone tracks of a watched page are still on. */
export function openMicrophones(page: Page): Promise<number> {
  return page.evaluate<number>(
    `window.__microphones.filter(({ readyState }) => readyState === 'live').length`,
  );
}

/** The last 0.7 s or so that came over the page's newest connection. */
export async function heardBy(page: Page): Promise<Sound> {
  const { rate, samples } = await page.evaluate<{ rate: number; samples: number[] }>(`(() => {
    const ear = window.__ear;
    if (!ear) return { rate: 48000, samples: [] };
    const samples = new Float32Array(ear.fftSize);
    ear.getFloatTimeDomainData(samples);
    return { rate: ear.context.sampleRate, samples: Array.from(samples) };
  })()`);
  return { rate, samples: Float32Array.from(samples) };
}

/**
 * A microphone's WAV: a tone in bursts, a third of a second on and as long off, because a browser's
 * noise suppression takes an endless tone for noise and removes it.
 */
export function writeBursts(path: string, hz: number): void {
  const rate = 48_000;
  const burst = rate / 3;
  const samples = Int16Array.from({ length: rate * 6 }, (_, i) => {
    const on = Math.floor(i / burst) % 2 === 0;
    return on ? Math.round(16_383 * Math.sin((2 * Math.PI * hz * i) / rate)) : 0;
  });
  writeSamples(path, rate, samples);
}

/** 16-bit PCM, mono. */
export function writeSamples(path: string, rate: number, samples: Int16Array): void {
  const data = Buffer.alloc(44 + samples.length * 2);
  data.write('RIFF', 0);
  data.writeUInt32LE(36 + samples.length * 2, 4);
  data.write('WAVEfmt ', 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(rate, 24);
  data.writeUInt32LE(rate * 2, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36);
  data.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, i) => data.writeInt16LE(sample, 44 + i * 2));
  writeFileSync(path, data);
}
