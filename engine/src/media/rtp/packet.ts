/**
 * RTP packets (RFC 3550 §5.1). We send the twelve-byte header only; we read all that peers may
 * send: contributing sources, header extensions, padding.
 */
export interface RtpPacket {
  payloadType: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
  /** A view into the datagram. */
  payload: Uint8Array;
}

export const RTP_HEADER_BYTES = 12;

/**
 * RTP and RTCP share a port (RFC 5761 §4): packet types 192–223 are RTCP, which as RTP would be
 * payload types 64–95 with a marker.
 */
export function isRtcp(datagram: Uint8Array): boolean {
  const type = datagram[1] ?? 0;
  return type >= 192 && type <= 223;
}

/**
 * Where the payload begins, behind contributing sources and header extension; null when it is not
 * RTP.
 */
export function rtpPayloadStart(datagram: Uint8Array): number | null {
  const first = datagram[0];
  if (first === undefined || datagram.length < RTP_HEADER_BYTES || first >> 6 !== 2) return null;
  let start = RTP_HEADER_BYTES + 4 * (first & 0x0f);
  if ((first & 0x10) !== 0) {
    if (start + 4 > datagram.length) return null;
    start += 4 + 4 * readUint16(datagram, start + 2);
  }
  return start > datagram.length ? null : start;
}

/** Null when it is not RTP. Never throws. */
export function parseRtp(datagram: Uint8Array): RtpPacket | null {
  const start = rtpPayloadStart(datagram);
  if (start === null) return null;
  const first = datagram[0]!;
  const second = datagram[1]!;
  let end = datagram.length;
  if ((first & 0x20) !== 0) {
    const padding = datagram[end - 1]!;
    if (padding === 0) return null;
    end -= padding;
  }
  if (start > end) return null;
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequence: readUint16(datagram, 2),
    timestamp: readUint32(datagram, 4),
    ssrc: readUint32(datagram, 8),
    payload: datagram.subarray(start, end),
  };
}

export interface RtpHeader {
  payloadType: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
}

/** Writes the twelve header bytes to the front of `out`. */
export function writeRtpHeader(header: RtpHeader, out: Uint8Array): void {
  out[0] = 0x80;
  out[1] = (header.marker ? 0x80 : 0) | (header.payloadType & 0x7f);
  out[2] = header.sequence >> 8;
  out[3] = header.sequence;
  writeUint32(header.timestamp, out, 4);
  writeUint32(header.ssrc, out, 8);
}

export function readUint16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function readUint32(bytes: Uint8Array, at: number): number {
  return ((readUint16(bytes, at) << 16) | readUint16(bytes, at + 2)) >>> 0;
}

export function writeUint32(value: number, out: Uint8Array, at: number): void {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
}
