import { createCipheriv, createHmac, timingSafeEqual, type Cipher } from 'node:crypto';
import type { RtpFlow } from '../protocol.ts';
import { readUint16, readUint32, RTP_HEADER_BYTES, rtpPayloadStart } from './packet.ts';
import { ReplayWindow } from './replay-window.ts';

type Suite = NonNullable<RtpFlow['srtp']>['suite'];

const KEY_BYTES = 16;
const SALT_BYTES = 14;
const BLOCK = 16;
const AUTH_KEY_BYTES = 20;
/** RFC 4568 §6.2.2: the short tag is for RTP only. */
const RTP_TAG_BYTES: Record<Suite, number> = {
  AES_CM_128_HMAC_SHA1_80: 10,
  AES_CM_128_HMAC_SHA1_32: 4,
};
const RTCP_TAG_BYTES = 10;
const RTCP_HEADER_BYTES = 8;
/** The E bit before the index: this one is encrypted (RFC 3711 §3.4). */
const ENCRYPTED = 0x8000_0000;
/** RFC 3711 §4.3.1. */
const LABELS = { rtp: [0, 1, 2], rtcp: [3, 4, 5] } as const;
/** A call has one source at a time; transfers may bring some more. */
const MOST_SOURCES = 8;

/** What one direction's packets go through: RFC 3711 with its default transforms. */
class Transform {
  readonly #cipher: Cipher;
  readonly #authKey: Buffer;
  readonly #salt: Buffer;
  readonly #tagBytes: number;
  readonly #counter = Buffer.alloc(BLOCK);

  constructor(masterKey: Buffer, labels: readonly [number, number, number], tagBytes: number) {
    const key = masterKey.subarray(0, KEY_BYTES);
    const salt = masterKey.subarray(KEY_BYTES);
    const derive = (label: number, bytes: number): Buffer => deriveKey(key, salt, label, bytes);
    this.#cipher = blockCipher(derive(labels[0], KEY_BYTES));
    this.#authKey = derive(labels[1], AUTH_KEY_BYTES);
    this.#salt = derive(labels[2], SALT_BYTES);
    this.#tagBytes = tagBytes;
  }

  get tagBytes(): number {
    return this.#tagBytes;
  }

  /** Encrypts or decrypts, in place, from `start` on. `index` is the packet's, up to 48 bits. */
  crypt(packet: Buffer, start: number, ssrc: number, index: number): void {
    const counter = this.#counter;
    // RFC 3711 §4.1.1: IV = (k_s * 2^16) XOR (SSRC * 2^64) XOR (i * 2^16)
    this.#salt.copy(counter);
    counter.writeUInt32BE((counter.readUInt32BE(4) ^ ssrc) >>> 0, 4);
    const high = Math.floor(index / 2 ** 32);
    counter.writeUInt16BE(counter.readUInt16BE(8) ^ high, 8);
    counter.writeUInt32BE((counter.readUInt32BE(10) ^ (index % 2 ** 32)) >>> 0, 10);
    xorKeyStream(this.#cipher, counter, packet, start);
  }

  /** `trailer` is the ROC, which is not sent (§4.2). */
  tag(authenticated: Uint8Array, trailer: Uint8Array | null): Buffer {
    const hmac = createHmac('sha1', this.#authKey).update(authenticated);
    if (trailer !== null) hmac.update(trailer);
    return hmac.digest().subarray(0, this.#tagBytes);
  }
}

/** Encrypts what we send. One of these per key for as long as the key lives: indexes never repeat. */
export class SrtpSender {
  readonly #rtp: Transform;
  readonly #rtcp: Transform;
  readonly #roc = Buffer.alloc(4);
  #lastSequence: number | null = null;
  #rtcpIndex = 0;

  /** `key`: 30 bytes in base64. @throws RangeError for any other length. */
  constructor(suite: Suite, key: string) {
    const masterKey = readKey(key);
    this.#rtp = new Transform(masterKey, LABELS.rtp, RTP_TAG_BYTES[suite]);
    this.#rtcp = new Transform(masterKey, LABELS.rtcp, RTCP_TAG_BYTES);
  }

  /** A new datagram. Packets must come in the order of their numbers. */
  rtp(packet: Buffer): Buffer {
    const sequence = readUint16(packet, 2);
    if (this.#lastSequence !== null && sequence < this.#lastSequence) {
      this.#roc.writeUInt32BE((this.#roc.readUInt32BE(0) + 1) >>> 0);
    }
    this.#lastSequence = sequence;
    const out = Buffer.allocUnsafe(packet.length + this.#rtp.tagBytes);
    packet.copy(out);
    const body = out.subarray(0, packet.length);
    const index = this.#roc.readUInt32BE(0) * 0x10000 + sequence;
    this.#rtp.crypt(body, RTP_HEADER_BYTES, readUint32(packet, 8), index);
    this.#rtp.tag(body, this.#roc).copy(out, packet.length);
    return out;
  }

  rtcp(packet: Buffer): Buffer {
    this.#rtcpIndex = (this.#rtcpIndex + 1) % ENCRYPTED;
    const out = Buffer.allocUnsafe(packet.length + 4 + RTCP_TAG_BYTES);
    packet.copy(out);
    this.#rtcp.crypt(
      out.subarray(0, packet.length),
      RTCP_HEADER_BYTES,
      readUint32(packet, 4),
      this.#rtcpIndex,
    );
    out.writeUInt32BE(ENCRYPTED + this.#rtcpIndex, packet.length);
    const authenticated = out.subarray(0, packet.length + 4);
    this.#rtcp.tag(authenticated, null).copy(out, packet.length + 4);
    return out;
  }
}

interface Source {
  roc: number;
  highest: number;
  window: ReplayWindow;
}

/** Decrypts what comes. Null: not authentic, or seen before. Never throws. */
export class SrtpReceiver {
  readonly #rtp: Transform;
  readonly #rtcp: Transform;
  readonly #sources = new Map<number, Source>();
  readonly #rtcpWindows = new Map<number, ReplayWindow>();
  readonly #roc = Buffer.alloc(4);

  /** `key`: 30 bytes in base64. @throws RangeError for any other length. */
  constructor(suite: Suite, key: string) {
    const masterKey = readKey(key);
    this.#rtp = new Transform(masterKey, LABELS.rtp, RTP_TAG_BYTES[suite]);
    this.#rtcp = new Transform(masterKey, LABELS.rtcp, RTCP_TAG_BYTES);
  }

  /** The packet, decrypted in place. */
  rtp(datagram: Buffer): Buffer | null {
    const end = datagram.length - this.#rtp.tagBytes;
    const start = end < 0 ? null : rtpPayloadStart(datagram.subarray(0, end));
    if (start === null) return null;
    const sequence = readUint16(datagram, 2);
    const ssrc = readUint32(datagram, 8);
    const known = this.#sources.get(ssrc);
    const roc = known === undefined ? 0 : guessRoc(known, sequence);
    const index = roc * 0x10000 + sequence;
    if (known?.window.has(index) === true) return null;
    this.#roc.writeUInt32BE(roc);
    const packet = datagram.subarray(0, end);
    if (!timingSafeEqual(this.#rtp.tag(packet, this.#roc), datagram.subarray(end))) return null;
    this.#rtp.crypt(packet, start, ssrc, index);
    const source = known ?? { roc, highest: sequence, window: new ReplayWindow() };
    if (known === undefined) remember(this.#sources, ssrc, source);
    source.window.add(index);
    if (index >= source.roc * 0x10000 + source.highest) {
      source.roc = roc;
      source.highest = sequence;
    }
    return packet;
  }

  /** The compound packet, decrypted in place. */
  rtcp(datagram: Buffer): Buffer | null {
    const tagAt = datagram.length - RTCP_TAG_BYTES;
    const end = tagAt - 4;
    if (end < RTCP_HEADER_BYTES) return null;
    const tag = this.#rtcp.tag(datagram.subarray(0, tagAt), null);
    if (!timingSafeEqual(tag, datagram.subarray(tagAt))) return null;
    const word = readUint32(datagram, end);
    const index = word % ENCRYPTED;
    const ssrc = readUint32(datagram, 4);
    const window = this.#rtcpWindows.get(ssrc) ?? new ReplayWindow();
    if (window.has(index)) return null;
    remember(this.#rtcpWindows, ssrc, window);
    window.add(index);
    const packet = datagram.subarray(0, end);
    if (word >= ENCRYPTED) this.#rtcp.crypt(packet, RTCP_HEADER_BYTES, ssrc, index);
    return packet;
  }
}

/** RFC 3711 §3.3.1: the rollover counter that puts the number nearest to the highest one. */
function guessRoc({ roc, highest }: Source, sequence: number): number {
  if (highest < 0x8000) return sequence - highest > 0x8000 && roc > 0 ? roc - 1 : roc;
  return highest - 0x8000 > sequence ? (roc + 1) % 2 ** 32 : roc;
}

function remember<T>(sources: Map<number, T>, ssrc: number, one: T): void {
  sources.set(ssrc, one);
  if (sources.size > MOST_SOURCES) sources.delete(sources.keys().next().value!);
}

/** RFC 3711 §4.3.1, with a key derivation rate of 0. */
export function deriveKey(key: Buffer, salt: Buffer, label: number, bytes: number): Buffer {
  const counter = Buffer.alloc(BLOCK);
  salt.copy(counter);
  counter[7]! ^= label;
  const out = Buffer.alloc(bytes);
  xorKeyStream(blockCipher(key), counter, out, 0);
  return out;
}

/** AES in counter mode, built on the bare block: a cipher per packet would cost twice as much. */
function blockCipher(key: Buffer): Cipher {
  return createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
}

/** Adds the key stream to all bytes from `start` on. The counter's last 16 bits must be 0. */
function xorKeyStream(cipher: Cipher, counter: Buffer, bytes: Uint8Array, start: number): void {
  const length = bytes.length - start;
  const blocks = Buffer.allocUnsafe(Math.ceil(length / BLOCK) * BLOCK);
  for (let at = 0, block = 0; at < blocks.length; at += BLOCK, block++) {
    blocks.set(counter, at);
    blocks[at + 14] = block >> 8;
    blocks[at + 15] = block;
  }
  const stream = cipher.update(blocks);
  for (let i = 0; i < length; i++) bytes[start + i]! ^= stream[i]!;
}

function readKey(key: string): Buffer {
  const bytes = Buffer.from(key, 'base64');
  if (bytes.length === KEY_BYTES + SALT_BYTES) return bytes;
  throw new RangeError(`an SRTP key has 30 bytes, not ${bytes.length}`);
}
