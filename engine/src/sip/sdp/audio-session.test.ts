import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAudioSession } from './audio-session.ts';
import { parseDescription } from './description.ts';
import { SdpRefused, type OurMedia } from './offer-answer.ts';

const OURS: OurMedia = {
  address: '192.0.2.10',
  port: 20_000,
  laws: ['PCMU', 'PCMA'],
  srtp: 'off',
  sessionId: '4711',
};
const KEY_1 = 'WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';
const KEY_2 = 'PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR';

/** A description with this at session level and these sections, as they are on the wire. */
function sdp(session: string[], ...sections: string[][]): string {
  return [
    ...['v=0', 'o=- 1 1 IN IP4 198.51.100.1', 's=-', ...session, 't=0 0'],
    ...sections.flat(),
    '',
  ].join('\r\n');
}

const C = 'c=IN IP4 198.51.100.1';
const CRYPTO_80 = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_1}|2^20`;
const CRYPTO_32 = `a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:${KEY_2}`;
const PLAIN = sdp([C], ['m=audio 4000 RTP/AVP 8 0']);

/** The offers that we meet, as their makers write them. */
const CAPTURES = {
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

function answer(offer: string, ours: Partial<OurMedia> = {}): ReturnType<typeof answerOf> {
  return answerOf(offer, { ...OURS, ...ours });
}

function answerOf(offer: string, ours: OurMedia) {
  const session = createAudioSession(ours);
  return { session, ...session.answer(offer) };
}

function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof SdpRefused) return error.code;
    throw error;
  }
  return 'not refused';
}

describe('an answer', () => {
  it("takes the law that we like best, under the offer's payload types", () => {
    const { sdp: said, flow } = answer(CAPTURES.asterisk);
    expect(said).toBe(
      [
        'v=0',
        'o=offhook 4711 1 IN IP4 192.0.2.10',
        's=-',
        'c=IN IP4 192.0.2.10',
        't=0 0',
        'm=audio 20000 RTP/AVP 0 101',
        'a=rtpmap:0 PCMU/8000',
        'a=rtpmap:101 telephone-event/8000',
        'a=fmtp:101 0-15',
        'a=ptime:20',
        'a=sendrecv',
        '',
      ].join('\r\n'),
    );
    expect(flow).toEqual({
      remote: { address: '198.51.100.1', port: 15_288, rtcpPort: 15_289 },
      law: 'PCMU',
      payloadType: 0,
      telephoneEvent: 101,
      comfortNoise: null,
      sends: true,
      receives: true,
      srtp: null,
    });
    expect(answer(CAPTURES.asterisk, { laws: ['PCMA'] }).flow).toMatchObject({ law: 'PCMA' });
  });

  it('reads every common way to put it', () => {
    expect(answer(CAPTURES.rtpengine)).toMatchObject({
      flow: { remote: { port: 30_012, rtcpPort: 30_099 }, telephoneEvent: 96, comfortNoise: 13 },
      sdp: expect.not.stringContaining('rtcp-mux') as string,
    });
    expect(answer(CAPTURES.baresip).flow).toMatchObject({ law: 'PCMU', telephoneEvent: 101 });
    expect(answer(CAPTURES.cisco).flow).toMatchObject({ telephoneEvent: null, comfortNoise: 19 });
    // Static types need no a=rtpmap (RFC 3551 §6); bare line feeds are borne.
    expect(answer(PLAIN.replaceAll('\r', '')).flow).toMatchObject({ law: 'PCMU', payloadType: 0 });
    const dynamic = sdp([C], ['m=audio 4000 RTP/AVP 96', 'a=rtpmap:96 pcma/8000']);
    expect(answer(dynamic).flow).toMatchObject({ law: 'PCMA', payloadType: 96 });
    const six = sdp(['c=IN IP6 2001:db8::1'], ['m=audio 4000 RTP/AVP 0']);
    const { sdp: said, flow } = answer(six, { address: '2001:db8::2' });
    expect(flow.remote.address).toBe('2001:db8::1');
    expect(said).toContain('c=IN IP6 2001:db8::2\r\n');
  });

  it('refuses the sections it does not want, in their order (RFC 3264 §6)', () => {
    const offer = sdp(
      [C],
      ['m=video 5000 RTP/AVP 96 97', 'a=rtpmap:96 VP8/90000'],
      ['m=audio 0 RTP/AVP 0'],
      ['m=audio 4000 RTP/AVP 0'],
      ['m=audio 4002 RTP/AVP 8'],
      ['m=image 4004 udptl t38'],
    );
    expect(parseDescription(answer(offer).sdp).media).toMatchObject([
      { media: 'video', port: 0, protocol: 'RTP/AVP', formats: ['96', '97'] },
      { media: 'audio', port: 0 },
      { media: 'audio', port: 20_000, formats: ['0'] },
      { media: 'audio', port: 0 },
      { media: 'image', port: 0, protocol: 'udptl', formats: ['t38'] },
    ]);
  });

  it.each([
    ['a=sendonly', 'recvonly', { sends: false, receives: true }],
    ['a=recvonly', 'sendonly', { sends: true, receives: false }],
    ['a=inactive', 'inactive', { sends: false, receives: false }],
    ['c=IN IP4 0.0.0.0', 'recvonly', { sends: false, receives: true }],
  ])('to a hold by %s is %s', (hold, direction, flow) => {
    for (const offer of [
      sdp([C], ['m=audio 4000 RTP/AVP 0', hold]),
      sdp(hold.startsWith('c') ? [hold] : [C, hold], ['m=audio 4000 RTP/AVP 0']),
    ]) {
      const said = answer(offer);
      expect(said.flow).toMatchObject(flow);
      expect(said.sdp).toContain(`a=${direction}\r\n`);
    }
  });

  it('keeps on hold whom we hold, whatever they offer', () => {
    const { session } = answer(PLAIN);
    session.offer('sendonly');
    session.accept(sdp([C], ['m=audio 4000 RTP/AVP 0', 'a=recvonly']));
    expect(session.answer(PLAIN).flow).toMatchObject({ sends: true, receives: false });
    expect(session.answer(PLAIN).sdp).toContain('a=sendonly');
  });

  it('has a new version when it says something new, and only then', () => {
    const { session, sdp: first } = answer(PLAIN);
    const version = (said: string): string | undefined => said.split('\r\n')[1]?.split(' ')[2];
    expect(version(first)).toBe('1');
    expect(session.answer(PLAIN).sdp).toBe(first);
    expect(version(session.answer(`${PLAIN}a=sendonly\r\n`).sdp)).toBe('2');
    expect(version(session.offer())).toBe('3');
    expect(version(session.offer())).toBe('3');
  });

  it('refuses what it cannot agree to, and all stays as it was', () => {
    const { session, flow } = answer(PLAIN);
    const codes: [string, string][] = [
      ['', 'malformed'],
      ['v=1\r\n', 'malformed'],
      [sdp([], ['m=audio 4000 RTP/AVP 0']), 'malformed'],
      [sdp(['c=IN IP4 phone.example'], ['m=audio 4000 RTP/AVP 0']), 'malformed'],
      [sdp([C], ['m=audio 70000 RTP/AVP 0']), 'malformed'],
      [sdp([C], ['m=audio 4000 RTP/AVP']), 'malformed'],
      [sdp([C]), 'no_audio'],
      [sdp([C], ['m=audio 0 RTP/AVP 0']), 'no_audio'],
      [sdp([C], ['m=video 4000 RTP/AVP 0']), 'no_audio'],
      [sdp([C], ['m=audio 4000 RTP/AVP 18 9']), 'no_codec'],
      [sdp([C], ['m=audio 4000 RTP/AVP 0', 'a=rtpmap:0 PCMU/16000']), 'no_codec'],
      [sdp([C], ['m=audio 4000 UDP/TLS/RTP/SAVPF 0']), 'srtp_refused'],
      [sdp([C], ['m=audio 4000 RTP/SAVP 0', CRYPTO_80]), 'srtp_refused'],
      [`v=0\r\n${'a=x\r\n'.repeat(10_000)}`, 'malformed'],
    ];
    for (const [offer, code] of codes) expect(refusal(() => session.answer(offer))).toBe(code);
    expect(session.flow).toEqual(flow);
  });
});

describe('an offer', () => {
  it('says what we can do, and is answered', () => {
    const session = createAudioSession(OURS);
    expect(session.flow).toBeNull();
    expect(session.offer()).toBe(
      [
        'v=0',
        'o=offhook 4711 1 IN IP4 192.0.2.10',
        's=-',
        'c=IN IP4 192.0.2.10',
        't=0 0',
        'm=audio 20000 RTP/AVP 0 8 13 101',
        'a=rtpmap:0 PCMU/8000',
        'a=rtpmap:8 PCMA/8000',
        'a=rtpmap:13 CN/8000',
        'a=rtpmap:101 telephone-event/8000',
        'a=fmtp:101 0-15',
        'a=ptime:20',
        'a=sendrecv',
        '',
      ].join('\r\n'),
    );
    // An answer is in the order of who answers (RFC 3264 §6.1). Forks answer one by one.
    expect(session.accept(PLAIN)).toMatchObject({ law: 'PCMA', remote: { port: 4000 } });
    expect(session.accept(CAPTURES.cisco)).toMatchObject({ law: 'PCMU', telephoneEvent: null });
    expect(session.accept(CAPTURES.asterisk)).toMatchObject({ law: 'PCMA', telephoneEvent: 101 });
    expect(session.offer()).toContain('m=audio 20000 RTP/AVP 8 0 13 101\r\n');
    expect(() => createAudioSession(OURS).accept(PLAIN)).toThrow('no offer');
  });

  it('of a hold goes on with the payload types that were agreed (RFC 3264 §8.3.2)', () => {
    const { session } = answer(CAPTURES.rtpengine);
    const hold = session.offer('sendonly');
    expect(hold).toContain('m=audio 20000 RTP/AVP 0 8 13 96\r\n');
    expect(hold).toContain('a=sendonly');
    const held = session.accept(sdp([C], ['m=audio 4000 RTP/AVP 0', 'a=recvonly']));
    expect(held).toMatchObject({ sends: true, receives: false });
    // Some say sendrecv all the same: who holds does not listen.
    expect(session.accept(PLAIN)).toMatchObject({ sends: true, receives: false });
    session.offer();
    expect(session.accept(PLAIN)).toMatchObject({ sends: true, receives: true });
  });

  it('is as secure as the trunk wants it', () => {
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
});

describe('an offer of SRTP', () => {
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

describe('any description', () => {
  it('is answered or refused, and an answer fits its offer', () => {
    const captures = fc.constantFrom(...Object.values(CAPTURES));
    const change = fc.record({
      at: fc.nat(800),
      remove: fc.nat(12),
      insert: fc.oneof(
        fc.string({ maxLength: 12 }),
        fc.constantFrom('\r\n', 'm=audio 1 RTP/AVP 0\r\n', 'a=', ':', '0', ' ', '\0', '|1:4'),
      ),
    });
    fc.assert(
      fc.property(captures, fc.array(change, { maxLength: 6 }), (capture, changes) => {
        let offer = capture;
        for (const { at, remove, insert } of changes) {
          const from = at % offer.length;
          offer = offer.slice(0, from) + insert + offer.slice(from + remove);
        }
        const session = createAudioSession({ ...OURS, srtp: 'optional' });
        const code = refusal(() => {
          const said = parseDescription(session.answer(offer).sdp).media;
          const asked = parseDescription(offer).media;
          expect(said.map(({ media }) => media)).toEqual(asked.map(({ media }) => media));
          expect(said.filter(({ port }) => port > 0)).toHaveLength(1);
        });
        if (code !== 'not refused') expect(session.flow).toBeNull();
      }),
      { numRuns: 10_000 },
    );
  });

  it('of ours is understood by us, whatever both of us are', () => {
    const ours = fc.record({
      laws: fc.constantFrom<OurMedia['laws']>(['PCMU'], ['PCMA'], ['PCMA', 'PCMU']),
      srtp: fc.constantFrom<OurMedia['srtp']>('off', 'optional', 'required'),
      port: fc.integer({ min: 1, max: 65_534 }),
      address: fc.oneof(fc.ipV4(), fc.ipV6()),
    });
    fc.assert(
      fc.property(ours, ours, (one, other) => {
        const caller = createAudioSession({ ...OURS, ...one });
        const callee = createAudioSession({ ...OURS, ...other });
        const code = refusal(() => {
          const { sdp: said, flow } = callee.answer(caller.offer());
          const heard = caller.accept(said);
          expect(heard).toMatchObject({ law: flow.law, telephoneEvent: 101, comfortNoise: 13 });
          expect(heard.remote).toMatchObject({ port: other.port });
          expect(heard.srtp?.ours).toBe(flow.srtp?.theirs);
          expect(heard.srtp?.theirs).toBe(flow.srtp?.ours);
        });
        if (one.srtp === 'required' && other.srtp === 'off') expect(code).toBe('srtp_refused');
        else if (one.srtp !== 'required' && other.srtp === 'required')
          expect(code).toBe('srtp_required');
      }),
    );
  });
});
