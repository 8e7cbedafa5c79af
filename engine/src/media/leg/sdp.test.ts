import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aLaw, muLaw } from '../audio/g711.ts';
import { addHostCandidates, readAudio, reflexiveCandidate, SdpError } from './sdp.ts';

const OFFER = [
  'v=0',
  'o=- 1 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 0 8 13 110 126',
  'c=IN IP4 0.0.0.0',
  'a=ice-ufrag:qnqn',
  'a=mid:0',
  'a=candidate:1 1 udp 1 192.0.2.7 5000 typ host',
  'a=end-of-candidates',
  'a=rtpmap:111 opus/48000/2',
  'a=rtpmap:110 telephone-event/48000',
  'a=rtpmap:126 telephone-event/8000',
  '',
].join('\r\n');

describe('an offer', () => {
  it('is read: law, keys, identity, candidates', () => {
    const audio = readAudio(OFFER);
    expect(audio).toMatchObject({ mid: '0', law: muLaw, telephoneEvent: 126, ufrag: 'qnqn' });
    expect(audio.candidates).toEqual(['a=candidate:1 1 udp 1 192.0.2.7 5000 typ host']);
    expect(audio.sdp).not.toContain('candidate');
    expect(audio.sdp.endsWith('telephone-event/8000\r\n')).toBe(true);
  });

  it('with A-law only is taken as such, without keys too', () => {
    const sdp = OFFER.replace('111 0 8', '111 8').replace(/a=rtpmap:126.*\r\n/, '');
    expect(readAudio(sdp)).toMatchObject({ law: aLaw, telephoneEvent: null });
  });

  it('may have its ice-ufrag at session level', () => {
    const sdp = OFFER.replace('a=ice-ufrag:qnqn\r\n', '').replace(
      't=0 0',
      't=0 0\r\na=ice-ufrag:x',
    );
    expect(readAudio(sdp).ufrag).toBe('x');
  });

  it('that we cannot serve is refused in words', () => {
    expect(() => readAudio(OFFER.replace('111 0 8', '111'))).toThrow('neither PCMU nor PCMA');
    expect(() => readAudio(OFFER.replace('m=audio', 'm=video'))).toThrow('no audio');
    expect(() => readAudio(OFFER.replace('a=mid:0\r\n', ''))).toThrow('no mid');
    expect(() => readAudio('hello')).toThrow('not a session description');
  });

  it('of any lines is read or refused', () => {
    const line = fc.constantFrom(...OFFER.split('\r\n'), 'm=', 'a=', 'm=audio ', 'a=mid:', 'x');
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        try {
          readAudio(['v=0', ...lines].join('\r\n'));
        } catch (error) {
          expect(error).toBeInstanceOf(SdpError);
        }
      }),
    );
  });
});

it('adds the addresses that are missing, before the end', () => {
  const sdp = addHostCandidates(OFFER, ['192.0.2.7', '203.0.113.5', '127.0.0.1'], 3478);
  const candidates = sdp.split('\r\n').filter((line) => line.includes('candidate'));
  expect(candidates).toHaveLength(4);
  expect(candidates[1]).toMatch(/^a=candidate:\d+ 1 UDP \d+ 203.0.113.5 3478 typ host$/);
  expect(candidates[2]).toContain(' 127.0.0.1 3478 ');
  expect(candidates[3]).toBe('a=end-of-candidates');
});

it('looks for a browser where it knocked, first where it knocked first', () => {
  const [first, second] = [
    { address: '192.0.2.7', port: 4000 },
    { address: 'fd00::7', port: 4001 },
  ].map(reflexiveCandidate);
  const priority = (candidate = ''): number => Number(candidate.split(' ')[3]);
  expect(first).toMatch(/^a=candidate:\d+ 1 UDP \d+ 192.0.2.7 4000 typ host$/);
  expect(second).toContain(' fd00::7 4001 ');
  expect(priority(first)).toBeGreaterThan(priority(second));
});
