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
  testCalls: TestCalls;
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
  const sip = new SipLink(() => openUserAgent(settings, log), portOf(settings), log);
  const resolve = createResolver();
  const trunks = new Trunks(ledger, ofEnvironment(settings), {
    userAgent: () => sip.ready(),
    resolve: ({ host, port, transport, tlsCa: ca }) => resolve({ host, port, transport, ca }),
    patienceMs: PATIENCE_MS,
    log,
  });
  const times = { patienceMs: PATIENCE_MS, ringMs: TEST_RING_MS };
  const testCalls = new TestCalls({ sip, media, dialogs: ledger.dialogs, log, message, times });
  const close = async () => {
    testCalls.close();
    await trunks.close();
    await sip.close();
  };
  let closing: Promise<void> | null = null;
  return { sip, trunks, testCalls, resolve, close: () => (closing ??= close()) };
}

function openUserAgent(settings: SipSettings | null, log: Logger): Promise<UserAgent> {
  if (settings === null) {
    return Promise.reject(new SipClosed('SIP is turned off: SIP_PORT says so.'));
  }
  const { host, port, tls, publicAddress } = settings;
  return createUserAgent({ host, port, tls, publicAddress, name: 'Offhook', log });
}

function portOf(settings: SipSettings | null): string {
  const port = settings?.port ?? 0;
  return port === 0 ? 'SIP port' : `SIP port ${port}`;
}

function ofEnvironment(settings: SipSettings | null): TrunkRecord | null {
  if (!settings?.trunk) return null;
  const { callerId, ...trunk } = settings.trunk;
  return environmentRecord(trunk, callerId, Date.now());
}
