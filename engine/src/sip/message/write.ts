import { isToken } from './characters.ts';
import type { SipMessage } from './message.ts';
import { SipSyntaxError } from './syntax-error.ts';
import { writeUri } from './uri.ts';

export { writeNameAddress } from './address.ts';
export { writeUri } from './uri.ts';

/**
 * The bytes of a message. Content-Length is counted here, whatever the headers say. No value can
 * begin another header: line breaks become spaces. Throws SipSyntaxError for a method or a header
 * name that is no token.
 */
export function writeMessage(message: SipMessage): Buffer {
  let head = writeStartLine(message) + '\r\n';
  for (const { name, value } of message.headers) {
    if (name === 'Content-Length') continue;
    if (!isToken(name)) throw new SipSyntaxError('a header whose name is no token');
    if (name.toLowerCase() !== 'content-length') head += `${name}: ${oneLine(value)}\r\n`;
  }
  head += `Content-Length: ${message.body.length}\r\n\r\n`;
  const bytes = Buffer.from(head);
  return message.body.length === 0 ? bytes : Buffer.concat([bytes, message.body]);
}

function writeStartLine(message: SipMessage): string {
  if (message.kind === 'response') {
    return `SIP/2.0 ${message.status} ${oneLine(message.reason)}`;
  }
  if (!isToken(message.method)) throw new SipSyntaxError('a method that is no token');
  return `${message.method} ${oneLine(writeUri(message.uri)).replaceAll(' ', '')} SIP/2.0`;
}

function oneLine(text: string): string {
  return text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]+/g, ' ') : text;
}
