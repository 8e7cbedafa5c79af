/**
 * Makes every sound of Offhook again: `node --import tsx engine/sounds/make.ts`. The files are
 * kept in the repository, so this is only needed to change them. The voices need espeak-ng.
 *
 * All of it is generated here; nothing is taken from anywhere, so there is nothing to license.
 */
import { mkdirSync } from 'node:fs';
import { join as path } from 'node:path';
import { holdMusic, join, scaledTo, silence, tone } from './synth.ts';
import { speak } from './voice.ts';
import { writeWav, type Clip } from './wav-file.ts';

const TELEPHONE = 8_000;
const BROWSER = 16_000;
const VOICE_PEAK = 0.5;

const root = path(import.meta.dirname, '..', '..');

/** ITU-T Q.23: each key is one low and one high tone. */
const KEYS: Record<string, [low: number, high: number]> = {
  '1': [697, 1209],
  '2': [697, 1336],
  '3': [697, 1477],
  '4': [770, 1209],
  '5': [770, 1336],
  '6': [770, 1477],
  '7': [852, 1209],
  '8': [852, 1336],
  '9': [852, 1477],
  s: [941, 1209],
  '0': [941, 1336],
  h: [941, 1477],
};

/** What a caller in Britain hears while the other phone rings. */
function ukRingback(rate: number, level: number): Clip {
  const ring = tone(rate, [400, 450], 0.4, level);
  return join(ring, silence(rate, 0.2), ring, silence(rate, 2));
}

/** The warble of a desk phone, in the same cadence; starts at once and loops. */
function ringer(rate: number): Clip {
  const turns = Array.from({ length: 8 }, (_, turn) =>
    tone(rate, turn % 2 === 0 ? [784, 1568] : [988, 1976], 0.05, 0.09),
  );
  const ring = join(silence(rate, 0), ...turns);
  return join(ring, silence(rate, 0.2), ring, silence(rate, 2));
}

function says(text: string, voice: string): Clip {
  return scaledTo(speak(TELEPHONE, text, voice), VOICE_PEAK);
}

function customers(): Record<string, Clip> {
  const pause = (seconds: number) => silence(TELEPHONE, seconds);
  const beep = tone(TELEPHONE, [1000], 0.35, 0.3);
  return {
    'beep.wav': beep,
    'ada-answers.wav': join(
      pause(0.3),
      says('Hello, this is Ada. Thank you for calling.', 'en-gb+f3'),
      pause(0.4),
      says('I am a demo customer, so I have little to say.', 'en-gb+f3'),
      pause(0.3),
      says('From now on I repeat what you say.', 'en-gb+f3'),
      pause(0.2),
    ),
    'hangs-up-soon.wav': join(
      pause(0.3),
      says('Hello? Sorry, this is a bad moment. Goodbye.', 'en-gb+m3'),
      pause(0.3),
    ),
    'voicemail.wav': join(
      pause(0.4),
      says('This is voicemail. Nobody can come to the phone.', 'en-gb+f2'),
      pause(0.2),
      says('Please leave a message after the tone.', 'en-gb+f2'),
      pause(0.5),
      beep,
    ),
  };
}

/** What who picks up a test call of a trunk hears. */
function testCall(): Clip {
  return join(
    silence(TELEPHONE, 0.4),
    says('This is a test call from Offhook. Your trunk works.', 'en-gb+f3'),
    silence(TELEPHONE, 0.2),
  );
}

function writeAll(
  folder: string,
  clips: Record<string, Clip>,
  coding: Parameters<typeof writeWav>[2],
): void {
  mkdirSync(path(root, folder), { recursive: true });
  for (const [name, clip] of Object.entries(clips)) {
    writeWav(path(root, folder, name), clip, coding);
    const seconds = (clip.samples.length / clip.rate).toFixed(2);
    process.stdout.write(`${folder}/${name}  ${seconds} s\n`);
  }
}

const shared = {
  'hold-music.wav': holdMusic(TELEPHONE),
  'ringback.wav': ukRingback(TELEPHONE, 0.08),
};
writeAll('engine/sounds', { ...shared, ...customers(), 'test-call.wav': testCall() }, 'mu-law');
writeAll('server/src/carrier/sounds', shared, 'mu-law');
writeAll(
  'web/public/sounds',
  {
    'incoming.wav': ringer(BROWSER),
    // The mirror image of 'disconnect': the room itself plays the ringback.
    'outgoing.wav': join(
      tone(BROWSER, [440], 0.09, 0.1),
      silence(BROWSER, 0.03),
      tone(BROWSER, [660], 0.14, 0.1),
    ),
    'disconnect.wav': join(
      tone(BROWSER, [660], 0.09, 0.14),
      silence(BROWSER, 0.03),
      tone(BROWSER, [440], 0.14, 0.14),
    ),
    ...Object.fromEntries(
      Object.entries(KEYS).map(([key, pair]) => [`dtmf${key}.wav`, tone(BROWSER, pair, 0.16, 0.1)]),
    ),
  },
  'pcm16',
);
