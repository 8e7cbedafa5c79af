/**
 * Walks the frames of an MP3 without decoding them (ISO/IEC 11172-3 §2.4.2.3, 13818-3 §2.4.2.3 and
 * the usual "MPEG 2.5" extension for 8–12 kHz). The decoder hides what we want to know: it always
 * gives two channels, skips damage silently and says nothing of a last frame that is cut off.
 */
export interface FrameCount {
  frames: number;
  /** Frames with one channel; the rest have two. */
  monoFrames: number;
  /** Bytes that belong to no frame and no tag. */
  strayBytes: number;
  /** The file ends inside a frame. */
  endsInFrame: boolean;
}

interface FrameHeader {
  /** Whole frame, header included. */
  bytes: number;
  mono: boolean;
}

const LAYER3_KBPS_MPEG1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const LAYER3_KBPS_MPEG2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
/** By the two version bits: MPEG 2.5, reserved, MPEG 2, MPEG 1. */
const SAMPLE_RATES = [[11025, 12000, 8000], null, [22050, 24000, 16000], [44100, 48000, 32000]];

/** Reads four bytes as a layer III frame header; null when they are none. */
export function readFrameHeader(data: Uint8Array, at: number): FrameHeader | null {
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0] = data.subarray(at, at + 4);
  if (b0 !== 0xff || (b1 & 0xe0) !== 0xe0 || (b1 & 0x06) !== 0x02) return null;
  const version = (b1 >> 3) & 3;
  const mpeg1 = version === 3;
  const sampleRate = SAMPLE_RATES[version]?.[(b2 >> 2) & 3];
  const kbps = (mpeg1 ? LAYER3_KBPS_MPEG1 : LAYER3_KBPS_MPEG2)[b2 >> 4];
  // 0 is "free format", which no carrier writes; 15 is forbidden.
  if (sampleRate === undefined || !kbps) return null;
  const padding = (b2 >> 1) & 1;
  const bytes = Math.floor(((mpeg1 ? 144 : 72) * kbps * 1000) / sampleRate) + padding;
  return { bytes, mono: b3 >> 6 === 3 };
}

const ID3V2_HEADER = 10;
const ID3V1_BYTES = 128;

/** Fed with the file piece by piece, in order; `end()` gives the count. */
export class FrameWalker {
  readonly #count: FrameCount = { frames: 0, monoFrames: 0, strayBytes: 0, endsInFrame: false };
  #rest: Uint8Array = new Uint8Array(0);
  #skip = 0;
  #atStart = true;
  /** The frame before ended exactly here, so that one valid header is enough to go on. */
  #inStep = false;

  feed(piece: Uint8Array): void {
    const skipped = Math.min(this.#skip, piece.length);
    this.#skip -= skipped;
    const fresh = piece.subarray(skipped);
    const data = this.#rest.length === 0 ? fresh : Buffer.concat([this.#rest, fresh]);
    this.#rest = data.slice(this.#walk(data));
  }

  end(): FrameCount {
    if (this.#skip > 0) this.#count.endsInFrame = true;
    const rest = this.#rest;
    const isTag = rest.length === ID3V1_BYTES && Buffer.from(rest.subarray(0, 3)).equals(TAG);
    if (rest.length > 0 && !isTag) this.#endInside(rest);
    this.#rest = new Uint8Array(0);
    return this.#count;
  }

  /** What is left over at the end: whole frames that wanted a successor, then a part of one. */
  #endInside(rest: Uint8Array): void {
    let at = 0;
    while (at < rest.length) {
      const header = readFrameHeader(rest, at);
      if (header !== null && at + header.bytes <= rest.length) {
        this.#frame(header);
        at += header.bytes;
      } else {
        // A cut-off frame begins in step with the others; anything else is litter.
        if (this.#inStep && (header !== null || rest.length - at < 4)) {
          this.#count.endsInFrame = true;
          return;
        }
        this.#count.strayBytes += 1;
        at += 1;
        this.#inStep = false;
      }
    }
  }

  /** Returns how many bytes are dealt with. */
  #walk(data: Uint8Array): number {
    let at = 0;
    if (this.#atStart) {
      if (data.length < ID3V2_HEADER) return 0;
      this.#atStart = false;
      at = id3v2Bytes(data);
      if (at > data.length) {
        this.#skip = at - data.length;
        return data.length;
      }
    }
    while (at + 4 <= data.length) {
      const header = readFrameHeader(data, at);
      if (header === null) {
        if (this.#inStep && looksLikeTag(data, at)) return at;
        this.#inStep = false;
        this.#count.strayBytes += 1;
        at += 1;
        continue;
      }
      const next = at + header.bytes;
      // Out of step, a header counts only if another follows: random bytes look like one often.
      if (next + 4 > data.length) return at;
      if (!this.#inStep && readFrameHeader(data, next) === null) {
        this.#count.strayBytes += 1;
        at += 1;
        continue;
      }
      this.#frame(header);
      at = next;
    }
    return at;
  }

  #frame(header: FrameHeader): void {
    this.#inStep = true;
    this.#count.frames += 1;
    if (header.mono) this.#count.monoFrames += 1;
  }
}

const TAG = Buffer.from('TAG', 'latin1');

function looksLikeTag(data: Uint8Array, at: number): boolean {
  return (
    data.length - at <= ID3V1_BYTES && data[at] === 0x54 && data[at + 1] === 0x41 // "TA"
  );
}

/** Length of an ID3v2 tag at the start (id3.org v2.4 §3.1), 0 without one. */
function id3v2Bytes(data: Uint8Array): number {
  if (Buffer.from(data.subarray(0, 3)).toString('latin1') !== 'ID3') return 0;
  const [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = data.subarray(6, 10);
  const footer = ((data[5] ?? 0) & 0x10) === 0 ? 0 : 10;
  return ID3V2_HEADER + ((s0 << 21) | (s1 << 14) | (s2 << 7) | s3) + footer;
}
