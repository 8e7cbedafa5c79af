import { isIP } from 'node:net';
import type { Binding, Bindings } from '../../registrar/bindings.ts';
import type { Hop, NameAddress } from '../../sip/message/message.ts';
import type { Unconnected } from '../../trunk/failure.ts';
import { PHONE_TERMS, SECRET_TERMS, type SoundTerms } from './sip-sound.ts';
import type { Way } from './way.ts';

/**
 * The ways to all phones that are registered for somebody: one round for each q, the highest first
 * (RFC 3261 §16.6).
 */
export function phoneWays(
  aor: string,
  bindings: Bindings,
  call: Pick<Way, 'from' | 'to' | 'headers'>,
): Way[][] {
  const rounds = new Map<number, Way[]>();
  for (const binding of bindings.of(aor, Date.now())) {
    const round = rounds.get(binding.q) ?? [];
    rounds.set(binding.q, round);
    round.push(wayTo(aor, binding, bindings, call));
  }
  return [...rounds.values()];
}

function wayTo(
  aor: string,
  binding: Binding,
  bindings: Bindings,
  call: { from: NameAddress; to: NameAddress; headers: Way['headers'] },
): Way {
  const [first, then] = termsFor(binding);
  const way = (terms: SoundTerms, otherwise: Way | null): Way => ({
    ...call,
    uri: binding.contact,
    hops: async () => hopsTo(binding),
    // Behind NAT nothing gets through to it but over the way by which it registered.
    largeByTcp: false,
    routes: binding.path,
    credentials: null,
    trunkSid: null,
    terms,
    otherwise,
    take: () => true,
    release: () => undefined,
    report: (failure) => {
      if (failure !== null && isGone(failure)) bindings.drop(aor, binding);
    },
  });
  return way(first, way(then, null));
}

/**
 * What is offered first, and what to a phone that refuses it: one m-line cannot offer both (RFC 4568
 * §4), and a second one for the same sound confuses too many.
 *
 * Over TLS it is SRTP: nobody on the way reads its keys, as RFC 4568 §8.3 wants it. Who refuses it is
 * the phone itself, which TLS vouches for too, and so it is not kept from ringing: plain RTP is what
 * its owner has chosen. Elsewhere the keys could be read as easily as the sound: there plain RTP,
 * which every phone knows, comes first, and SRTP is for those that insist on it.
 */
function termsFor({ source }: Binding): readonly [first: SoundTerms, then: SoundTerms] {
  return source.transport === 'tls' ? [SECRET_TERMS, PHONE_TERMS] : [PHONE_TERMS, SECRET_TERMS];
}

/** A phone that closed its connection may still take a new one at the address that it gave. */
function hopsTo({ source, contact, path }: Binding): Hop[] {
  if (path.length > 0) return [source];
  if (isIP(contact.host) === 0 || source.transport === 'udp') return [source];
  const port = contact.port ?? (source.transport === 'tls' ? 5061 : 5060);
  return [source, { ...source, address: contact.host, port }];
}

/** RFC 5626 §5.3: whoever is silent (408) or behind a flow that is gone (430) is not there any more. */
function isGone(failure: Unconnected): boolean {
  if (failure.kind === 'refused') return failure.status === 408 || failure.status === 430;
  return failure.kind === 'unreachable';
}
