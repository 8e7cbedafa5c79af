import { randomBytes } from 'node:crypto';
import { callIdOf, cseqOf, fromOf, tagOf, toOf } from '../message/fields.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { writeUri } from '../message/uri.ts';
import { branchOf, topVia } from '../message/via.ts';

/** By this a branch says that it is unique (RFC 3261 §8.1.1.7). */
const COOKIE = 'z9hG4bK';

/** A new branch: 96 random bits. */
export function newBranch(): string {
  return COOKIE + randomBytes(12).toString('hex');
}

/** §17.1.3: an answer belongs to the request with its branch and its CSeq's method. */
export function clientKeyOf(response: SipResponse): string {
  return clientKey(branchOf(topVia(response.headers)) ?? '', cseqOf(response).method);
}

export function clientKey(branch: string, method: string): string {
  return `${branch} ${method}`;
}

/**
 * §17.2.3: branch, sent-by and method; an ACK belongs to its INVITE. `method` asks for the
 * transaction of another method with the same branch: CANCEL looks for its INVITE (§9.2).
 */
export function serverKeyOf(request: SipRequest, method = request.method): string {
  const of = method === 'ACK' ? 'INVITE' : method;
  const via = topVia(request.headers);
  const branch = branchOf(via) ?? '';
  if (branch.startsWith(COOKIE)) return `${branch} ${via.host}:${via.port ?? ''} ${of}`;
  // RFC 2543 knew no unique branches: what makes a request there is all that its ACK repeats.
  const { number } = cseqOf(request);
  const tag = tagOf(fromOf(request)) ?? '';
  const from = `${via.host}:${via.port ?? ''} ${branch}`;
  return `${writeUri(request.uri)} ${tag} ${callIdOf(request)} ${number} ${from} ${of}`;
}

/**
 * §8.2.2.2: the same request on another way has the same From tag, Call-ID and CSeq. Null: it is
 * within a dialog, where that says nothing.
 */
export function mergeKeyOf(request: SipRequest): string | null {
  if (tagOf(toOf(request)) !== null) return null;
  const { number, method } = cseqOf(request);
  return `${callIdOf(request)} ${tagOf(fromOf(request)) ?? ''} ${number} ${method}`;
}
