import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Peaks } from '@offhook/contract';
import { MPEGDecoder } from 'mpg123-decoder';
import { FrameWalker, type FrameCount } from './mp3-frames.ts';
import { PeakCollector } from './peaks.ts';

/** What a stored file turned out to be. */
export type Inspection =
  | {
      readable: true;
      bytes: number;
      /** Lower-case hex. */
      sha256: string;
      channels: 1 | 2;
      durationMs: number;
      /** The file ends inside a frame: somebody stopped writing. */
      endsInFrame: boolean;
      peaks: Peaks;
    }
  | { readable: false; why: string };

const PIECE_BYTES = 64 * 1024;

/**
 * Reads the file once, piece by piece: hash, frames, sound, peaks. Costs CPU (about 1 ms per second
 * of audio) and a few megabytes, whatever the file's length; runs in a thread of its own.
 */
export async function inspectFile(path: string): Promise<Inspection> {
  const hash = createHash('sha256');
  const walker = new FrameWalker();
  const sound = new Sound();
  const decoder = new MPEGDecoder();
  await decoder.ready;
  let bytes = 0;
  try {
    for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES })) {
      const data = piece as Buffer;
      bytes += data.length;
      hash.update(data);
      walker.feed(data);
      const decoded = decoder.decode(data);
      sound.add(decoded.channelData, decoded.samplesDecoded, decoded.sampleRate);
    }
  } finally {
    decoder.free();
  }
  const frames = walker.end();
  const why = unreadable(frames, bytes, sound);
  if (why !== null) return { readable: false, why };
  const channels = frames.monoFrames === frames.frames ? 1 : 2;
  const peaks = sound.peaks.finish(sound.sampleRate);
  return {
    readable: true,
    bytes,
    sha256: hash.digest('hex'),
    channels,
    durationMs: peaks.durationMs,
    endsInFrame: frames.endsInFrame,
    // The decoder gives one channel twice.
    peaks: { ...peaks, channels: peaks.channels.slice(0, channels) },
  };
}

/** What came out of the decoder so far. */
class Sound {
  readonly peaks = new PeakCollector();
  samples = 0;
  sampleRate = 0;
  rateChanged = false;

  add(channels: Float32Array[], samples: number, sampleRate: number): void {
    if (samples === 0) return;
    if (this.sampleRate !== 0 && this.sampleRate !== sampleRate) this.rateChanged = true;
    if (this.rateChanged) return;
    this.sampleRate = sampleRate;
    this.samples += samples;
    this.peaks.add(channels, sampleRate);
  }
}

function unreadable(frames: FrameCount, bytes: number, sound: Sound): string | null {
  if (bytes === 0) return 'The file is empty.';
  if (frames.frames === 0 || sound.samples === 0) return 'Nothing in it decodes as MP3.';
  if (frames.strayBytes > bytes / 2) return 'Most of it is not MP3.';
  if (sound.rateChanged) return 'Its sample rate changes on the way.';
  return null;
}
