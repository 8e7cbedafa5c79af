import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNameAddress, parseNameAddresses, writeNameAddress } from './address.ts';
import {
  contactsOf,
  cseqOf,
  expiresOf,
  fromOf,
  requires,
  supports,
  tagOf,
  toOf,
} from './fields.ts';
import { Headers } from './headers.ts';
import { bareRequest, responseTo } from './make.ts';
import type { NameAddress, SipMessage, SipRequest, SipUri } from './message.ts';
import { parseMessage } from './parse.ts';
import { parseUri, writeUri } from './uri.ts';
import { parseVia, replaceTopVia, topVia, writeVia } from './via.ts';
import { writeMessage } from './write.ts';

const words = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
const host = fc.oneof(fc.domain(), fc.ipV4(), fc.constantFrom('2001:db8::1', '::1'));
const port = fc.option(fc.integer({ min: 1, max: 65_535 }));
const text = fc.string({ minLength: 1, unit: 'grapheme' });
const parametersOf = (value: fc.Arbitrary<string>) =>
  fc.array(fc.tuple(words, fc.option(value)), { maxLength: 3 }).map((pairs) => new Map(pairs));

const sipUri: fc.Arbitrary<SipUri> = fc.record({
  scheme: fc.constantFrom('sip', 'sips'),
  user: fc.option(text),
  host,
  port,
  parameters: parametersOf(text),
});
const telUri: fc.Arbitrary<SipUri> = fc.record({
  scheme: fc.constant('tel'),
  user: fc.stringMatching(/^\+[0-9]{3,15}$/),
  host: fc.constant(''),
  port: fc.constant(null),
  parameters: parametersOf(text),
});
const uri = fc.oneof(sipUri, telUri);
/** What may stand between quotes: everything but line breaks. */
const quotable = text.filter((one) => !/[\r\n]/.test(one));
const address: fc.Arbitrary<NameAddress> = fc.record({
  display: fc.option(quotable),
  uri,
  parameters: parametersOf(quotable),
});
const value = fc
  .string({ unit: 'grapheme' })
  .map((one) => one.replace(/[\r\n]/g, '').trim())
  .filter((one) => one !== '');

const message: fc.Arbitrary<SipMessage> = fc
  .record({
    method: fc.constantFrom('INVITE', 'OPTIONS', 'BYE', 'X-NEW'),
    status: fc.option(fc.integer({ min: 100, max: 699 })),
    uri,
    from: address,
    to: address,
    contacts: fc.array(address, { maxLength: 2 }),
    others: fc.array(fc.tuple(words, value), { maxLength: 4 }),
    body: fc.uint8Array({ maxLength: 100 }),
  })
  .map(({ method, status, uri, from, to, contacts, others, body }) => {
    const headers = new Headers()
      .append('Via', 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1')
      .append('From', writeNameAddress(from))
      .append('To', writeNameAddress(to))
      .append('Call-ID', 'a84b4c76e66710@192.0.2.1')
      .append('CSeq', `314159 ${method}`);
    if (contacts.length > 0) headers.append('Contact', contacts.map(writeNameAddress).join(', '));
    for (const [name, value] of others) headers.append(`X-${name}`, value);
    const content = { headers, body: Buffer.from(body) };
    return status === null
      ? { kind: 'request', method, uri, ...content }
      : { kind: 'response', status, reason: 'So so', ...content };
  });

describe('what is written is read again', () => {
  it('as a message', () => {
    fc.assert(
      fc.property(message, (sent) => {
        const read = parseMessage(writeMessage(sent));
        const length = String(sent.body.length);
        expect([...read.headers]).toEqual([
          ...sent.headers.copy().append('Content-Length', length),
        ]);
        expect({ ...read, headers: null }).toEqual({ ...sent, headers: null });
      }),
    );
  });

  it('as an address', () => {
    fc.assert(
      fc.property(fc.array(address, { minLength: 1, maxLength: 3 }), (addresses) => {
        const written = addresses.map(writeNameAddress);
        expect(parseNameAddresses(written.join(','))).toEqual(addresses);
        expect(written.map(parseNameAddress)).toEqual(addresses);
      }),
    );
  });

  it('as a URI', () => {
    fc.assert(
      fc.property(uri, (one) => {
        expect(parseUri(writeUri(one))).toEqual(one);
      }),
    );
  });

  it('as a Via', () => {
    const via = fc.record({
      transport: fc.constantFrom('UDP', 'TCP', 'TLS'),
      ...{ host, port, parameters: parametersOf(quotable) },
    });
    fc.assert(
      fc.property(via, (one) => {
        expect(parseVia(writeVia(one))).toEqual(one);
      }),
    );
  });
});

describe('a URI', () => {
  it.each([
    ['sip:alice@atlanta.example', 'sip:alice@atlanta.example'],
    [
      'SIP:alice:secret@AtLanTa.Example:5061;Transport=TCP',
      'sip:alice@atlanta.example:5061;transport=TCP',
    ],
    [
      'sip:+1-212-555-1212:1234@gateway.example;user=phone',
      'sip:+1-212-555-1212@gateway.example;user=phone',
    ],
    ['sips:1212@[2001:DB8::1]:5061', 'sips:1212@[2001:db8::1]:5061'],
    ['sip:alice;day=tuesday@atlanta.example', 'sip:alice;day=tuesday@atlanta.example'],
    ['sip:%61lice%40x@atlanta.example', 'sip:alice%40x@atlanta.example'],
    [
      'sip:atlanta.example;method=REGISTER?to=alice%40atlanta.example',
      'sip:atlanta.example;method=REGISTER',
    ],
    ['tel:+44-20-7946-0123;phone-context=+44', 'tel:+44-20-7946-0123;phone-context=+44'],
  ])('%s is %s', (given, written) => {
    expect(writeUri(parseUri(given))).toBe(written);
  });

  it.each([
    '',
    'alice@atlanta.example',
    'sip:',
    'sip:@atlanta.example',
    'sip:alice@',
    'sip:a@b@c',
    'sip:alice@atlanta.example:port',
    'sip:alice@atlanta.example:70000',
    'sip:alice@[::1',
    'sip:alice@[nonsense]',
    'sip:al ice@atlanta.example',
    'sip:%zz@atlanta.example',
    'sip:%ff@atlanta.example',
    'tel:',
  ])('is not "%s"', (given) => {
    expect(() => parseUri(given)).toThrow(
      expect.objectContaining({ name: 'SipSyntaxError', status: 400 }),
    );
  });

  it('of another scheme is refused with 416', () => {
    expect(() => parseUri('mailto:a@b.example')).toThrow(expect.objectContaining({ status: 416 }));
  });
});

describe('headers', () => {
  it('have long, compact and oddly written names', () => {
    const headers = new Headers().append('v', '1').append('VIA', '2').append('f', 'x');
    expect(headers.all('via')).toEqual(['1', '2']);
    expect([headers.get('From'), headers.get('F'), headers.get('To')]).toEqual(['x', 'x', null]);
    headers.replaceFirst('Via', '3').prepend('Via', '0').set('from', 'y');
    expect([...headers].map(({ name, value }) => `${name}: ${value}`)).toEqual([
      'Via: 0',
      'Via: 3',
      'VIA: 2',
      'from: y',
    ]);
  });

  it('of one Via line with several keep the others when the first changes', () => {
    const headers = new Headers().append(
      'Via',
      'SIP/2.0/UDP a.example;branch=1 , SIP/2.0/TCP b.example',
    );
    replaceTopVia(headers, { ...topVia(headers), parameters: new Map([['branch', '2']]) });
    expect(headers.get('Via')).toBe('SIP/2.0/UDP a.example;branch=2, SIP/2.0/TCP b.example');
  });
});

function invite(...lines: string[]): SipRequest {
  const request = bareRequest('INVITE', parseUri('sip:bob@example.com'));
  request.headers
    .append('Via', 'SIP/2.0/UDP a.example;branch=z9hG4bK1')
    .append('Via', 'SIP/2.0/UDP b.example;branch=z9hG4bK2')
    .append('From', 'Ada <sip:ada@example.com>;tag=1')
    .append('To', '"Bob"<sip:bob@example.com>')
    .append('Call-ID', '1')
    .append('CSeq', '7 INVITE');
  for (const line of lines) request.headers.append(...(line.split(': ') as [string, string]));
  return request;
}

describe('readers of fields', () => {
  it('give values', () => {
    const request = invite(
      'Require: 100rel, Timer',
      'k: replaces',
      'Supported: path',
      'Expires: 60',
    );
    expect(cseqOf(request)).toEqual({ number: 7, method: 'INVITE' });
    expect([tagOf(fromOf(request)), tagOf(toOf(request))]).toEqual(['1', null]);
    expect([...requires(request)]).toEqual(['100rel', 'timer']);
    expect([...supports(request)]).toEqual(['replaces', 'path']);
    expect(expiresOf(request)).toBe(60);
  });

  it('leave contacts of unknown schemes out, and take their own expiry', () => {
    const request = invite(
      'Contact: <sip:a@192.0.2.1>;expires=30, <mailto:a@b.example>, sip:c@d;q=1',
    );
    expect(contactsOf(request).map(({ uri }) => writeUri(uri))).toEqual([
      'sip:a@192.0.2.1',
      'sip:c@d',
    ]);
    expect(contactsOf(request).map((contact) => expiresOf(request, contact))).toEqual([30, null]);
  });
});

describe('an answer', () => {
  it('repeats what §8.2.6.2 wants, and gets a tag', () => {
    const request = invite('Record-Route: <sip:p.example;lr>', 'Timestamp: 3');
    expect(writeMessage(responseTo(request, 180, null, 'x')).toString()).toBe(
      'SIP/2.0 180 Ringing\r\n' +
        'Via: SIP/2.0/UDP a.example;branch=z9hG4bK1\r\n' +
        'Via: SIP/2.0/UDP b.example;branch=z9hG4bK2\r\n' +
        'Record-Route: <sip:p.example;lr>\r\n' +
        'From: Ada <sip:ada@example.com>;tag=1\r\n' +
        'To: "Bob"<sip:bob@example.com>;tag=x\r\n' +
        'Call-ID: 1\r\nCSeq: 7 INVITE\r\nContent-Length: 0\r\n\r\n',
    );
    const trying = responseTo(request, 100);
    expect([trying.headers.get('To'), trying.headers.get('Timestamp')]).toEqual([
      '"Bob"<sip:bob@example.com>',
      '3',
    ]);
    expect(responseTo(request, 499).reason).toBe('Bad Request');
  });

  it('leaves a tag that was there', () => {
    const request = invite();
    request.headers.set('To', '<sip:bob@example.com>;tag=there');
    expect(responseTo(request, 200, null, 'x').headers.get('To')).toBe(
      '<sip:bob@example.com>;tag=there',
    );
  });
});
