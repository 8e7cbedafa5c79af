import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamCutter, type Cut } from './stream.ts';
import { SipSyntaxError } from './syntax-error.ts';

const short = 'OPTIONS sip:a SIP/2.0\r\nl: 3\r\n\r\nabc';
const bare = 'SIP/2.0 200 OK\r\nVia: x\r\n\r\n';
const ping = '\r\n\r\n';

function texts(cuts: Cut[]): string[] {
  return cuts.map((cut) => (cut.kind === 'ping' ? 'ping' : cut.bytes.toString()));
}

describe('a stream', () => {
  it('is cut into the same messages wherever it breaks', () => {
    const pieces = fc.array(fc.constantFrom(short, bare, ping), { maxLength: 6 });
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(200)), (sent, breaks) => {
        const stream = Buffer.from(sent.join(''));
        const cutter = new StreamCutter();
        const places = [
          ...new Set([0, ...breaks.map((at) => Math.min(at, stream.length)), stream.length]),
        ];
        places.sort((a, b) => a - b);
        const cuts = places
          .slice(1)
          .flatMap((to, i) => cutter.push(stream.subarray(places[i], to)));
        expect(texts(cuts)).toEqual(sent.map((piece) => (piece === ping ? 'ping' : piece)));
      }),
    );
  });

  it('may have a line break before a message (RFC 3261 §7.5)', () => {
    expect(texts(new StreamCutter().push(Buffer.from('\r\n' + short)))).toEqual([short]);
  });

  it('ends where nobody knows how long a message is', () => {
    const wrong = Buffer.from('OPTIONS sip:a SIP/2.0\r\nContent-Length: x\r\n\r\n');
    expect(() => new StreamCutter().push(wrong)).toThrow(SipSyntaxError);
  });

  it('ends where it does not even begin as SIP does', () => {
    expect(() => new StreamCutter().push(Buffer.from('160301', 'hex'))).toThrow('begin');
  });

  it('ends at a message that is too long, or never ends', () => {
    const long = Buffer.from('OPTIONS sip:a SIP/2.0\r\nContent-Length: 65536\r\n\r\n');
    expect(() => new StreamCutter().push(long)).toThrow('64 KB');
    const cutter = new StreamCutter();
    expect(() => {
      for (let sent = 0; sent < 100; sent += 1) cutter.push(Buffer.alloc(1000, 'a'));
    }).toThrow('64 KB');
  });
});
