import { SdpRefused } from './offer-answer.ts';

/** One a= line. `value` null: a property attribute, such as a=sendonly (RFC 4566 §5.13). */
export interface Attribute {
  name: string;
  value: string | null;
}

/** One m= line and what belongs to it (RFC 4566 §5.14). */
export interface MediaSection {
  /** audio, video, image … */
  media: string;
  /** 0: refused, or switched off. */
  port: number;
  /** RTP/AVP, RTP/SAVP … */
  protocol: string;
  formats: readonly string[];
  /** Of its own c= line; null: the session's counts. */
  address: string | null;
  attributes: readonly Attribute[];
}

/** A session description (RFC 4566), as far as telephony has a use for it. */
export interface Description {
  /** What stands behind o=. */
  origin: string;
  address: string | null;
  attributes: readonly Attribute[];
  media: readonly MediaSection[];
}

/** No telephone's description comes near: what is longer is meant to keep us busy. */
const LONGEST = 16_384;
const MOST_SECTIONS = 32;

interface Draft {
  address: string | null;
  attributes: Attribute[];
}

/**
 * Reads a description. Unknown lines, missing ones that we do not need (o=, s=, t=) and bare line
 * feeds are borne.
 * @throws SdpRefused malformed
 */
export function parseDescription(text: string): Description {
  if (text.length > LONGEST) throw malformed(`longer than ${LONGEST} characters`);
  const lines = text.split(/\r\n|\n|\r/).map((line) => line.trim());
  const first = lines.findIndex((line) => line !== '');
  if (lines[first] !== 'v=0') throw malformed('does not begin with v=0');
  const session: Draft & { origin: string } = { origin: '', address: null, attributes: [] };
  const media: (Omit<MediaSection, keyof Draft> & Draft)[] = [];
  for (const line of lines.slice(first + 1)) {
    const value = line.slice(2).trim();
    const part: Draft = media.at(-1) ?? session;
    if (line.startsWith('m='))
      media.push({ ...readMediaLine(value), address: null, attributes: [] });
    // The first address counts: several are layers of a multicast (§5.7).
    else if (line.startsWith('c=')) part.address ??= readConnection(value);
    else if (line.startsWith('a=')) part.attributes.push(readAttribute(value));
    else if (line.startsWith('o=')) session.origin = value;
  }
  if (media.length > MOST_SECTIONS) throw malformed(`more than ${MOST_SECTIONS} m= lines`);
  return { ...session, media };
}

export function writeDescription(description: Description): string {
  const { origin, address, attributes, media } = description;
  const lines = ['v=0', `o=${origin}`, 's=-'];
  if (address !== null) lines.push(writeConnection(address));
  lines.push('t=0 0', ...attributes.map(writeAttribute));
  for (const section of media) {
    const { protocol, formats } = section;
    lines.push(`m=${section.media} ${section.port} ${protocol} ${formats.join(' ')}`);
    if (section.address !== null) lines.push(writeConnection(section.address));
    lines.push(...section.attributes.map(writeAttribute));
  }
  return [...lines, ''].join('\r\n');
}

/** Address type and address, as o= and c= have them (RFC 4566 §5.7). */
export function addressWords(address: string): string {
  return `IN ${address.includes(':') ? 'IP6' : 'IP4'} ${address}`;
}

/** The value of the first such attribute; null when it has none, undefined when it is not there. */
export function attribute(
  { attributes }: { attributes: readonly Attribute[] },
  name: string,
): string | null | undefined {
  return attributes.find((one) => one.name === name)?.value;
}

export function malformed(why: string): SdpRefused {
  return new SdpRefused('malformed', `the session description is malformed: ${why}`);
}

function readMediaLine(value: string): Omit<MediaSection, keyof Draft> {
  const [media = '', ports = '', protocol = '', ...formats] = value.split(/ +/);
  // "49170/2" are several ports for a layered stream (§5.14); the first one is ours.
  const port = /^(\d{1,5})(?:\/\d+)?$/.exec(ports);
  if (port === null || Number(port[1]) > 65_535 || formats.length === 0) {
    throw malformed(`m=${value}`);
  }
  return { media: media.toLowerCase(), port: Number(port[1]), protocol, formats };
}

function readConnection(value: string): string {
  // A multicast address has its TTL behind a slash; telephones have none, yet it costs nothing.
  const [network, , address] = value.split(/ +/);
  if (network !== 'IN' || address === undefined) throw malformed(`c=${value}`);
  return address.split('/')[0]!;
}

function readAttribute(value: string): Attribute {
  const colon = value.indexOf(':');
  if (colon === -1) return { name: value, value: null };
  return { name: value.slice(0, colon), value: value.slice(colon + 1).trim() };
}

function writeConnection(address: string): string {
  return `c=${addressWords(address)}`;
}

function writeAttribute({ name, value }: Attribute): string {
  return value === null ? `a=${name}` : `a=${name}:${value}`;
}
