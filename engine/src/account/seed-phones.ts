import { createHash } from 'node:crypto';
import type { Ledger } from '../journal/ledger.ts';
import type { SipDomainRecord } from '../registrar/sip-records.ts';
import { NO_VOICE } from './account.ts';

type Shelves = Pick<
  Ledger,
  'sipDomains' | 'credentialLists' | 'saveSipDomain' | 'saveCredentialList'
>;

/** What the engine's settings say about agents' phones; null where they leave it to REST. */
export interface PhoneSettings {
  domain: string | null;
  credentialListSid: string | null;
}

/**
 * Sees to it that the settings' SIP domain and credential list exist, and that the domain takes
 * registrations by that list. Another domain in the settings renames the one that was made here.
 */
export function seedPhones(ledger: Shelves, accountSid: string, settings: PhoneSettings): void {
  const { domain, credentialListSid: listSid } = settings;
  if (domain === null || listSid === null) return;
  const now = Date.now();
  if (!ledger.credentialLists.has(listSid)) {
    const friendlyName = 'Agents’ phones';
    const list = { sid: listSid, friendlyName, credentials: [], createdAt: now, updatedAt: now };
    ledger.saveCredentialList(list);
  }
  const ours = seededDomain(ledger, accountSid, domain, now);
  const isMapped = ours.registrationLists.some((mapping) => mapping.listSid === listSid);
  const known = ledger.sipDomains.get(ours.sid);
  if (known?.domainName === domain && known.sipRegistration && isMapped) return;
  const mapping = { listSid, createdAt: now };
  ledger.saveSipDomain({
    ...ours,
    domainName: domain,
    sipRegistration: true,
    registrationLists: isMapped ? ours.registrationLists : [...ours.registrationLists, mapping],
    updatedAt: now,
  });
}

/** The domain of that name, whoever made it; else the one from here, whatever its name was. */
function seededDomain(
  { sipDomains }: Shelves,
  accountSid: string,
  domainName: string,
  now: number,
): SipDomainRecord {
  // The same domain keeps its name when the data folder is new.
  const hash = createHash('sha256').update(`${accountSid} phones`).digest('hex');
  const sid = `SD${hash.slice(0, 32)}`;
  const named = [...sipDomains.values()].find((one) => one.domainName === domainName);
  return (
    named ??
    sipDomains.get(sid) ?? {
      ...NO_VOICE,
      sid,
      domainName,
      friendlyName: 'Agents’ phones',
      sipRegistration: true,
      callLists: [],
      registrationLists: [],
      createdAt: now,
      updatedAt: now,
    }
  );
}
