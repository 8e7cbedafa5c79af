import { open, rm } from 'node:fs/promises';
import { MPEGDecoder } from 'mpg123-decoder';
import { encode, muLaw } from '../audio/g711.ts';
import { writeAll } from './write-all.ts';

export interface RestoreJob {
  /** An MP3 with two channels that we made. */
  mp3: string;
  spool: string;
}

/** A little under half a minute at a time. */
const CHUNK_BYTES = 131_072;

/**
 * Makes a spool of an MP3 again, as long to the sample as the one it came from; the sound is the
 * MP3's. Blocks its thread meanwhile. Nothing is left of a file that could not be finished.
 */
export async function restoreSpool({ mp3, spool }: RestoreJob): Promise<void> {
  const decoder = new MPEGDecoder({ enableGapless: true });
  await decoder.ready;
  const source = await open(mp3, 'r');
  const file = await open(spool, 'w', 0o600);
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (let written = 0; ;) {
      const { bytesRead } = await source.read(chunk, 0, CHUNK_BYTES);
      if (bytesRead === 0) break;
      const { channelData, samplesDecoded } = decoder.decode(chunk.subarray(0, bytesRead));
      const sound = Buffer.alloc(2 * samplesDecoded);
      for (const [index, channel] of channelData.slice(0, 2).entries()) {
        encode(muLaw, toSamples(channel), sound, index, 2);
      }
      await writeAll(file, sound, written);
      written += sound.length;
    }
  } catch (error) {
    await rm(spool, { force: true });
    throw error;
  } finally {
    decoder.free();
    await file.close();
    await source.close();
  }
}

function toSamples(floats: Float32Array): Int16Array {
  return Int16Array.from(floats, (sample) =>
    Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))),
  );
}
