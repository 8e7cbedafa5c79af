import { isIP } from 'node:net';
import { readCrypto, type Crypto } from './crypto.ts';
import { attribute, malformed, type Description, type MediaSection } from './description.ts';
import type { Direction } from './offer-answer.ts';

export type LawName = 'PCMU' | 'PCMA';

/** What one m=audio line says, in our terms. */
export interface Audio {
  /** Null: 0.0.0.0 or ::, the hold of RFC 2543: nothing may be sent there (RFC 3264 §8.4). */
  address: string | null;
  port: number;
  rtcpPort: number;
  protocol: string;
  /** Payload types of the laws, in their order. */
  laws: ReadonlyMap<LawName, number>;
  telephoneEvent: number | null;
  comfortNoise: number | null;
  /** As seen by the other side. */
  direction: Direction;
  cryptos: readonly Crypto[];
}

/** Formats that mean something without a=rtpmap (RFC 3551 §6). */
const STATIC_FORMATS: Record<string, string> = {
  '0': 'PCMU/8000',
  '8': 'PCMA/8000',
  '13': 'CN/8000',
};
const DIRECTIONS: readonly string[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];
const NOWHERE: readonly string[] = ['0.0.0.0', '::'];

/** @throws SdpRefused malformed */
export function readAudio(description: Description, section: MediaSection): Audio {
  const address = section.address ?? description.address;
  // A name would be legal (RFC 4566 §5.7), but who sends one cannot be told from who sprays.
  if (address === null || isIP(address) === 0)
    throw malformed(`no address in c=, but "${address}"`);
  const formats = readFormats(section);
  return {
    address: NOWHERE.includes(address) ? null : address,
    port: section.port,
    rtcpPort: readRtcpPort(section),
    protocol: section.protocol.toUpperCase(),
    laws: new Map(
      [...formats].filter(
        (one): one is [LawName, number] => one[0] === 'PCMU' || one[0] === 'PCMA',
      ),
    ),
    telephoneEvent: formats.get('TELEPHONE-EVENT') ?? null,
    comfortNoise: formats.get('CN') ?? null,
    direction: readDirection(section) ?? readDirection(description) ?? 'sendrecv',
    cryptos: section.attributes.flatMap(({ name, value }) => {
      const crypto = name === 'crypto' ? readCrypto(value) : null;
      return crypto === null ? [] : [crypto];
    }),
  };
}

/** Encoding names in their order, each with the first payload type that it has; 8 kHz mono only. */
function readFormats(section: MediaSection): Map<string, number> {
  const names = new Map<string, number>();
  const maps = new Map<string, string>();
  for (const { name, value } of section.attributes) {
    const map = name === 'rtpmap' ? /^(\d+) +(\S+)/.exec(value ?? '') : null;
    if (map !== null) maps.set(map[1]!, map[2]!);
  }
  for (const format of section.formats) {
    const type = Number(format);
    if (!/^\d{1,3}$/.test(format) || type > 127) continue;
    const encoding = /^([^/]+)\/8000(?:\/1)?$/.exec(
      maps.get(format) ?? STATIC_FORMATS[format] ?? '',
    );
    const name = encoding?.[1]?.toUpperCase();
    if (name !== undefined && !names.has(name)) names.set(name, type);
  }
  return names;
}

/** RFC 3605; else the next port (RFC 3550 §11). */
function readRtcpPort(section: MediaSection): number {
  const port = Number(/^\d+/.exec(attribute(section, 'rtcp') ?? '')?.[0]);
  return port > 0 && port <= 65_535 ? port : Math.min(section.port + 1, 65_535);
}

function readDirection(part: Pick<Description, 'attributes'>): Direction | null {
  const found = part.attributes.find(({ name }) => DIRECTIONS.includes(name));
  return (found?.name as Direction | undefined) ?? null;
}
