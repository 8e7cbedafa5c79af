import type { Headers } from '../message/headers.ts';
import { requires } from '../message/fields.ts';
import { responseTo } from '../message/make.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message/message.ts';
import type { ServerTransaction } from '../transaction/transactions.ts';
import type { HeaderLines } from './stack.ts';

const METHODS = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'UPDATE', 'PRACK', 'INFO', 'REFER'];

/** REFER is understood, and refused with words of its own. */
export const ALLOW = METHODS.join(', ');

/** Methods of other RFCs that we know of but do not take: 405. What nobody knows gets 501 (§21.5.2). */
const KNOWN = new Set([...METHODS, 'REGISTER', 'SUBSCRIBE', 'NOTIFY', 'MESSAGE', 'PUBLISH']);

const EXTENSIONS = ['100rel', 'timer'];

export const SUPPORTED = EXTENSIONS.join(', ');

const SDP = 'application/sdp';

/** Where a method that is not taken here leaves its sender. */
export function statusForMethod(method: string): 405 | 501 {
  return KNOWN.has(method) ? 405 : 501;
}

export function addCapabilities(headers: Headers): void {
  headers.append('Allow', ALLOW).append('Supported', SUPPORTED);
}

/** Option tags of Require that we do not have (§8.2.2.3). */
export function unsupported(request: SipRequest): string[] {
  return [...requires(request)].filter((tag) => !EXTENSIONS.includes(tag));
}

export function setSdp(message: SipMessage, sdp: string): void {
  message.headers.set('Content-Type', SDP);
  message.body = Buffer.from(sdp);
}

/** The description in a message; null: none. */
export function sdpOf(message: SipMessage): string | null {
  return message.body.length > 0 && hasSdp(message) ? message.body.toString('utf8') : null;
}

/** A body of which we cannot make anything (§8.2.3): 415. An optional one may be left unread. */
export function isStrangeBody(request: SipRequest): boolean {
  if (request.body.length === 0) return false;
  const optional = /handling\s*=\s*optional/i.test(
    request.headers.get('Content-Disposition') ?? '',
  );
  const encoding = request.headers.get('Content-Encoding') ?? 'identity';
  return !optional && (encoding.toLowerCase() !== 'identity' || !hasSdp(request));
}

/** Answers with what belongs to every refusal of that status. */
export function refuse(
  transaction: ServerTransaction,
  status: number,
  more: HeaderLines = [],
  toTag: string | null = null,
): void {
  const response = responseTo(transaction.request, status, null, toTag);
  if (status === 405 || status === 501) response.headers.append('Allow', ALLOW);
  if (status === 415) response.headers.append('Accept', SDP);
  addLines(response, more);
  transaction.respond(response);
}

/** §11.2: what we can do, as OPTIONS asks. */
export function describeUs(transaction: ServerTransaction, toTag: string | null = null): void {
  const response = responseTo(transaction.request, 200, null, toTag);
  addCapabilities(response.headers);
  response.headers.append('Accept', SDP).append('Accept-Encoding', 'identity');
  transaction.respond(response);
}

export function addLines(message: SipRequest | SipResponse, lines: HeaderLines): void {
  for (const [name, value] of lines) message.headers.append(name, value);
}

function hasSdp({ headers }: SipMessage): boolean {
  const type = (headers.get('Content-Type') ?? '').split(';')[0]!.trim().toLowerCase();
  return type === SDP;
}
