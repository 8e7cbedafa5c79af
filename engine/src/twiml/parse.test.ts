import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTwiml } from './parse.ts';
import { TwimlProblem } from './problem.ts';

describe('TwiML', () => {
  it('is read with its attributes, text and entities', () => {
    const text = `<?xml version="1.0" encoding="UTF-8"?><!-- note -->
      <Response><Play loop="2"> https://a/?x=1&amp;y=&#50; </Play><Dial><Number/></Dial></Response>`;
    expect(parseTwiml(text)).toMatchObject([
      { name: 'Play', attributes: { loop: '2' }, children: [], text: 'https://a/?x=1&y=2' },
      {
        name: 'Dial',
        attributes: {},
        children: [{ name: 'Number', attributes: {}, children: [], text: '' }],
        text: '',
      },
    ]);
  });

  it('says what stands in a CDATA section as it is', () => {
    const text = '<Response><Say>At &amp; <![CDATA[AT&T <b> &amp;]]>!<![CDATA[]]></Say></Response>';
    const [say] = parseTwiml(text);
    expect(say).toMatchObject({ name: 'Say', children: [], text: 'At & AT&T <b> &amp;!' });
  });

  it.each([
    '',
    'hello',
    '<Response>',
    '<Response></Wrong>',
    '<Other/>',
    '<!DOCTYPE a><Response/>',
    '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><Response>&b;</Response>',
    '<Response>&unknown;</Response>',
    '<Response>&#0;</Response>',
    `<Response>${'<a>'.repeat(20)}${'</a>'.repeat(20)}</Response>`,
    `<Response>${' '.repeat(70_000)}</Response>`,
  ])('that cannot be trusted is refused: %#', (text) => {
    expect(() => parseTwiml(text)).toThrow(TwimlProblem);
  });

  it('never throws anything else, and never touches prototypes', () => {
    const bits = fc.constantFrom(
      '<',
      '>',
      '/',
      '&',
      ';',
      '"',
      '=',
      '!',
      '[',
      ']',
      '?',
      '-',
      'a',
      'Response',
      '__proto__',
      ' ',
      '<Response>',
      '</Response>',
      '<![CDATA[',
      ']]>',
      '#text',
      ':@',
    );
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 40 }), (parts) => {
        try {
          parseTwiml(parts.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(TwimlProblem);
        }
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});
