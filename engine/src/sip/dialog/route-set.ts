import { writeNameAddress, writeUri } from '../message/write.ts';
import type { NameAddress, SipUri } from '../message/message.ts';

export interface Destination {
  /** The Request-URI. */
  uri: SipUri;
  /** Route headers, top first. */
  routes: readonly string[];
  /** Whom the request is sent to. */
  next: SipUri;
}

/** Where a request within a dialog goes, by its route set and remote target (RFC 3261 §12.2.1.1). */
export function destinationOf(routes: readonly NameAddress[], target: SipUri): Destination {
  const first = routes[0];
  if (first === undefined) return { uri: target, routes: [], next: target };
  // A loose router leaves the Request-URI alone.
  if (first.uri.parameters.has('lr')) {
    return { uri: target, routes: routes.map(writeNameAddress), next: first.uri };
  }
  // A strict one of RFC 2543 wants itself there; the target goes to the end of the routes.
  const rest = routes.slice(1).map(writeNameAddress);
  return { uri: first.uri, routes: [...rest, `<${writeUri(target)}>`], next: first.uri };
}
