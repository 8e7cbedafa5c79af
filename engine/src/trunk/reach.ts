import type { Hop, NameAddress, SipUri } from '../sip/message/message.ts';
import type { Ping, UserAgent } from '../sip/user-agent/calls.ts';
import type { TrunkRecord } from './trunk-record.ts';

/**
 * OPTIONS, for so long and no longer: the transaction itself gives up after 32 s (RFC 3261
 * §17.1.2.2), and people are told sooner.
 */
export async function patientPing(
  agent: UserAgent,
  trunk: TrunkRecord,
  hops: readonly Hop[],
  patienceMs: number,
): Promise<Ping> {
  let timer: NodeJS.Timeout | undefined;
  const tired = new Promise<Ping>((resolve) => {
    const text = `${trunk.host} did not answer OPTIONS within ${patienceMs / 1000} s`;
    // Where all else has stopped, nobody waits for this answer.
    timer = setTimeout(() => resolve({ ok: false, cause: 'timeout', text }), patienceMs).unref();
  });
  try {
    return await Promise.race([agent.ping(trunkUri(trunk, null), hops), tired]);
  } finally {
    clearTimeout(timer);
  }
}

/** An address at the trunk: its own (null), or somebody's there. */
export function trunkUri(
  { host, port, transport }: Pick<TrunkRecord, 'host' | 'port' | 'transport'>,
  user: string | null,
): SipUri {
  // UDP is what an address without the parameter means (RFC 3261 §19.1.1).
  const parameters = new Map(transport === 'udp' ? [] : [['transport', transport]]);
  return { scheme: 'sip', user, host, port, parameters };
}

export function nameAddress(uri: SipUri): NameAddress {
  return { display: null, uri, parameters: new Map() };
}
