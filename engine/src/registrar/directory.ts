import type { Ledger } from '../journal/ledger.ts';
import type { CredentialRecord, SipDomainRecord } from './sip-records.ts';

/** Whose domains and credentials there are: the account's, as REST made them. */
export class Directory {
  readonly #ledger: Pick<Ledger, 'sipDomains' | 'credentialLists'>;

  constructor(ledger: Pick<Ledger, 'sipDomains' | 'credentialLists'>) {
    this.#ledger = ledger;
  }

  /** By its name, in any case. */
  domain(name: string): SipDomainRecord | undefined {
    const wanted = name.toLowerCase();
    return [...this.#ledger.sipDomains.values()].find((one) => one.domainName === wanted);
  }

  /** Who may call from the domain, or register there, under this name. */
  credential(
    domain: SipDomainRecord,
    to: 'call' | 'register',
    username: string,
  ): CredentialRecord | undefined {
    const lists = to === 'call' ? domain.callLists : domain.registrationLists;
    return lists
      .flatMap(({ listSid }) => this.#ledger.credentialLists.get(listSid)?.credentials ?? [])
      .find((one) => one.username === username);
  }

  /** There is somebody whom a phone could be registered for. */
  get inUse(): boolean {
    return [...this.#ledger.sipDomains.values()].some(({ registrationLists, callLists }) =>
      [...registrationLists, ...callLists].some(
        ({ listSid }) => (this.#ledger.credentialLists.get(listSid)?.credentials.length ?? 0) > 0,
      ),
    );
  }
}
