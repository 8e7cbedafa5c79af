import { aLaw, decode, muLaw } from './g711.ts';
import { SAMPLE_RATE } from './frame.ts';

/** Why a file is no sound for us, in words for the log. */
export class WavError extends Error {
  override name = 'WavError';
}

const FORMAT_PCM = 1;
const FORMAT_A_LAW = 6;
const FORMAT_MU_LAW = 7;
const FORMAT_EXTENSIBLE = 0xfffe;

/**
 * Reads a WAV file: 16-bit PCM, mu-law or A-law, 8 kHz mono.
 * @throws WavError for everything else.
 */
export function readWav(file: Buffer): Int16Array {
  if (
    file.length < 12 ||
    file.toString('latin1', 0, 4) !== 'RIFF' ||
    file.toString('latin1', 8, 12) !== 'WAVE'
  ) {
    throw new WavError('not a WAV file');
  }
  let format: { tag: number; bits: number } | null = null;
  for (let at = 12; at + 8 <= file.length;) {
    const name = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    // A file that was cut off, or streamed without its length, plays as far as it goes.
    const body = file.subarray(at + 8, Math.min(at + 8 + size, file.length));
    if (name === 'fmt ') format = readFormat(body);
    if (name === 'data') {
      if (format === null) throw new WavError('sound before its format');
      return readSamples(body, format);
    }
    at += 8 + size + (size & 1);
  }
  throw new WavError('no sound in the file');
}

function readFormat(body: Buffer): { tag: number; bits: number } {
  if (body.length < 16) throw new WavError('format too short');
  let tag = body.readUInt16LE(0);
  // WAVE_FORMAT_EXTENSIBLE keeps the real format in the first two bytes of its GUID.
  if (tag === FORMAT_EXTENSIBLE && body.length >= 26) tag = body.readUInt16LE(24);
  const channels = body.readUInt16LE(2);
  const rate = body.readUInt32LE(4);
  if (channels !== 1) throw new WavError(`${channels} channels, not one`);
  if (rate !== SAMPLE_RATE) throw new WavError(`${rate} Hz, not ${SAMPLE_RATE}`);
  return { tag, bits: body.readUInt16LE(14) };
}

function readSamples(body: Buffer, format: { tag: number; bits: number }): Int16Array {
  if (format.tag === FORMAT_MU_LAW) return decode(muLaw, body);
  if (format.tag === FORMAT_A_LAW) return decode(aLaw, body);
  if (format.tag !== FORMAT_PCM || format.bits !== 16) {
    throw new WavError(`format ${format.tag} with ${format.bits} bits, not 16-bit PCM or G.711`);
  }
  const samples = new Int16Array(body.length >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = body.readInt16LE(2 * i);
  return samples;
}

/** The 44 bytes before 16-bit PCM sound. `dataBytes` is the length of what follows. */
export function wavHeader(dataBytes: number, channels: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(FORMAT_PCM, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * channels * 2, 28);
  header.writeUInt16LE(channels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
}
