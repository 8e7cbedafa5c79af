import { describe, expect, it } from 'vitest';
import { createAudioSession } from './audio-session.ts';
import {
  answer,
  C,
  CAPTURES,
  CRYPTO_32,
  CRYPTO_80,
  KEY_1,
  KEY_2,
  OURS,
  PLAIN,
  refusal,
  sdp,
} from './captures.ts';
import { parseDescription } from './description.ts';
import type { OurMedia } from './offer-answer.ts';

describe('an offer of SRTP', () => {
  it('is made when the trunk requires it', () => {
    const optional = createAudioSession({ ...OURS, srtp: 'optional' });
    expect(optional.offer()).toContain('RTP/AVP ');
    expect(refusal(() => optional.accept(CAPTURES.twilio))).toBe('srtp_refused');
    const session = createAudioSession({ ...OURS, srtp: 'required' });
    const offer = parseDescription(session.offer());
    const cryptos = offer.media[0]!.attributes.filter(({ name }) => name === 'crypto');
    const lines = cryptos.map(({ value }) => value!.split(' '));
    expect(lines.map(([tag, suite]) => [tag, suite])).toEqual([
      ['1', 'AES_CM_128_HMAC_SHA1_80'],
      ['2', 'AES_CM_128_HMAC_SHA1_32'],
    ]);
    const second = sdp([C], ['m=audio 4000 RTP/SAVP 0', CRYPTO_32]);
    expect(session.accept(second).srtp).toEqual({
      suite: 'AES_CM_128_HMAC_SHA1_32',
      ours: lines[1]![2]!.slice('inline:'.length),
      theirs: KEY_2,
    });
    expect(refusal(() => session.accept(PLAIN))).toBe('srtp_required');
    expect(refusal(() => session.accept(sdp([C], ['m=audio 4000 RTP/SAVP 0'])))).toBe(
      'srtp_refused',
    );
  });

  it('is answered with a key of ours, which stays when the call is held', () => {
    const { session, sdp: said, flow } = answer(CAPTURES.twilio, { srtp: 'optional' });
    expect(flow.srtp).toMatchObject({ suite: 'AES_CM_128_HMAC_SHA1_80', theirs: KEY_1 });
    expect(Buffer.from(flow.srtp!.ours, 'base64')).toHaveLength(30);
    expect(said).toContain('m=audio 20000 RTP/SAVP 0 101\r\n');
    expect(said).toContain(`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${flow.srtp!.ours}\r\n`);
    expect(session.answer(CAPTURES.twilio).flow.srtp).toEqual(flow.srtp);
    expect(session.offer('sendonly')).toContain(`inline:${flow.srtp!.ours}\r\n`);
    const other = answer(CAPTURES.twilio, { srtp: 'optional' }).flow.srtp?.ours;
    expect(other).not.toBe(flow.srtp?.ours);
  });

  it('skips suites, keys and parameters that we do not speak', () => {
    const offer = (...cryptos: string[]): string =>
      sdp([C], ['m=audio 4000 RTP/SAVP 0', ...cryptos]);
    const foreign = [
      `a=crypto:1 AES_256_CM_HMAC_SHA1_80 inline:${KEY_1}${KEY_1}`,
      `a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:${KEY_1}|2^20|1:4`,
      `a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:${KEY_1} UNENCRYPTED_SRTP`,
      'a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:short',
      'a=crypto',
    ];
    const required = { srtp: 'required' } as const;
    const good = `a=crypto:7 AES_CM_128_HMAC_SHA1_32 inline:${KEY_2} WSH=64`;
    const said = answer(offer(...foreign, good), required);
    expect(said.flow.srtp).toMatchObject({ suite: 'AES_CM_128_HMAC_SHA1_32', theirs: KEY_2 });
    expect(said.sdp).toContain('a=crypto:7 AES_CM_128_HMAC_SHA1_32 inline:');
    expect(refusal(() => answer(offer(...foreign), required))).toBe('srtp_refused');
    expect(refusal(() => answer(PLAIN, required))).toBe('srtp_required');
  });

  it('and of plain RTP beside it is answered as safely as we may', () => {
    const both = sdp([C], ['m=audio 4000 RTP/AVP 0'], ['m=audio 4002 RTP/SAVP 0', CRYPTO_80]);
    const ports = (srtp: OurMedia['srtp']): number[] =>
      parseDescription(answer(both, { srtp }).sdp).media.map(({ port }) => port);
    expect(ports('off')).toEqual([20_000, 0]);
    expect(ports('optional')).toEqual([0, 20_000]);
    expect(ports('required')).toEqual([0, 20_000]);
  });
});
