import { tagOf, toOf } from './fields.ts';
import { Headers } from './headers.ts';
import type { SipRequest, SipResponse } from './message.ts';
import { reasonOf } from './reasons.ts';

const NO_BODY = Buffer.alloc(0);

/** A request without headers or body. */
export function bareRequest(method: string, uri: SipRequest['uri']): SipRequest {
  return { kind: 'request', method, uri, headers: new Headers(), body: NO_BODY };
}

/**
 * An answer with what §8.2.6.2 wants of the request in it. `toTag` is put to To unless the request
 * had a tag there; 100 has none of ours (§8.2.6.1).
 */
export function responseTo(
  request: SipRequest,
  status: number,
  reason: string | null = null,
  toTag: string | null = null,
): SipResponse {
  const headers = new Headers();
  for (const via of request.headers.all('Via')) headers.append('Via', via);
  // §12.1.1: who may open a dialog repeats the way that the request came.
  if (status > 100 && status < 300) {
    for (const route of request.headers.all('Record-Route')) headers.append('Record-Route', route);
  }
  headers.append('From', request.headers.get('From') ?? '');
  headers.append('To', withTag(request, toTag));
  headers.append('Call-ID', request.headers.get('Call-ID') ?? '');
  headers.append('CSeq', request.headers.get('CSeq') ?? '');
  const timestamp = request.headers.get('Timestamp');
  if (status === 100 && timestamp !== null) headers.append('Timestamp', timestamp);
  return { kind: 'response', status, reason: reason ?? reasonOf(status), headers, body: NO_BODY };
}

function withTag(request: SipRequest, tag: string | null): string {
  const to = request.headers.get('To') ?? '';
  if (tag === null || tagOf(toOf(request)) !== null) return to;
  // Written behind what came, letter by letter: some compare it as text.
  return `${to};tag=${tag}`;
}
