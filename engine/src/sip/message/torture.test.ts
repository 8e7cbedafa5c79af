import { describe, expect, it } from 'vitest';
import { randomFrom } from '../transport/lossy-wire.ts';
import { contactsOf, cseqOf, fromOf, tagOf, toOf } from './fields.ts';
import { parseMessage } from './parse.ts';
import { SipSyntaxError } from './syntax-error.ts';
import { topVia } from './via.ts';
import { writeMessage } from './write.ts';

const USUAL = {
  Via: 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1',
  From: '<sip:ada@example.com>;tag=1',
  To: '<sip:bob@example.com>',
  'Call-ID': '1@192.0.2.1',
  CSeq: '1 OPTIONS',
  'Content-Length': '0',
};

/** A message of lines; what is given replaces the usual headers of that name, null leaves one out. */
function lines(first: string, changes: Record<string, string | null> = {}, body = ''): Buffer {
  const head = Object.entries({ ...USUAL, ...changes })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${first}\r\n${head.join('')}\r\n${body}`);
}

const OPTIONS = 'OPTIONS sip:bob@example.com SIP/2.0';

/** RFC 4475 §3.1.1.1, letter by letter. */
const WILD = `INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0
TO :
 sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n
from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>
  ;
  tag = 98asjd8
MaX-fOrWaRdS: 0068
Call-ID: wsinv.ndaksdj@192.0.2.1
Content-Length   : 150
cseq: 0009
  INVITE
Via  : SIP  /   2.0
 /UDP
    192.0.2.2;branch=390skdjuw
s :
NewFangledHeader:   newfangled value
 continued newfangled value
UnknownHeaderWithUnusualValue: ;;,,;;,;
Content-Type: application/sdp
Route:
 <sip:services.example.com;lr;unknownwith=value;unknown-no-value>
v:  SIP  / 2.0  / TCP     spindle.example.com   ;
  branch  =   z9hG4bK9ikj8  ,
 SIP  /    2.0   / UDP  192.168.255.111   ; branch=
 z9hG4bK30239
m:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =
      newvalue ;
  secondparam ; q = 0.33

`.replaceAll('\n', '\r\n');

describe('messages that are strange and right (RFC 4475 §3.1.1)', () => {
  it('wsinv: folded, spaced, compact, in any case', () => {
    const read = parseMessage(Buffer.from(WILD + 'v'.repeat(150)));
    expect(read).toMatchObject({ kind: 'request', method: 'INVITE' });
    expect(cseqOf(read)).toEqual({ number: 9, method: 'INVITE' });
    expect(tagOf(toOf(read))).toBe('1918181833n');
    expect(fromOf(read)).toMatchObject({ display: 'J Rosenberg \\"' });
    expect(read.headers.get('NewFangledHeader')).toBe(
      'newfangled value continued newfangled value',
    );
    expect(read.headers.get('Subject')).toBe('');
    expect(topVia(read.headers)).toMatchObject({ transport: 'UDP', host: '192.0.2.2', port: null });
    const [contact] = contactsOf(read);
    expect([...contact!.parameters]).toEqual([
      ['newparam', 'newvalue'],
      ['secondparam', null],
      ['q', '0.33'],
    ]);
    expect(contact!.display).toBe('Quoted string ""');
    expect(read.body).toHaveLength(150);
  });

  it('intmeth: a method of every character that a token may have', () => {
    const method = "!interesting-Method0123456789_*+`.%indeed'~";
    const user = "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*";
    const uri = `sip:${user}:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com`;
    const read = parseMessage(
      lines(`${method} ${uri} SIP/2.0`, {
        CSeq: `139122385 ${method}`,
        'Call-ID': 'intmeth.word%ZK-!.*_+\'@word`~)(><:\\/"][?}{',
        To: '"BEL:\\\u0007 NUL:\\\u0000 DEL:\\\u007f" <sip:1_unusual.URI~(to-be!sure)@example.com>',
        From: "token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"работающий\";tag=_token~1'+`*%!-.",
      }),
    );
    expect(read).toMatchObject({ method, uri: { user } });
    expect(toOf(read).display).toBe('BEL:\u0007 NUL:\u0000 DEL:\u007f');
    expect(tagOf(fromOf(read))).toBe("_token~1'+`*%!-.");
  });

  it('esc01, escnull: escapes are characters, but not where they would part something', () => {
    const read = parseMessage(
      lines('OPTIONS sip:sips%3Auser%40example.com@example.net SIP/2.0', {
        To: 'sip:%75se%72@example.com',
        Contact: '<sip:null-%00-null@host5.example.com>, <sip:cal%6Cer@192.0.2.2;%6C%72>',
      }),
    );
    expect(read).toMatchObject({ uri: { user: 'sips:user@example.com' } });
    expect(toOf(read).uri.user).toBe('user');
    expect(contactsOf(read).map(({ uri }) => uri.user)).toEqual(['null-\0-null', 'caller']);
    expect([...contactsOf(read)[1]!.uri.parameters]).toEqual([['lr', null]]);
  });

  it('lwsdisp: no space between display name and address', () => {
    const read = parseMessage(lines(OPTIONS, { From: 'caller<sip:caller@example.com>;tag=323' }));
    expect(fromOf(read)).toMatchObject({ display: 'caller', uri: { user: 'caller' } });
  });

  it('longreq: thousands of characters', () => {
    const long = 'a'.repeat(9000);
    const read = parseMessage(
      lines(OPTIONS, { From: `"${long}" <sip:${long}@example.com>;tag=1` }),
    );
    expect(fromOf(read).display).toHaveLength(9000);
  });

  it('dblreq: what is behind the body is ignored', () => {
    expect(
      parseMessage(lines(OPTIONS, { 'Content-Length': '2' }, 'abINVITE')).body.toString(),
    ).toBe('ab');
  });

  it('semiuri, transports, unreason, noreason', () => {
    const read = parseMessage(lines('OPTIONS sip:user;par=u%40example.net@example.com SIP/2.0'));
    expect(read).toMatchObject({ uri: { user: 'user;par=u@example.net' } });
    const vias = ['UDP t1.example', 'SCTP t2.example', 'TLS t3.example', 'UNKNOWN t4.example'];
    for (const via of vias) parseMessage(lines(OPTIONS, { Via: `SIP/2.0/${via};branch=z9hG4bK1` }));
    const reason = '= 2**3 * 5**2 но сто девяносто девять - простое';
    expect(parseMessage(lines(`SIP/2.0 200 ${reason}`))).toMatchObject({ status: 200, reason });
    expect(parseMessage(lines('SIP/2.0 100 '))).toMatchObject({ status: 100, reason: '' });
    expect(parseMessage(lines('SIP/2.0 100'))).toMatchObject({ status: 100, reason: '' });
  });

  it('has lone line feeds, and no Content-Length', () => {
    const text = lines(OPTIONS, { 'Content-Length': null }, 'rest').toString().replaceAll('\r', '');
    expect(parseMessage(Buffer.from(text)).body.toString()).toBe('rest');
  });
});

describe('messages that are wrong (RFC 4475 §3.1.2, §3.3) are refused:', () => {
  it.each<[string, Buffer, number?]>([
    ['badinv01: no host in Via', lines(OPTIONS, { Via: 'SIP/2.0/UDP ;;,;,,' })],
    ['clerr: a body shorter than promised', lines(OPTIONS, { 'Content-Length': '9999' }, 'v=0')],
    ['ncl: a negative length', lines(OPTIONS, { 'Content-Length': '-999' })],
    ['scalar02: numbers too large', lines(OPTIONS, { CSeq: '36893488147419103232 OPTIONS' })],
    ['scalarlg: 2³¹', lines(OPTIONS, { CSeq: '2147483648 OPTIONS' })],
    [
      'quotbal: a quote not closed',
      lines(OPTIONS, { To: '"Mr. J. User <sip:j.user@example.com>' }),
    ],
    ['ltgtruri: brackets around the URI', lines('OPTIONS <sip:bob@example.com> SIP/2.0')],
    ['lwsruri: spaces in the URI', lines('OPTIONS sip:bob@example.com; lr SIP/2.0')],
    ['lwsstart: two spaces', lines('OPTIONS  sip:bob@example.com SIP/2.0')],
    ['trws: a space at the end', lines(`${OPTIONS} `)],
    ['a wrong escape in the URI', lines('OPTIONS sip:b%ob@example.com SIP/2.0')],
    ['a line that is no header', lines(OPTIONS, { 'Da te': 'x' })],
    ['regbadct: an address beyond repair', lines(OPTIONS, { Contact: '<sip:a@b.example' })],
    ['badaspec', lines(OPTIONS, { To: '"Watson, Thomas" < sip:t.watson@example.org >' })],
    ['baddn', lines(OPTIONS, { From: 'Watson, Thomas <sip:t.watson@example.org>;tag=1' })],
    ['badvers', lines('OPTIONS sip:bob@example.com SIP/7.0'), 505],
    ['mismatch01: CSeq of another method', lines(OPTIONS, { CSeq: '8 INVITE' })],
    ['mismatch02: CSeq of an unknown method', lines('NEWMETHOD sip:bob@example.com SIP/2.0')],
    ['bigcode', lines('SIP/2.0 4294967301 better not break the receiver')],
    ['insuf: no From', lines(OPTIONS, { From: null })],
    ['no Via', lines(OPTIONS, { Via: null })],
    ['unkscm', lines('OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0'), 416],
    ['multi01: two Call-IDs', lines(OPTIONS, { 'Call-ID': '1\r\nCall-ID: 2' })],
    ['mcl01: two lengths', lines(OPTIONS, { 'Content-Length': '1\r\nl: 5' }, 'abcde')],
    ['a line break in the middle', lines(OPTIONS, { Subject: 'a\rb' })],
    ['no end of the headers', lines(OPTIONS).subarray(0, -2)],
    ['nothing', Buffer.alloc(0)],
    ['300 headers', lines(OPTIONS, { 'X-A': '1' + '\r\nX-B: 2'.repeat(300) })],
    ['33 KB of headers', lines(OPTIONS, { 'X-A': 'a'.repeat(33_000) })],
    ['more than 64 KB', lines(OPTIONS, { 'Content-Length': null }, 'a'.repeat(65_536))],
  ])('%s', (_name, bytes, status = 400) => {
    expect(() => parseMessage(bytes)).toThrow(
      expect.objectContaining({ name: 'SipSyntaxError', status }),
    );
  });
});

describe('ten thousand broken datagrams', () => {
  const seeds: Buffer[] = [
    Buffer.from(WILD + 'v'.repeat(150)),
    lines(OPTIONS, { Contact: '"A \\" B" <sip:a@[::1]:5060;x=y>;expires=3, *' }),
    lines('SIP/2.0 401 Unauthorized', { 'WWW-Authenticate': 'Digest realm="a", nonce="b"' }),
  ];

  it('are messages, or are refused with a reason; whatever is one can be written', () => {
    const random = randomFrom(4475);
    const pick = (below: number) => Math.floor(random() * below);
    const outcomes = { read: 0, refused: 0 };
    for (let run = 0; run < 10_000; run += 1) {
      let bytes = seeds[pick(seeds.length)]!;
      for (let changes = 1 + pick(4); changes > 0; changes -= 1) bytes = mutate(bytes, pick);
      try {
        const read = parseMessage(bytes);
        outcomes.read += 1;
        // The promise of `parseMessage`: no reader throws on what it has let through.
        fromOf(read);
        toOf(read);
        cseqOf(read);
        contactsOf(read);
        topVia(read.headers);
        expect(parseMessage(writeMessage(read)).body.equals(read.body)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(SipSyntaxError);
        outcomes.refused += 1;
      }
    }
    expect(outcomes.read).toBeGreaterThan(500);
    expect(outcomes.refused).toBeGreaterThan(500);
  });
});

/** Another byte, a part left out, a part twice, or a cut. */
function mutate(bytes: Buffer, pick: (below: number) => number): Buffer {
  const at = pick(bytes.length + 1);
  const to = Math.min(bytes.length, at + pick(20));
  switch (pick(4)) {
    case 0: {
      const changed = Buffer.from(bytes);
      if (at < changed.length) changed[at] = pick(256);
      return changed;
    }
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
    default:
      return bytes.subarray(0, bytes.length - pick(30));
  }
}
