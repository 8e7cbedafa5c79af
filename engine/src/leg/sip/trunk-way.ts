import type { Credentials } from '../../sip/user-agent/calls.ts';
import { nameAddress } from '../../trunk/reach.ts';
import type { Route } from '../../trunk/route.ts';
import type { TrunkRecord } from '../../trunk/trunk-record.ts';
import type { Way } from './way.ts';

/** A trunk's route as a way of an outgoing call. */
export function overTrunk(route: Route): Way {
  const { trunk, uri, from } = route;
  return {
    uri,
    from,
    to: nameAddress(uri),
    hops: () => route.hops(),
    // Whoever runs the trunk has chosen, and most carriers who say UDP take nothing else.
    largeByTcp: false,
    routes: [],
    credentials: credentialsOf(trunk),
    trunkSid: trunk.sid,
    headers: [],
    terms: { laws: trunk.codecs, srtp: trunk.srtp },
    // Whoever runs the trunk says what is spoken there.
    otherwise: null,
    take: () => route.take(),
    release: () => route.release(),
    report: (failure) => route.report(failure),
  };
}

/** What answers a trunk's challenge; null: it needs nothing. */
export function credentialsOf({
  username,
  password,
}: Pick<TrunkRecord, 'username' | 'password'>): Credentials | null {
  return username === null ? null : { username, password: password ?? '' };
}
