import { createAudioSession } from './audio-session.ts';
import { SdpRefused, type AudioSession, type OurMedia } from './offer-answer.ts';

export const OURS: OurMedia = {
  address: '192.0.2.10',
  port: 20_000,
  laws: ['PCMU', 'PCMA'],
  srtp: 'off',
  sessionId: '4711',
};
export const KEY_1 = 'WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';
export const KEY_2 = 'PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR';

/** A description with this at session level and these sections, as they are on the wire. */
export function sdp(session: string[], ...sections: string[][]): string {
  return [
    ...['v=0', 'o=- 1 1 IN IP4 198.51.100.1', 's=-', ...session, 't=0 0'],
    ...sections.flat(),
    '',
  ].join('\r\n');
}

export const C = 'c=IN IP4 198.51.100.1';
export const CRYPTO_80 = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_1}|2^20`;
export const CRYPTO_32 = `a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:${KEY_2}`;
export const PLAIN = sdp([C], ['m=audio 4000 RTP/AVP 8 0']);

/** The offers that we meet, as their makers write them. */
export const CAPTURES = {
  asterisk: sdp(
    [C],
    [
      'm=audio 15288 RTP/AVP 8 0 101',
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-16',
      'a=ptime:20',
      'a=maxptime:140',
      'a=sendrecv',
    ],
  ),
  rtpengine: sdp(
    [],
    [
      'm=audio 30012 RTP/AVP 0 8 13 96',
      C,
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:96 telephone-event/8000',
      'a=sendrecv',
      'a=rtcp:30099',
      'a=rtcp-mux',
      'a=ptime:20',
    ],
  ),
  baresip: sdp(
    [C, 'a=tool:baresip 1.0.0'],
    [
      'm=audio 11318 RTP/AVP 96 97 8 0 101',
      'b=AS:125',
      'a=rtpmap:96 opus/48000/2',
      'a=rtpmap:97 telephone-event/48000',
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-15',
      'a=rtcp:11319',
      'a=sendrecv',
      'a=label:1',
      'a=ssrc:2964116842 cname:sip:a@b',
      'a=ptime:20',
    ],
  ),
  cisco: sdp(
    [C],
    [
      'm=audio 17000 RTP/AVP 18 0 100 19',
      C,
      'a=rtpmap:18 G729/8000',
      'a=fmtp:18 annexb=no',
      'a=rtpmap:0 PCMU/8000/1',
      'a=rtpmap:100 X-NSE/8000',
      'a=fmtp:100 192-194',
      'a=rtpmap:19 CN/8000',
    ],
    ['m=video 17002 RTP/AVP 97', 'a=rtpmap:97 H264/90000', 'a=inactive'],
  ),
  twilio: sdp(
    ['c=IN IP4 198.51.100.1'],
    [
      'm=audio 13842 RTP/SAVP 0 8 101',
      CRYPTO_80,
      CRYPTO_32,
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-16',
      'a=ptime:20',
    ],
  ),
};

/** A session that has answered this offer, and what it said. */
export function answer(
  offer: string,
  ours: Partial<OurMedia> = {},
): { session: AudioSession } & ReturnType<AudioSession['answer']> {
  const session = createAudioSession({ ...OURS, ...ours });
  return { session, ...session.answer(offer) };
}

/** The code of the refusal that this ends in. */
export function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof SdpRefused) return error.code;
    throw error;
  }
  return 'not refused';
}
