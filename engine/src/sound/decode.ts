import { MPEGDecoder } from 'mpg123-decoder';
import { WavError } from '../media/audio/wav.ts';
import { decodeWav } from './decode-wav.ts';
import type { Clip } from './resample.ts';

/** A WAV or MP3 file, whatever its name says. @throws WavError when it is neither. */
export async function decodeSound(file: Buffer): Promise<Clip> {
  if (file.toString('latin1', 0, 4) === 'RIFF') return decodeWav(file);
  if (!looksLikeMp3(file)) throw new WavError('neither a WAV nor an MP3 file');
  const decoder = new MPEGDecoder();
  await decoder.ready;
  try {
    const { channelData, sampleRate, samplesDecoded } = decoder.decode(file);
    const [first, second] = channelData;
    if (first === undefined || samplesDecoded === 0) throw new WavError('an MP3 without sound');
    const samples = second ? first.map((sample, i) => (sample + (second[i] ?? 0)) / 2) : first;
    return { rate: sampleRate, samples };
  } finally {
    decoder.free();
  }
}

/** An ID3 tag, or the eleven set bits at which every MPEG audio frame begins. */
function looksLikeMp3(file: Buffer): boolean {
  if (file.toString('latin1', 0, 3) === 'ID3') return true;
  return file.length > 4 && file[0] === 0xff && (file[1]! & 0xe0) === 0xe0;
}
