import { describe, expect, it } from 'vitest';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { parseMessage } from '../message/parse.ts';
import { writeMessage, writeUri } from '../message/write.ts';
import { dialogAsUac, dialogAsUas, dialogLeft, type DialogState } from './dialog.ts';

function read(...lines: string[]): SipRequest & SipResponse {
  return parseMessage(Buffer.from([...lines, '', ''].join('\r\n'))) as SipRequest & SipResponse;
}

const FACTS = [
  'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1',
  'From: "Alice" <sip:alice@example.com>;tag=a',
  'Call-ID: 1@192.0.2.1',
  'CSeq: 7 INVITE',
];
const INVITE = read(
  'INVITE sip:bob@example.net SIP/2.0',
  ...FACTS,
  'To: <sip:bob@example.net>',
  'Contact: <sip:alice@192.0.2.1>',
  'Record-Route: <sip:p2.example.net;lr>',
  'Record-Route: <sip:p1.example.com;lr>',
);

function answer(...more: string[]): SipResponse {
  return read('SIP/2.0 200 OK', ...FACTS, 'To: <sip:bob@example.net>;tag=b', ...more);
}

const ROUTED = answer(
  'Contact: <sip:bob@192.0.2.4>',
  'Record-Route: <sip:p2.example.net;lr>, <sip:p1.example.com;lr>',
);

/** The request line, Route headers and CSeq: what the dialog decides. */
function shape({ method, uri, headers }: SipRequest): string[] {
  return [`${method} ${writeUri(uri)}`, ...headers.all('Route'), headers.get('CSeq')!];
}

describe('a dialog', () => {
  it('goes through the proxies that recorded themselves, seen from the caller (§12.1.2)', () => {
    const dialog = dialogAsUac(INVITE, ROUTED);
    expect(shape(dialog.request('BYE'))).toEqual([
      'BYE sip:bob@192.0.2.4',
      '<sip:p1.example.com;lr>',
      '<sip:p2.example.net;lr>',
      '8 BYE',
    ]);
    expect(writeUri(dialog.nextHop)).toBe('sip:p1.example.com;lr');
  });

  it('goes through them in their order, seen from the called one (§12.1.1)', () => {
    const dialog = dialogAsUas(INVITE, 'b');
    const bye = dialog.request('BYE');
    expect(shape(bye)).toEqual([
      'BYE sip:alice@192.0.2.1',
      '<sip:p2.example.net;lr>',
      '<sip:p1.example.com;lr>',
      '1 BYE',
    ]);
    expect(bye.headers.get('From')).toBe('<sip:bob@example.net>;tag=b');
    expect(bye.headers.get('To')).toBe('"Alice" <sip:alice@example.com>;tag=a');
  });

  it('puts a strict router of RFC 2543 into the request line (§12.2.1.1)', () => {
    const strict = answer(
      'Contact: <sip:bob@192.0.2.4>',
      'Record-Route: <sip:p2.example.net;lr>, <sip:p1.example.com>',
    );
    expect(shape(dialogAsUac(INVITE, strict).request('BYE'))).toEqual([
      'BYE sip:p1.example.com',
      '<sip:p2.example.net;lr>',
      '<sip:bob@192.0.2.4>',
      '8 BYE',
    ]);
  });

  it('calls what was called when an answer has no Contact', () => {
    expect(shape(dialogAsUac(INVITE, answer()).request('BYE'))[0]).toBe('BYE sip:bob@example.net');
  });

  it('acknowledges with the number of the INVITE, and counts on from it', () => {
    const dialog = dialogAsUac(INVITE, ROUTED);
    expect(dialog.request('UPDATE').headers.get('CSeq')).toBe('8 UPDATE');
    expect(dialog.ack(7).headers.get('CSeq')).toBe('7 ACK');
    expect(dialog.request('BYE').headers.get('CSeq')).toBe('9 BYE');
  });

  it('takes requests of the far end in order only; gaps are all right (§12.2.2)', () => {
    const dialog = dialogAsUas(INVITE, 'b');
    const numbered = (number: number): boolean =>
      dialog.takes(
        read('INFO sip:x SIP/2.0', ...FACTS.slice(0, 3), 'To: <sip:x>', `CSeq: ${number} INFO`),
      );
    expect([7, 6, 9, 8, 9, 10].map(numbered)).toEqual([false, false, true, false, false, true]);
  });

  it('follows a new Contact, and keeps its routes (§12.2.1.2)', () => {
    const dialog = dialogAsUac(INVITE, ROUTED);
    dialog.refreshTarget(answer('Contact: <sip:bob@192.0.2.99>'));
    dialog.refreshTarget(answer());
    expect(shape(dialog.request('BYE'))).toEqual([
      'BYE sip:bob@192.0.2.99',
      '<sip:p1.example.com;lr>',
      '<sip:p2.example.net;lr>',
      '8 BYE',
    ]);
  });

  it('takes its routes from the 2xx when it is confirmed (§13.2.2.4)', () => {
    const dialog = dialogAsUac(INVITE, ROUTED);
    dialog.confirm(answer('Contact: <sip:bob@192.0.2.5>', 'Record-Route: <sip:p3.example.net;lr>'));
    expect(shape(dialog.request('BYE'))).toEqual([
      'BYE sip:bob@192.0.2.5',
      '<sip:p3.example.net;lr>',
      '8 BYE',
    ]);
  });

  it('goes on in another process where it was, well above the last number (§12.2.2)', () => {
    const dialog = dialogAsUac(INVITE, ROUTED);
    dialog.request('UPDATE');
    const kept = JSON.parse(JSON.stringify(dialog.state)) as DialogState;
    expect(writeMessage(dialogLeft(kept, 1000).request('BYE')).toString().split('\r\n')).toEqual([
      'BYE sip:bob@192.0.2.4 SIP/2.0',
      'Route: <sip:p1.example.com;lr>',
      'Route: <sip:p2.example.net;lr>',
      'Max-Forwards: 70',
      'From: "Alice" <sip:alice@example.com>;tag=a',
      'To: <sip:bob@example.net>;tag=b',
      'Call-ID: 1@192.0.2.1',
      'CSeq: 1009 BYE',
      'Content-Length: 0',
      '',
      '',
    ]);
    const theirs = dialogAsUas(INVITE, 'b');
    expect(dialogLeft(theirs.state, 1).id).toBe(theirs.id);
  });

  it('has the same name at both ends, with the tags exchanged', () => {
    expect(dialogAsUac(INVITE, ROUTED).id).toBe('1@192.0.2.1\na\nb');
    expect(dialogAsUas(INVITE, 'b').id).toBe('1@192.0.2.1\nb\na');
  });
});
