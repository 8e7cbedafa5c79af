import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { FRAME_MS, FRAME_SAMPLES } from '../audio/frame.ts';
import { muLaw } from '../audio/g711.ts';
import { writeAll } from './write-all.ts';

const FRAME_BYTES = 2 * FRAME_SAMPLES;
const CHUNK_FRAMES = 500;
/** Quieter than this is silence: about 50 dB below the loudest. */
const SILENCE = 100;

/**
 * Takes silent frames off both ends of a spool. Returns how much was taken off the beginning, in
 * ms. What is silent from end to end becomes empty.
 */
export async function trimSpool(path: string): Promise<number> {
  const file = await open(path, 'r');
  try {
    const { first, last } = await sound(file);
    const part = `${path}.trim`;
    const out = await open(part, 'w', 0o600);
    try {
      const end = (last + 1) * FRAME_BYTES;
      let done = 0;
      const bytes = Buffer.alloc(CHUNK_FRAMES * FRAME_BYTES);
      for (let from = first * FRAME_BYTES; from < end;) {
        const want = Math.min(bytes.length, end - from);
        const { bytesRead } = await file.read(bytes, 0, want, from);
        if (bytesRead === 0) break;
        await writeAll(out, bytes.subarray(0, bytesRead), done);
        done += bytesRead;
        from += bytesRead;
      }
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    } finally {
      await out.close();
    }
    await rename(part, path);
    return first * FRAME_MS;
  } finally {
    await file.close();
  }
}

/** The first and the last frame that are not silent; first 0 and last -1 when there is none. */
async function sound(file: FileHandle): Promise<{ first: number; last: number }> {
  const bytes = Buffer.alloc(CHUNK_FRAMES * FRAME_BYTES);
  let first = -1;
  let last = -1;
  for (let frame = 0; ;) {
    const { bytesRead } = await file.read(bytes, 0, bytes.length, frame * FRAME_BYTES);
    if (bytesRead === 0) return { first: Math.max(0, first), last };
    for (let at = 0; at < bytesRead; at += FRAME_BYTES, frame++) {
      if (!loud(bytes, at, Math.min(bytesRead, at + FRAME_BYTES))) continue;
      if (first < 0) first = frame;
      last = frame;
    }
  }
}

function loud(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (Math.abs(muLaw.decodeTable[bytes[at]!]!) > SILENCE) return true;
  }
  return false;
}
