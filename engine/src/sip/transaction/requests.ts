import { cseqOf } from '../message/fields.ts';
import { bareRequest } from '../message/make.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';

/** ACK to a final answer that is no 2xx (RFC 3261 §17.1.1.3). */
export function ackFor(invite: SipRequest, response: SipResponse): SipRequest {
  return within(invite, 'ACK', response.headers.get('To') ?? '');
}

/** CANCEL of an INVITE (§9.1): the same branch, and the To without a tag that it was sent with. */
export function cancelFor(invite: SipRequest): SipRequest {
  return within(invite, 'CANCEL', invite.headers.get('To') ?? '');
}

/** Both have a single Via, the INVITE's own, and go the INVITE's way. */
function within(invite: SipRequest, method: 'ACK' | 'CANCEL', to: string): SipRequest {
  const request = bareRequest(method, invite.uri);
  const { headers } = request;
  headers.append('Via', invite.headers.get('Via') ?? '');
  for (const route of invite.headers.all('Route')) headers.append('Route', route);
  headers.append('Max-Forwards', '70');
  headers.append('From', invite.headers.get('From') ?? '');
  headers.append('To', to);
  headers.append('Call-ID', invite.headers.get('Call-ID') ?? '');
  headers.append('CSeq', `${cseqOf(invite).number} ${method}`);
  return request;
}
