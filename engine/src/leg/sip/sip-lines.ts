import type { Bindings } from '../../registrar/bindings.ts';
import type { Directory } from '../../registrar/directory.ts';
import { aorOf } from '../../registrar/registrar.ts';
import type { NameAddress, SipUri } from '../../sip/message/message.ts';
import type { Resolve, Target } from '../../sip/transport/resolve.ts';
import type { Trunks } from '../../trunk/trunks.ts';
import type { Destination, LineFinder } from '../switchboard.ts';
import type { SipLineParts } from './attempt.ts';
import { OutgoingLine } from './outgoing-line.ts';
import { phoneWays } from './phone-ways.ts';
import { isOwnHeader, readSipUri } from './sip-destination.ts';
import { PHONE_TERMS, SECRET_TERMS } from './sip-sound.ts';
import { overTrunk } from './trunk-way.ts';
import type { Way } from './way.ts';

export interface SipLinesParts {
  trunks: Pick<Trunks, 'routesTo'>;
  directory: Directory;
  bindings: Bindings;
  /** RFC 3263, for addresses elsewhere. */
  resolve: Resolve;
}

/** The lines that SIP has: numbers go over trunks, sip: to our phones or to where it says. */
export function sipLines(parts: SipLinesParts, line: SipLineParts): LineFinder {
  return (call) => {
    if (call.to.startsWith('+')) {
      const routes = parts.trunks.routesTo(call.to, call.from);
      if (routes.length === 0) return null;
      const rounds = routes.map((route) => [overTrunk(route)]);
      return new OutgoingLine(call.sid, rounds, line);
    }
    if (!/^sips?:/i.test(call.to)) return null;
    const uri = readSipUri(call.to);
    return uri === null ? null : new OutgoingLine(call.sid, waysTo(uri, call, parts), line);
  };
}

function waysTo(uri: SipUri, call: Destination, parts: SipLinesParts): Way[][] {
  const domain = parts.directory.domain(uri.host);
  const to = address(uri);
  const from = address(fromUri(call.from, domain?.domainName ?? uri.host));
  const headers = Object.entries(call.parameters).filter(([name]) => isOwnHeader(name));
  if (domain !== undefined) {
    const aor = aorOf(uri.user ?? '', domain);
    return phoneWays(aor, parts.bindings, { from, to, headers });
  }
  const way: Way = {
    ...{ uri, from, to, headers },
    hops: () => parts.resolve(targetOf(uri)),
    largeByTcp: !uri.parameters.has('transport'),
    routes: [],
    credentials: call.credentials ?? null,
    trunkSid: null,
    terms: PHONE_TERMS,
    otherwise: null,
    take: () => true,
    release: () => undefined,
    report: () => undefined,
  };
  // Whoever is there has not said by a registration over TLS that keys are safe: plain RTP comes first.
  return [[{ ...way, otherwise: { ...way, terms: SECRET_TERMS } }]];
}

/** RFC 3263 §4.1, without NAPTR: sips is TLS, what the address says counts, and else it is UDP. */
function targetOf({ scheme, host, port, parameters }: SipUri): Target {
  const said = parameters.get('transport')?.toLowerCase();
  const transport = scheme === 'sips' || said === 'tls' ? 'tls' : said === 'tcp' ? 'tcp' : 'udp';
  return { host, port, transport };
}

/** Who calls, as an address at `host`: a number, client:identity, or an address already. */
function fromUri(from: string, host: string): SipUri {
  const given = /^sips?:/i.test(from) ? readSipUri(from) : null;
  if (given !== null) return given;
  const user = from.replace(/^client:/, '');
  return { scheme: 'sip', user, host, port: null, parameters: new Map() };
}

function address(uri: SipUri): NameAddress {
  return { display: null, uri, parameters: new Map() };
}
