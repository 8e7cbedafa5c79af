import { open, rm } from 'node:fs/promises';
import { wavHeader } from '../audio/wav.ts';
import type { Encoded } from './encode.ts';
import { readSpool } from './spool-reader.ts';
import { writeAll } from './write-all.ts';

/**
 * Makes a 16-bit WAV of a spool, with one channel or both.
 * @throws what reading or writing threw, with its code ("ENOSPC"); no file is left then.
 */
export async function spoolToWav(
  spool: string,
  wav: string,
  { channels = 2 }: { channels?: 1 | 2 } = {},
): Promise<Encoded> {
  const file = await open(wav, 'w', 0o600);
  try {
    let bytes = wavHeader(0, channels).length;
    const start = bytes;
    for await (const part of readSpool(spool, channels)) {
      const sound = interleave(part.channels, part.samples);
      await writeAll(file, sound, bytes);
      bytes += sound.length;
    }
    await writeAll(file, wavHeader(bytes - start, channels), 0);
    return { durationMs: (bytes - start) / (2 * channels) / 8, bytes };
  } catch (error) {
    await rm(wav, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

function interleave(channels: Int16Array[], samples: number): Buffer {
  const bytes = Buffer.alloc(samples * channels.length * 2);
  channels.forEach((channel, index) => {
    for (let i = 0; i < samples; i++) {
      bytes.writeInt16LE(channel[i]!, 2 * (i * channels.length + index));
    }
  });
  return bytes;
}
