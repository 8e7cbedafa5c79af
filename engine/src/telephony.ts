import type { Logger } from 'pino';
import type { Ledger } from './journal/ledger.ts';
import type { MediaLink } from './media-link.ts';
import { SipClosed, SipLink } from './sip-link.ts';
import type { SipSettings } from './sip-settings.ts';
import { createResolver, type Resolve } from './sip/transport/resolve.ts';
import type { UserAgent } from './sip/user-agent/calls.ts';
import { createUserAgent } from './sip/user-agent/user-agent.ts';
import { environmentRecord } from './trunk/environment-trunk.ts';
import { TestCalls } from './trunk/test-calls.ts';
import type { TrunkRecord } from './trunk/trunk-record.ts';
import { Trunks } from './trunk/trunks.ts';

export interface Telephony {
  sip: SipLink;
  trunks: Trunks;
  /** Where a name leads. */
  resolve: Resolve;
  /** Takes registrations back, ends what calls there are, closes the ports. Harmless twice. */
  close(): Promise<void>;
}

/** How long people wait for OPTIONS, and let a test call ring. */
const PATIENCE_MS = 10_000;
const TEST_RING_MS = 45_000;

/**
 * SIP and the trunks. Nothing is opened or asked before `trunks.start()`. `message`: what who picks
 * up a test call hears.
 */
export function buildTelephony(
  settings: SipSettings | null,
  { ledger, media }: { ledger: Ledger; media: MediaLink },
  message: string,
  log: Logger,
): Telephony {
  const port = settings?.port ?? 0;
  const sip = new SipLink(
    () =>
      settings === null
        ? Promise.reject(new SipClosed('SIP is turned off: SIP_PORT says so.'))
        : openUserAgent(settings, log),
    port === 0 ? 'SIP port' : `SIP port ${port}`,
    log,
  );
  const resolve = createResolver();
  const trunks = new Trunks(ledger, ofEnvironment(settings), {
    userAgent: () => sip.ready(),
    resolve: ({ host, port: at, transport, tlsCa }) =>
      resolve({ host, port: at, transport, ca: tlsCa }),
    patienceMs: 10_000,
    log,
  });
  const times = { patienceMs: PATIENCE_MS, ringMs: TEST_RING_MS };
  const testCalls = new TestCalls({ sip, media, log, message, times });
  const close = async () => {
    testCalls.close();
    await trunks.close();
    await sip.close();
  };
  let closing: Promise<void> | null = null;
  return { sip, trunks, resolve, close: () => (closing ??= close()) };
}

function openUserAgent(settings: SipSettings | null, log: Logger): Promise<UserAgent> {
  if (settings === null) {
    return Promise.reject(new SipClosed('SIP is turned off: SIP_PORT says so.'));
  }
  const { host, port, tls, publicAddress } = settings;
  return createUserAgent({
    ...{ host, port, publicAddress, log },
    tls: tls && { port: tls.port, cert: tls.cert.toString(), key: tls.key.toString() },
    name: 'Offhook',
  });
}

function portOf(settings: SipSettings | null): string {
  const port = settings?.port ?? 0;
  return port === 0 ? 'SIP port' : `SIP port ${port}`;
}

/** RFC 3263 §4.1, without NAPTR: what the address says, else UDP. */
function transportOf({ scheme, parameters }: SipUri): TransportName {
  if (scheme === 'sips') return 'tls';
  const said = parameters.get('transport')?.toLowerCase();
  return said === 'tcp' || said === 'tls' ? said : 'udp';
}

function ofEnvironment(settings: SipSettings | null): TrunkRecord | null {
  if (!settings?.trunk) return null;
  const { callerId, ...trunk } = settings.trunk;
  return environmentRecord(trunk, callerId, Date.now());
}
