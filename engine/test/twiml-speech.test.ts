import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMp3Encoder } from 'wasm-media-encoders';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RobotCall } from '../../test/support/robot-phone.ts';
import { loudness, part, powerAt, writeTone, type Sound } from '../../test/support/tones.ts';
import { CUSTOMER_HZ, House } from './support/house.ts';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

/** Everything a caller hears from this TwiML, until the call ends. */
async function heardOf(twiml: string): Promise<Sound> {
  house.application.on('/voice', twiml);
  const call = await (await house.robot()).call();
  await call.answered;
  const end = await call.ended;
  expect(end.error).toBeNull();
  return spoken(call.heard(30_000));
}

/** Without the silence around it. */
function spoken(sound: Sound): Sound {
  const { samples } = sound;
  const loud = (sample: number) => Math.abs(sample) > 0.02;
  return { ...sound, samples: samples.slice(samples.findIndex(loud), samples.findLastIndex(loud)) };
}

const seconds = ({ samples, rate }: Sound) => samples.length / rate;

/** Whole, up to a few 20 ms frames: the clock leaves frames out only when the machine stood still. */
function lasts(sound: Sound, wanted: number): void {
  expect(Math.abs(seconds(sound) - wanted)).toBeLessThan(0.1);
}

/** How the loudness of 20 ms pieces goes: speech has loud and quiet ones, a tone has not. */
function envelope(sound: Sound): number[] {
  const pieces = Math.floor(seconds(sound) * 50);
  return Array.from({ length: pieces }, (_, i) => loudness(part(sound, i / 50, (i + 1) / 50)));
}

/** 1: the same rise and fall of loudness; about 0: nothing in common. */
function likeness(a: Sound, b: Sound): number {
  const [x, y] = [envelope(a), envelope(b)];
  const length = Math.min(x.length, y.length);
  const mean = (list: number[]) => list.slice(0, length).reduce((sum, v) => sum + v, 0) / length;
  const [mx, my] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < length; i += 1) {
    const [dx, dy] = [x[i]! - mx, y[i]! - my];
    [xy, xx, yy] = [xy + dx * dy, xx + dx * dx, yy + dy * dy];
  }
  return xy / Math.sqrt(xx * yy);
}

/** How high the voice is, in Hz: the middle of what its loud pieces repeat at (70 to 300 Hz). */
function pitch(sound: Sound): number {
  const pieces = Math.floor(seconds(sound) * 20);
  const heights: number[] = [];
  for (let piece = 0; piece < pieces; piece += 1) {
    const { samples } = part(sound, piece / 20, (piece + 1) / 20);
    if (loudness({ ...sound, samples }) < -30) continue;
    let best = { lag: 0, score: 0 };
    for (let lag = Math.ceil(sound.rate / 300); lag < sound.rate / 70; lag += 1) {
      let [both, one, other] = [0, 1e-9, 1e-9];
      for (let i = lag; i < samples.length; i += 1) {
        both += samples[i]! * samples[i - lag]!;
        one += samples[i]! ** 2;
        other += samples[i - lag]! ** 2;
      }
      const score = both / Math.sqrt(one * other);
      // A voice also repeats at twice its period: the first good lag counts.
      if (score > best.score + 0.05) best = { lag, score };
    }
    if (best.score > 0.6) heights.push(sound.rate / best.lag);
  }
  return heights.sort((a, b) => a - b)[Math.floor(heights.length / 2)] ?? 0;
}

const say = (text: string, attributes = '') =>
  `<Response><Say ${attributes}>${text}</Say></Response>`;

describe('<Say>', () => {
  const TEXT = 'Thank you for calling. Please press one for sales, or two for support.';

  it('speaks: loud and quiet by turns, in the band of a voice, as long as the text', async () => {
    const sound = await heardOf(say(TEXT));
    expect(seconds(sound)).toBeGreaterThan(3);
    expect(seconds(sound)).toBeLessThan(8);
    const pieces = envelope(sound);
    expect(Math.max(...pieces)).toBeGreaterThan(-25);
    expect(pieces.filter((db) => db < -45).length / pieces.length).toBeGreaterThan(0.05);
    const band = (from: number, to: number) => {
      let power = 0;
      for (let hz = from; hz < to; hz += 20) power += powerAt(hz, sound);
      return power;
    };
    expect(band(100, 1_500)).toBeGreaterThan(5 * band(2_500, 3_900));
  });

  it('says the same thing the same way, and another thing another way', async () => {
    const first = await heardOf(say(TEXT));
    const again = await heardOf(say(TEXT));
    const other = await heardOf(
      say('Nobody is here at the moment, so try again tomorrow morning.'),
    );
    expect(likeness(first, again)).toBeGreaterThan(0.9);
    expect(likeness(first, other)).toBeLessThan(0.6);
  });

  it('speaks with the voice and in the language that are asked for', async () => {
    const woman = await heardOf(say(TEXT, 'voice="Polly.Amy-Neural"'));
    const man = await heardOf(say(TEXT, 'voice="man"'));
    const french = await heardOf(say(TEXT, 'voice="alice" language="fr-FR"'));
    expect(pitch(woman)).toBeGreaterThan(pitch(man) + 20);
    expect(likeness(woman, french)).toBeLessThan(0.6);
  });

  it('pauses where SSML says so, escapes what is text, and repeats', async () => {
    const plain = await heardOf(say('Fish &amp; chips'));
    const paused = await heardOf(say('Fish &amp;<break time="2s"/> chips'));
    expect(seconds(paused) - seconds(plain)).toBeGreaterThan(1.5);
    const twice = await heardOf(say('Fish &amp; chips', 'loop="2"'));
    expect(seconds(twice)).toBeGreaterThan(1.7 * seconds(plain));
  });

  it.each([
    ['a voice', say('x', 'voice="Polly.Nobody"'), 13511, 'Polly.Nobody'],
    ['a language', say('x', 'language="tlh"'), 13512, 'tlh'],
    ['a mark', say('x <phoneme>y</phoneme>'), 12200, 'phoneme'],
    ['too long a text', say('x'.repeat(4_097)), 13521, '4096'],
  ] as const)('refuses by name %s that it does not have', async (_, twiml, code, name) => {
    house.application.on('/voice', twiml);
    const call: RobotCall = await (await house.robot()).call();
    const { error } = await call.ended;
    expect(error).toMatchObject({ code, message: expect.stringContaining(name) as string });
  });
});

describe('<Play>', () => {
  async function toneFile(name: string, hz: number, rate: number): Promise<string> {
    const path = join(house.folder, `${name}.wav`);
    writeTone(path, { hz, seconds: 2, rate });
    return path;
  }

  it('plays MP3', async () => {
    const encoder = await createMp3Encoder();
    encoder.configure({ channels: 1, sampleRate: 44_100, bitrate: 64 });
    const samples = Float32Array.from(
      { length: 88_200 },
      (_, i) => 0.3 * Math.sin((2 * Math.PI * 700 * i) / 44_100),
    );
    const parts = [Buffer.from(encoder.encode([samples])), Buffer.from(encoder.finalize())];
    const body = Buffer.concat(parts);
    house.application.on('/tone.mp3', { status: 200, type: 'audio/mpeg', body });
    const sound = await heardOf('<Response><Play>/tone.mp3</Play></Response>');
    expect(powerAt(700, sound)).toBeGreaterThan(0.01);
    lasts(sound, 2);
  });

  it.each([16_000, 44_100, 48_000])('plays WAV of %i Hz at its own pitch', async (rate) => {
    const body = readFileSync(await toneFile(`at-${rate}`, 900, rate));
    house.application.on('/any.wav', { status: 200, type: 'audio/wav', body });
    const sound = await heardOf(`<Response><Play>/any.wav?rate=${rate}</Play></Response>`);
    expect(powerAt(900, sound)).toBeGreaterThan(0.015);
    lasts(sound, 2);
  });

  it('leaves out what a telephone cannot carry', async () => {
    const body = readFileSync(await toneFile('high', 6_000, 48_000));
    house.application.on('/high.wav', { status: 200, type: 'audio/wav', body });
    house.application.on('/voice', '<Response><Play>/high.wav</Play></Response>');
    const call = await (await house.robot()).call();
    await call.ended;
    // 6 kHz at 8 kHz without a filter would fold back to 2 kHz.
    expect(powerAt(2_000, call.heard(2_000))).toBeLessThan(1e-6);
  });

  it('repeats as often as it is asked to', async () => {
    const sound = await heardOf('<Response><Play loop="3">/wait.wav</Play></Response>');
    lasts(sound, 3);
  });

  it('presses keys', async () => {
    const phone = await house.robot('demo_phone');
    const placed = house.client.calls.create({
      to: 'client:demo_phone',
      from: '+442079460000',
      twiml: '<Response><Play digits="5w#"/><Hangup/></Response>',
    });
    const call = await phone.incoming();
    await call.answer();
    await placed;
    await call.ended;
    expect(call.media.heardKeys).toBe('5#');
  });

  it('plays a sound that an application answers in place of TwiML, and speaks its plain text', async () => {
    const body = readFileSync(join(house.folder, 'customer.wav'));
    house.application.on('/voice', { status: 200, type: 'audio/wav', body });
    const call = await (await house.robot()).call();
    await call.hears(CUSTOMER_HZ);
    call.hangup();
    await call.ended;
    house.application.on('/voice', { status: 200, type: 'text/plain', body: 'Good morning' });
    const second = await (await house.robot()).call();
    await second.ended;
    expect(seconds(spoken(second.heard(5_000)))).toBeGreaterThan(0.4);
  });
});
