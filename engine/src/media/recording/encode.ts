import { open, rm, type FileHandle } from 'node:fs/promises';
import { createMp3Encoder } from 'wasm-media-encoders';
import { SAMPLE_RATE } from '../audio/frame.ts';
import { crc16, infoFrame } from './info-tag.ts';
import { readSpool } from './spool-reader.ts';
import { writeAll } from './write-all.ts';

export interface EncodeJob {
  spool: string;
  mp3: string;
  channels: 1 | 2;
}

export interface Encoded {
  /** Of the sound, exactly: what was in the spool. */
  durationMs: number;
  bytes: number;
}

/** Telephone voices: 48 kbit/s for two of them is as good as they were. */
const BITRATE_KBPS = { 1: 32, 2: 48 } as const;
/** Samples in a Layer III frame below 32 kHz. */
const FRAME_SAMPLES = 576;
/** What LAME puts in front (ENCDELAY). */
const ENCODER_DELAY = 576;

/**
 * Encodes a spool, a few seconds at a time. Blocks its thread meanwhile, so it has a process of its own.
 * Nothing is left of a file that could not be finished.
 */
export async function encodeSpool({ spool, mp3, channels }: EncodeJob): Promise<Encoded> {
  const bitrate = BITRATE_KBPS[channels];
  const frameBytes = (72 * bitrate * 1000) / SAMPLE_RATE;
  const encoder = await createMp3Encoder();
  encoder.configure({ channels, sampleRate: SAMPLE_RATE, bitrate });
  const file = await open(mp3, 'w', 0o600);
  try {
    const sound = new SoundWriter(file, frameBytes);
    let samples = 0;
    for await (const part of readSpool(spool, channels)) {
      samples += part.samples;
      await sound.write(encoder.encode(part.channels.map(toFloats)));
    }
    await sound.write(encoder.finalize());
    const frames = sound.bytes / frameBytes;
    if (!Number.isInteger(frames)) throw new Error(`${frames} frames of ${frameBytes} bytes`);
    const tag = infoFrame({
      header: sound.header,
      frameBytes,
      channels,
      bitrateKbps: bitrate,
      frames,
      soundBytes: sound.bytes,
      soundCrc: sound.crc,
      delay: ENCODER_DELAY,
      padding: frames * FRAME_SAMPLES - ENCODER_DELAY - samples,
    });
    await writeAll(file, tag, 0);
    return { durationMs: samples / (SAMPLE_RATE / 1000), bytes: frameBytes + sound.bytes };
  } catch (error) {
    await rm(mp3, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** Puts sound frames behind the place of the info frame. */
class SoundWriter {
  readonly header = Buffer.alloc(4);
  bytes = 0;
  crc = 0;
  readonly #file: FileHandle;
  readonly #start: number;

  constructor(file: FileHandle, start: number) {
    this.#file = file;
    this.#start = start;
  }

  /** `encoded` belongs to the encoder and is written before it is asked for more. */
  async write(encoded: Uint8Array): Promise<void> {
    if (encoded.length === 0) return;
    if (this.bytes === 0) this.header.set(encoded.subarray(0, 4));
    await writeAll(this.#file, encoded, this.#start + this.bytes);
    this.crc = crc16(encoded, this.crc);
    this.bytes += encoded.length;
  }
}

function toFloats(samples: Int16Array): Float32Array {
  return Float32Array.from(samples, (sample) => sample / 32768);
}
