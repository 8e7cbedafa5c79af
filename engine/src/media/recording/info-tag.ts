/**
 * The "Info" frame in front of a constant-bit-rate MP3 (Xing header with LAME's extension): how
 * many frames, how many bytes, and how many samples at both ends are the encoder's own. Players
 * that read it, and all browsers do, play exactly the samples that went in.
 * Layout: http://gabriel.mp3-tech.org/mp3infotag.html
 */
export interface InfoTag {
  /** The first four bytes of any sound frame of the file. */
  header: Buffer;
  frameBytes: number;
  channels: 1 | 2;
  bitrateKbps: number;
  frames: number;
  /** Bytes of all sound frames, and their CRC-16. */
  soundBytes: number;
  soundCrc: number;
  /** Samples before the first of ours (0–4095), and after the last of ours. */
  delay: number;
  padding: number;
}

/** Low-sampling-rate Layer III side information (ISO/IEC 13818-3), which the tag follows. */
const SIDE_INFO_BYTES = { 1: 9, 2: 17 } as const;

export function infoFrame(tag: InfoTag): Buffer {
  const frame = Buffer.alloc(tag.frameBytes);
  tag.header.copy(frame, 0, 0, 4);
  const at = 4 + SIDE_INFO_BYTES[tag.channels];
  const allBytes = tag.frameBytes + tag.soundBytes;
  frame.write('Info', at, 'latin1');
  frame.writeUInt32BE(0x0f, at + 4); // frames, bytes, table of contents and quality follow
  frame.writeUInt32BE(tag.frames, at + 8);
  frame.writeUInt32BE(allBytes, at + 12);
  for (let i = 0; i < 100; i++) frame[at + 16 + i] = Math.floor((i * 256) / 100);
  frame.writeUInt32BE(0, at + 116);
  frame.write('LAME3.100', at + 120, 'latin1');
  frame[at + 129] = 0x01; // tag revision 0, constant bit rate
  frame[at + 140] = tag.bitrateKbps;
  frame.writeUIntBE((tag.delay << 12) | tag.padding, at + 141, 3);
  frame.writeUInt32BE(allBytes, at + 148);
  frame.writeUInt16BE(tag.soundCrc, at + 152);
  frame.writeUInt16BE(crc16(frame.subarray(0, at + 154), 0), at + 154);
  return frame;
}

const CRC_TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  return crc;
});

/** CRC-16 as LAME counts it: polynomial 0x8005 reflected. Begin with 0, go on with the result. */
export function crc16(bytes: Uint8Array, crc: number): number {
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff]! ^ (crc >> 8);
  return crc;
}
