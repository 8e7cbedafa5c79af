import { describe, expect, it } from 'vitest';
import { createAudioSession } from './audio-session.ts';
import { answer, C, CAPTURES, CRYPTO_80, OURS, PLAIN, refusal, sdp } from './captures.ts';
import { parseDescription } from './description.ts';

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
});
