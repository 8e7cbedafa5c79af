import { isIPv6 } from 'node:net';
import type { Law } from '../audio/g711.ts';
import { aLaw, muLaw } from '../audio/g711.ts';
import type { Knock } from './knocks.ts';

/** What we need to know of a browser's audio section. */
export interface AudioSection {
  mid: string;
  law: Law;
  /** Payload type of telephone-event/8000 (RFC 4733), null if the browser has none. */
  telephoneEvent: number | null;
  ufrag: string;
  /** Without candidates: they are given one by one, when the transport is there. */
  sdp: string;
  candidates: string[];
}

/** Why we cannot work with a description, in words. */
export class SdpError extends Error {
  override name = 'SdpError';
}

/**
 * Reads the first audio section of an offer or answer (RFC 8866).
 * @throws SdpError without audio, or without G.711.
 */
export function readAudio(sdp: string): AudioSection {
  const lines = sdp.split(/\r\n|\n/).filter((line) => line !== '');
  if (lines[0] !== 'v=0') throw new SdpError('not a session description');
  const start = lines.findIndex((line) => line.startsWith('m=audio '));
  if (start === -1) throw new SdpError('no audio section');
  const next = lines.findIndex((line, index) => index > start && line.startsWith('m='));
  const section = lines.slice(start, next === -1 ? undefined : next);
  const session = lines.slice(
    0,
    lines.findIndex((line) => line.startsWith('m=')),
  );
  const value = (name: string): string | undefined =>
    [...section, ...session].find((line) => line.startsWith(`a=${name}:`))?.slice(name.length + 3);
  const mid = value('mid');
  const ufrag = value('ice-ufrag');
  if (mid === undefined || ufrag === undefined) throw new SdpError('no mid or no ice-ufrag');
  const formats = section[0]!.split(' ').slice(3).map(Number);
  const law = [muLaw, aLaw].find((one) => formats.includes(one.payloadType));
  if (law === undefined) throw new SdpError('neither PCMU nor PCMA is offered');
  const event = section.find((line) => /^a=rtpmap:\d+ telephone-event\/8000\b/i.test(line));
  const isCandidate = (line: string): boolean =>
    line.startsWith('a=candidate:') || line === 'a=end-of-candidates';
  return {
    mid,
    law,
    telephoneEvent: event === undefined ? null : Number(/\d+/.exec(event)?.[0]),
    ufrag,
    sdp: [...lines.filter((line) => !isCandidate(line)), ''].join('\r\n'),
    candidates: section.filter((line) => line.startsWith('a=candidate:')),
  };
}

/**
 * Adds host candidates (RFC 8839 §5.1) for `addresses` that are not in the description yet: all
 * addresses share our one port. Those added come last, in the order given.
 */
export function addHostCandidates(sdp: string, addresses: readonly string[], port: number): string {
  const lines = sdp.split('\r\n');
  const known = new Set(lines.filter((line) => line.startsWith('a=candidate:')).map(addressOf));
  const added = addresses
    .filter((address) => !known.has(address))
    .map((address, index) => {
      const localPreference = 1024 - index - (isIPv6(address) ? 128 : 0);
      const priority = 126 * 2 ** 24 + localPreference * 2 ** 8 + 255;
      return `a=candidate:${100 + index} 1 UDP ${priority} ${address} ${port} typ host`;
    });
  const end = lines.indexOf('a=end-of-candidates');
  const at = end === -1 ? lines.length - 1 : end;
  return [...lines.slice(0, at), ...added, ...lines.slice(at)].join('\r\n');
}

/**
 * A remote candidate for where a check came from: a peer-reflexive one by its priority (RFC 8445
 * §5.1.2.2), the earlier ones first. By its type it is not, because the library learns those from
 * packets only, and knows no such word in a description.
 */
export function reflexiveCandidate({ address, port }: Knock, index: number): string {
  const priority = 110 * 2 ** 24 + (65_535 - index) * 2 ** 8 + 255;
  return `a=candidate:${200 + index} 1 UDP ${priority} ${address} ${port} typ host`;
}

function addressOf(candidate: string): string | undefined {
  return candidate.split(' ')[4];
}
