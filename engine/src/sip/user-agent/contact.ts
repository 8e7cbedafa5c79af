import { responseTo } from '../message/make.ts';
import type { Hop, SipRequest, SipResponse } from '../message/message.ts';
import { writeNameAddress } from '../message/write.ts';
import { addCapabilities, addLines, setSdp } from './capabilities.ts';
import type { HeaderLines, Stack } from './stack.ts';

/** Where we can be reached by who is reached by that hop (RFC 3261 §8.1.1.8). */
export function contactHeader(
  { transactions }: Pick<Stack, 'transactions'>,
  hop: Pick<Hop, 'transport' | 'address'>,
  user: string | null,
): string {
  const { host, port } = transactions.localAddress(hop);
  const parameters = new Map<string, string | null>(
    hop.transport === 'udp' ? [] : [['transport', hop.transport]],
  );
  const uri = { scheme: 'sip' as const, user, host, port, parameters };
  return writeNameAddress({ display: null, uri, parameters: new Map() });
}

/** A 2xx that says where we are, what we can do, and the session (§13.3.1.4). */
export function okWith(
  request: SipRequest,
  contact: string,
  sdp: string | null,
  headers: HeaderLines,
  toTag: string | null = null,
): SipResponse {
  const response = responseTo(request, 200, null, toTag);
  response.headers.append('Contact', contact);
  addCapabilities(response.headers);
  addLines(response, headers);
  if (sdp !== null) setSdp(response, sdp);
  return response;
}
