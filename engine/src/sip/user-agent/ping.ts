import { randomUUID } from 'node:crypto';
import { bareRequest } from '../message/make.ts';
import type { Hop, SipRequest, SipUri } from '../message/message.ts';
import { writeUri } from '../message/write.ts';
import { Authority } from './authority.ts';
import type { Ping } from './calls.ts';
import { contactHeader } from './contact.ts';
import { sendRequest } from './sender.ts';
import { newTag, type Stack } from './stack.ts';

/** One OPTIONS outside of dialogs (RFC 3261 §11). Whatever is answered, somebody is there. */
export function ping(stack: Stack, uri: SipUri, hops: readonly Hop[]): Promise<Ping> {
  return new Promise((resolve) => {
    const callId = randomUUID();
    let sequence = 0;
    let began = performance.now();
    const build = (hop: Hop): SipRequest => {
      began = performance.now();
      sequence += 1;
      return options(stack, uri, hop, callId, sequence);
    };
    const plan = { build, hops, authority: new Authority(() => null) };
    sendRequest(stack, plan, {
      final: ({ status }) => resolve({ ok: true, status, ms: performance.now() - began }),
      failed: ({ cause, text }) => resolve({ ok: false, cause, text }),
    });
  });
}

function options(
  stack: Stack,
  uri: SipUri,
  hop: Hop,
  callId: string,
  sequence: number,
): SipRequest {
  const { host } = stack.transactions.localAddress(hop);
  const us = { scheme: 'sip' as const, user: 'offhook', host, port: null, parameters: new Map() };
  const request = bareRequest('OPTIONS', uri);
  request.headers
    .append('Max-Forwards', '70')
    .append('From', `<${writeUri(us)}>;tag=${newTag()}`)
    .append('To', `<${writeUri(uri)}>`)
    .append('Call-ID', callId)
    .append('CSeq', `${sequence} OPTIONS`)
    .append('Contact', contactHeader(stack, hop, us.user))
    .append('Accept', 'application/sdp')
    .append('User-Agent', stack.product);
  return request;
}
