/**
 * G.711 in both laws (ITU-T G.711; RTP payload types 0 and 8, RFC 3551 §4.5.14), by table: 256
 * entries to decode, 65,536 to encode. Bytes are as on the wire, bits inverted.
 */
export interface Law {
  readonly name: 'PCMU' | 'PCMA';
  /** Static RTP payload type (RFC 3551 §6). */
  readonly payloadType: number;
  /** The byte that means silence. */
  readonly silence: number;
  readonly decodeTable: Int16Array;
  readonly encodeTable: Uint8Array;
}

const MU_BIAS = 0x84;
const MU_CLIP = 32635;

function muLawDecode(byte: number): number {
  const code = ~byte & 0xff;
  const exponent = (code >> 4) & 7;
  const magnitude = (((code & 0x0f) << 3) + MU_BIAS) << exponent;
  return (code & 0x80) !== 0 ? MU_BIAS - magnitude : magnitude - MU_BIAS;
}

function muLawEncode(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), MU_CLIP) + MU_BIAS;
  const exponent = Math.max(0, 31 - Math.clz32(magnitude) - 7);
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

function aLawDecode(byte: number): number {
  const code = byte ^ 0x55;
  const exponent = (code >> 4) & 7;
  const mantissa = (code & 0x0f) << 4;
  const magnitude = exponent === 0 ? mantissa + 8 : (mantissa + 0x108) << (exponent - 1);
  return (code & 0x80) !== 0 ? magnitude : -magnitude;
}

function aLawEncode(sample: number): number {
  // A negative sample is mirrored around −1, so that −1 falls into the first negative step.
  const sign = sample >= 0 ? 0x80 : 0;
  const magnitude = Math.min(sample >= 0 ? sample : -sample - 1, 32767);
  const exponent = magnitude < 256 ? 0 : 31 - Math.clz32(magnitude) - 7;
  const mantissa = (magnitude >> (exponent === 0 ? 4 : exponent + 3)) & 0x0f;
  return (sign | (exponent << 4) | mantissa) ^ 0x55;
}

function makeLaw(
  name: Law['name'],
  payloadType: number,
  decode: (byte: number) => number,
  encode: (sample: number) => number,
): Law {
  const decodeTable = new Int16Array(256);
  for (let byte = 0; byte < 256; byte++) decodeTable[byte] = decode(byte);
  const encodeTable = new Uint8Array(65536);
  for (let sample = -32768; sample < 32768; sample++) encodeTable[sample & 0xffff] = encode(sample);
  return { name, payloadType, silence: encode(0), decodeTable, encodeTable };
}

export const muLaw: Law = makeLaw('PCMU', 0, muLawDecode, muLawEncode);
export const aLaw: Law = makeLaw('PCMA', 8, aLawDecode, aLawEncode);

/** Encodes all of `samples` into `bytes` from `offset` on, `stride` bytes apart. */
export function encode(
  law: Law,
  samples: Int16Array,
  bytes: Uint8Array,
  offset = 0,
  stride = 1,
): void {
  const table = law.encodeTable;
  for (let i = 0, at = offset; i < samples.length; i++, at += stride) {
    bytes[at] = table[samples[i]! & 0xffff]!;
  }
}

/** Decodes all of `bytes`. */
export function decode(law: Law, bytes: Uint8Array): Int16Array {
  const samples = new Int16Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    samples[i] = law.decodeTable[bytes[i]!]!;
  }
  return samples;
}
