import { createHash } from 'node:crypto';
import { NO_VOICE } from '../account/account.ts';
import type { Ledger } from '../journal/ledger.ts';

/** What the engine's settings say about agents' phones. */
export interface SipAccountSettings {
  accountSid: string;
  /** Where the calls go that phones make: the application listens there. */
  voiceUrl: string;
  domain: string;
  /** CL…; null: the domain's credential lists are made over REST. */
  credentialList: string | null;
}

/**
 * Sees to it that the settings' domain exists, and takes the settings' credential list, which is
 * made too. What REST changed stays; the voice URL is the settings'.
 */
export function seedSipAccount(ledger: Ledger, settings: SipAccountSettings): void {
  const { accountSid, voiceUrl, domain: domainName, credentialList } = settings;
  const now = Date.now();
  if (credentialList !== null && !ledger.credentialLists.has(credentialList)) {
    const dates = { createdAt: now, updatedAt: now };
    const list = { sid: credentialList, friendlyName: domainName, credentials: [], ...dates };
    ledger.credentialLists.save(list);
  }
  const before = [...ledger.sipDomains.values()].find((one) => one.domainName === domainName);
  const mapping = credentialList === null ? [] : [{ listSid: credentialList, createdAt: now }];
  // The same domain keeps its name when the data folder is new.
  const hash = createHash('sha256').update(`${accountSid} ${domainName}`).digest('hex');
  const wanted = before ?? {
    ...NO_VOICE,
    sid: `SD${hash.slice(0, 32)}`,
    domainName,
    friendlyName: domainName,
    sipRegistration: true,
    callLists: mapping,
    registrationLists: mapping,
    createdAt: now,
    updatedAt: now,
  };
  if (before?.voiceUrl === voiceUrl) return;
  ledger.sipDomains.save({ ...wanted, voiceUrl, updatedAt: now });
}
