import {
  addressesOf,
  callIdOf,
  contactOf,
  cseqOf,
  fromOf,
  tagOf,
  toOf,
} from '../message/fields.ts';
import { bareRequest } from '../message/make.ts';
import { parseNameAddress } from '../message/address.ts';
import type { NameAddress, SipRequest, SipResponse, SipUri } from '../message/message.ts';
import { parseUri } from '../message/uri.ts';
import { writeNameAddress, writeUri } from '../message/write.ts';
import { destinationOf } from './route-set.ts';

interface DialogFacts {
  callId: string;
  local: NameAddress;
  remote: NameAddress;
  routes: NameAddress[];
  remoteTarget: SipUri;
  localSequence: number;
  remoteSequence: number | null;
}

/** What a request of ours within a dialog is made from, as JSON can keep it: addresses as they are written. */
export interface DialogState {
  callId: string;
  /** From and To of our requests, with their tags. */
  local: string;
  remote: string;
  /** The route set, in our order. */
  routes: string[];
  /** The Request-URI, unless a strict router takes its place. */
  remoteTarget: string;
  /** The CSeq number of our last request. */
  localSequence: number;
}

/**
 * A dialog's state (RFC 3261 §12): tags, route set, remote target and sequence numbers. It sends
 * nothing and knows no time; requests that it makes still want a Via and, some, a Contact.
 */
export class Dialog {
  readonly #facts: DialogFacts;

  constructor(facts: DialogFacts) {
    this.#facts = facts;
  }

  get callId(): string {
    return this.#facts.callId;
  }

  /** Call-ID and both tags, ours first: what a dialog is known by (§12). */
  get id(): string {
    const { callId, local, remote } = this.#facts;
    return dialogId(callId, tagOf(local), tagOf(remote));
  }

  /** The user of our own address; null: none. */
  get localUser(): string | null {
    return this.#facts.local.uri.user;
  }

  get state(): DialogState {
    const { callId, local, remote, routes, remoteTarget, localSequence } = this.#facts;
    return {
      callId,
      local: writeNameAddress(local),
      remote: writeNameAddress(remote),
      routes: routes.map(writeNameAddress),
      remoteTarget: writeUri(remoteTarget),
      localSequence,
    };
  }

  /** Whom the next request is to be sent to. */
  get nextHop(): SipUri {
    return destinationOf(this.#facts.routes, this.#facts.remoteTarget).next;
  }

  /** A request with the next sequence number (§12.2.1.1). */
  request(method: string): SipRequest {
    this.#facts.localSequence += 1;
    return this.#make(method, this.#facts.localSequence);
  }

  /** The ACK for the 2xx to our INVITE of that number (§13.2.2.4). */
  ack(sequence: number): SipRequest {
    return this.#make('ACK', sequence);
  }

  /**
   * Whether a request of theirs comes in its order (§12.2.2); if so, its number is the last one
   * from here on. Gaps are all right: a proxy may have answered in between.
   */
  takes(request: SipRequest): boolean {
    const { number } = cseqOf(request);
    const last = this.#facts.remoteSequence;
    if (last !== null && number <= last) return false;
    this.#facts.remoteSequence = number;
    return true;
  }

  /** A target refresh, or the 2xx to one of ours, says where they are from now on (§12.2.1.2). */
  refreshTarget(message: SipRequest | SipResponse): void {
    const contact = contactOf(message);
    if (contact !== null) this.#facts.remoteTarget = contact.uri;
  }

  /** The 2xx that confirms an early dialog says the route set anew, and only it (§13.2.2.4). */
  confirm(response: SipResponse): void {
    this.#facts.routes = addressesOf(response, 'Record-Route').reverse();
    this.refreshTarget(response);
  }

  #make(method: string, sequence: number): SipRequest {
    const { callId, local, remote, routes, remoteTarget } = this.#facts;
    const destination = destinationOf(routes, remoteTarget);
    const request = bareRequest(method, destination.uri);
    for (const route of destination.routes) request.headers.append('Route', route);
    request.headers
      .append('Max-Forwards', '70')
      .append('From', writeNameAddress(local))
      .append('To', writeNameAddress(remote))
      .append('Call-ID', callId)
      .append('CSeq', `${sequence} ${method}`);
    return request;
  }
}

/**
 * The dialog that an answer to our INVITE opens (§12.1.2). An answer without a Contact is tolerated:
 * what was called is called again. So is a 2xx without a To tag, as RFC 2543 had them.
 */
export function dialogAsUac(request: SipRequest, response: SipResponse): Dialog {
  const remote = toOf(response);
  return new Dialog({
    callId: callIdOf(request),
    local: fromOf(request),
    remote,
    // Seen from our end the last proxy that added itself comes last.
    routes: addressesOf(response, 'Record-Route').reverse(),
    remoteTarget: contactOf(response)?.uri ?? request.uri,
    localSequence: cseqOf(request).number,
    remoteSequence: null,
  });
}

/** The dialog that our answer to their INVITE opens (§12.1.1). */
export function dialogAsUas(request: SipRequest, localTag: string): Dialog {
  const to = toOf(request);
  const remote = fromOf(request);
  return new Dialog({
    callId: callIdOf(request),
    local: { ...to, parameters: new Map([...to.parameters, ['tag', localTag]]) },
    remote,
    routes: addressesOf(request, 'Record-Route'),
    remoteTarget: contactOf(request)?.uri ?? remote.uri,
    localSequence: 0,
    remoteSequence: cseqOf(request).number,
  });
}

/**
 * A dialog as another process left it. Its last number may not have been the last one used: ours go
 * on `margin` above it, because gaps are all right and going back is not (§12.2.2). Throws
 * SipSyntaxError.
 */
export function dialogLeft(state: DialogState, margin: number): Dialog {
  return new Dialog({
    callId: state.callId,
    local: parseNameAddress(state.local),
    remote: parseNameAddress(state.remote),
    routes: state.routes.map(parseNameAddress),
    remoteTarget: parseUri(state.remoteTarget),
    localSequence: state.localSequence + margin,
    remoteSequence: null,
  });
}

/** A peer of RFC 2543 may have no tag: that counts as an empty one (§12.1.1). */
export function dialogId(
  callId: string,
  localTag: string | null,
  remoteTag: string | null,
): string {
  return `${callId}\n${localTag ?? ''}\n${remoteTag ?? ''}`;
}
