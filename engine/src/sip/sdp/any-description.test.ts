import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAudioSession } from './audio-session.ts';
import { CAPTURES, OURS, refusal } from './captures.ts';
import { parseDescription } from './description.ts';
import type { OurMedia } from './offer-answer.ts';

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
