import { isToken, parseNumber } from './characters.ts';
import { callIdOf, contactsOf, cseqOf, addressesOf, fromOf, toOf } from './fields.ts';
import { Headers } from './headers.ts';
import type { SipMessage } from './message.ts';
import { SipSyntaxError } from './syntax-error.ts';
import { parseUri } from './uri.ts';
import { topVia } from './via.ts';

/** No message may be longer, on any transport. */
export const MAX_MESSAGE_BYTES = 65_536;
const MAX_HEAD_BYTES = 32_768;
const MAX_HEADERS = 256;

/** A message must have each of these once (RFC 3261 §8.1.1). */
const ONCE = ['From', 'To', 'Call-ID', 'CSeq'] as const;

/**
 * Reads one whole message: a datagram, or what `stream.ts` has cut. Without Content-Length the body
 * is the rest; with one, bytes behind the body are ignored (§18.3). What comes out can be read by
 * everything in `fields.ts` and `via.ts`. Throws SipSyntaxError and nothing else.
 */
export function parseMessage(bytes: Buffer): SipMessage {
  if (bytes.length > MAX_MESSAGE_BYTES) throw new SipSyntaxError('a message of more than 64 KB');
  const { headEnd, bodyAt } = findBody(bytes);
  if (headEnd > MAX_HEAD_BYTES)
    throw new SipSyntaxError('a message with more than 32 KB of headers');
  const head = bytes.toString('utf8', 0, headEnd);
  const lineEnd = endOfLine(head, 0);
  const first = withoutReturn(head.slice(0, lineEnd));
  const start = parseStartLine(first);
  const headers = parseHeaders(head, lineEnd + 1);
  const body = cutBody(headers, bytes, bodyAt);
  const message: SipMessage = { ...start, headers, body };
  check(message);
  return message;
}

type StartLine =
  | Pick<Extract<SipMessage, { kind: 'request' }>, 'kind' | 'method' | 'uri'>
  | Pick<Extract<SipMessage, { kind: 'response' }>, 'kind' | 'status' | 'reason'>;

/** Single spaces between its parts and nothing around them (§7.1, §7.2). */
function parseStartLine(line: string): StartLine {
  const space = line.indexOf(' ');
  if (space < 0) throw new SipSyntaxError('a first line that is neither request nor answer');
  const first = line.slice(0, space);
  if (first.toUpperCase() === 'SIP/2.0') {
    const status = parseNumber(line.slice(space + 1, space + 4), 699);
    const behind = line.charAt(space + 4);
    if (status === null || status < 100 || (behind !== ' ' && behind !== '')) {
      throw new SipSyntaxError('an answer without a status');
    }
    return { kind: 'response', status, reason: line.slice(space + 5) };
  }
  const last = line.lastIndexOf(' ');
  const version = line.slice(last + 1).toUpperCase();
  if (!isToken(first) || last === space) throw new SipSyntaxError('a request line that is none');
  if (version !== 'SIP/2.0') {
    const known = version.startsWith('SIP/');
    throw new SipSyntaxError('another version than SIP/2.0', known ? 505 : 400);
  }
  return { kind: 'request', method: first, uri: parseUri(line.slice(space + 1, last)) };
}

function parseHeaders(head: string, at: number): Headers {
  const headers = new Headers();
  for (let count = 0; at < head.length; count += 1) {
    if (count === MAX_HEADERS) throw new SipSyntaxError('too many headers');
    let end = endOfLine(head, at);
    let line = withoutReturn(head.slice(at, end));
    // A line that begins with white space goes on with the one above it (§7.3.1).
    while (end + 1 < head.length && (head[end + 1] === ' ' || head[end + 1] === '\t')) {
      const next = endOfLine(head, end + 1);
      line = line.trimEnd() + ' ' + withoutReturn(head.slice(end + 1, next)).trim();
      end = next;
    }
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trimEnd();
    if (!isToken(name)) throw new SipSyntaxError('a line that is no header');
    if (line.includes('\r')) throw new SipSyntaxError(`a line break within ${name}`);
    headers.append(name, line.slice(colon + 1).trim());
    at = end + 1;
  }
  return headers;
}

function cutBody(headers: Headers, bytes: Buffer, at: number): Buffer {
  const length = contentLengthOf(headers);
  if (length === null) return bytes.subarray(at);
  // §18.3: a body that is shorter than promised is an error.
  if (at + length > bytes.length) throw new SipSyntaxError('a body shorter than Content-Length');
  return bytes.subarray(at, at + length);
}

/** Null: there is none. Throws SipSyntaxError when it is no number, or they differ. */
export function contentLengthOf(headers: Headers): number | null {
  let length: number | null = null;
  for (const value of headers.all('Content-Length')) {
    const number = parseNumber(value, MAX_MESSAGE_BYTES);
    if (number === null || (length !== null && length !== number)) {
      throw new SipSyntaxError('a Content-Length that is none');
    }
    length = number;
  }
  return length;
}

/** Asks every reader once, so that nobody later meets an error in a message that was taken in. */
function check(message: SipMessage): void {
  for (const name of ONCE) {
    if (message.headers.all(name).length > 1) throw new SipSyntaxError(`more than one ${name}`);
  }
  topVia(message.headers);
  fromOf(message);
  toOf(message);
  callIdOf(message);
  contactsOf(message);
  addressesOf(message, 'Record-Route');
  addressesOf(message, 'Route');
  addressesOf(message, 'Path');
  const { method } = cseqOf(message);
  // §8.1.1.5: the CSeq's method is the request's.
  if (message.kind === 'request' && method !== message.method) {
    throw new SipSyntaxError('a CSeq of another method');
  }
}

/** Lines end with CRLF (§7); a lone LF is taken for one, as most do. */
function findBody(bytes: Buffer): { headEnd: number; bodyAt: number } {
  const strict = bytes.indexOf('\r\n\r\n');
  const loose = bytes.indexOf('\n\n');
  if (strict < 0 && loose < 0) throw new SipSyntaxError('headers without an end');
  return strict >= 0 && (loose < 0 || strict < loose)
    ? { headEnd: strict, bodyAt: strict + 4 }
    : { headEnd: loose, bodyAt: loose + 2 };
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
