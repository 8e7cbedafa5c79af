import { lookup } from 'node:dns/promises';
import type { Logger } from 'pino';
import type { Ledger } from './journal/ledger.ts';
import { SipClosed, SipLink } from './sip-link.ts';
import type { SipSettings } from './sip-settings.ts';
import type { UserAgent } from './sip/user-agent/calls.ts';
import { environmentRecord } from './trunk/environment-trunk.ts';
import type { TrunkRecord } from './trunk/trunk-record.ts';
import { Trunks } from './trunk/trunks.ts';

export interface Telephony {
  sip: SipLink;
  trunks: Trunks;
  /** Takes registrations back, ends what calls there are, closes the ports. Harmless twice. */
  close(): Promise<void>;
}

/** SIP and the trunks. Nothing is opened or asked before `trunks.start()`. */
export function buildTelephony(
  settings: SipSettings | null,
  { ledger }: { ledger: Ledger },
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
  const trunks = new Trunks(ledger, ofEnvironment(settings), {
    userAgent: () => sip.ready(),
    resolve: async ({ host, port: at, transport }) => {
      const found = await lookup(host, { all: true });
      return found.map(({ address }) => ({
        transport,
        address,
        port: at ?? 5060,
        serverName: host,
      }));
    },
    patienceMs: 10_000,
    log,
  });
  const close = async () => {
    await trunks.close();
    await sip.close();
  };
  let closing: Promise<void> | null = null;
  return { sip, trunks, close: () => (closing ??= close()) };
}

function openUserAgent(_settings: SipSettings, _log: Logger): Promise<UserAgent> {
  return Promise.reject(new Error('there is no user agent yet'));
}

function ofEnvironment(settings: SipSettings | null): TrunkRecord | null {
  if (!settings?.trunk) return null;
  const { callerId, ...trunk } = settings.trunk;
  return environmentRecord(trunk, callerId, Date.now());
}
