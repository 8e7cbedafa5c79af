import { open } from 'node:fs/promises';
import { muLaw } from '../audio/g711.ts';

/** Four seconds at a time. */
const CHUNK_BYTES = 65_536;

/**
 * Reads a spool (mu-law, left and right interleaved) as linear samples, a few seconds at a time.
 * Half a sample at the end, as a kill may leave it, is dropped. With one channel both are summed.
 */
export async function* readSpool(
  path: string,
  channels: 1 | 2,
): AsyncGenerator<{ channels: Int16Array[]; samples: number }> {
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(CHUNK_BYTES);
    let kept = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, kept, CHUNK_BYTES - kept);
      if (bytesRead === 0) return;
      const length = kept + bytesRead;
      const samples = length >> 1;
      yield { channels: split(bytes, samples, channels), samples };
      kept = length & 1;
      if (kept === 1) bytes[0] = bytes[length - 1]!;
    }
  } finally {
    await file.close();
  }
}

function split(bytes: Buffer, samples: number, channels: 1 | 2): Int16Array[] {
  const left = new Int16Array(samples);
  const right = new Int16Array(samples);
  for (let i = 0; i < samples; i++) {
    left[i] = muLaw.decodeTable[bytes[2 * i]!]!;
    right[i] = muLaw.decodeTable[bytes[2 * i + 1]!]!;
  }
  if (channels === 2) return [left, right];
  for (let i = 0; i < samples; i++) {
    const sum = left[i]! + right[i]!;
    left[i] = sum > 32767 ? 32767 : sum < -32768 ? -32768 : sum;
  }
  return [left];
}
