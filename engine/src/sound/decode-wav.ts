import { aLaw, decode, muLaw } from '../media/audio/g711.ts';
import { WavError } from '../media/audio/wav.ts';
import type { Clip } from './resample.ts';

const PCM = 1;
const FLOAT = 3;
const A_LAW = 6;
const MU_LAW = 7;
const EXTENSIBLE = 0xfffe;

interface Format {
  tag: number;
  channels: number;
  rate: number;
  bits: number;
}

/**
 * Reads a WAV file of any rate and number of channels: PCM of 8, 16, 24 or 32 bits, floats, or
 * G.711. Channels are averaged. @throws WavError for everything else.
 */
export function decodeWav(file: Buffer): Clip {
  const riff = file.length >= 12 && file.toString('latin1', 0, 4) === 'RIFF';
  if (!riff || file.toString('latin1', 8, 12) !== 'WAVE') throw new WavError('not a WAV file');
  let format: Format | null = null;
  for (let at = 12; at + 8 <= file.length;) {
    const name = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    // A file that was cut off, or streamed without its length, plays as far as it goes.
    const body = file.subarray(at + 8, Math.min(at + 8 + size, file.length));
    if (name === 'fmt ') format = formatOf(body);
    if (name === 'data') {
      if (format === null) throw new WavError('sound before its format');
      return { rate: format.rate, samples: mono(samplesOf(body, format), format.channels) };
    }
    at += 8 + size + (size & 1);
  }
  throw new WavError('no sound in the file');
}

function formatOf(body: Buffer): Format {
  if (body.length < 16) throw new WavError('format too short');
  let tag = body.readUInt16LE(0);
  // WAVE_FORMAT_EXTENSIBLE keeps the real format in the first two bytes of its GUID.
  if (tag === EXTENSIBLE && body.length >= 26) tag = body.readUInt16LE(24);
  const channels = body.readUInt16LE(2);
  const rate = body.readUInt32LE(4);
  if (channels < 1 || channels > 8) throw new WavError(`${channels} channels`);
  if (rate < 4_000 || rate > 192_000) throw new WavError(`${rate} Hz`);
  return { tag, channels, rate, bits: body.readUInt16LE(14) };
}

function samplesOf(body: Buffer, { tag, bits }: Format): Float32Array {
  const law = tag === MU_LAW ? muLaw : tag === A_LAW ? aLaw : null;
  if (law !== null) return Float32Array.from(decode(law, body), (sample) => sample / 32_768);
  const read = readerOf(tag, bits);
  if (read === null) throw new WavError(`format ${tag} with ${bits} bits`);
  const bytes = bits / 8;
  const length = Math.floor(body.length / bytes);
  return Float32Array.from({ length }, (_, i) => read(body, i * bytes));
}

function readerOf(tag: number, bits: number): ((body: Buffer, at: number) => number) | null {
  if (tag === FLOAT && bits === 32) return (body, at) => body.readFloatLE(at);
  if (tag === FLOAT && bits === 64) return (body, at) => body.readDoubleLE(at);
  if (tag !== PCM) return null;
  if (bits === 8) return (body, at) => (body.readUInt8(at) - 128) / 128;
  if (bits === 16) return (body, at) => body.readInt16LE(at) / 32_768;
  if (bits === 24) return (body, at) => body.readIntLE(at, 3) / 8_388_608;
  return bits === 32 ? (body, at) => body.readInt32LE(at) / 2_147_483_648 : null;
}

function mono(samples: Float32Array, channels: number): Float32Array {
  if (channels === 1) return samples;
  return Float32Array.from({ length: Math.floor(samples.length / channels) }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += samples[i * channels + c]!;
    return sum / channels;
  });
}
