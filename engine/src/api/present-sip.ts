import type {
  CredentialListRecord,
  CredentialRecord,
  ListMapping,
  SipDomainRecord,
} from '../registrar/sip-records.ts';
import { API_VERSION } from '../leg/call-callbacks.ts';
import { rfc2822 } from '../times.ts';

/** What has to do with agents' phones, as twilio_api_v2010.json describes it. */
export class SipPresenter {
  readonly #account: string;
  readonly #path: (rest: string) => string;

  /** `path`: the whole of one that is relative to the account's. */
  constructor(accountSid: string, path: (rest: string) => string) {
    this.#account = accountSid;
    this.#path = path;
  }

  domain(record: SipDomainRecord): Record<string, unknown> {
    const own = this.#path(`/SIP/Domains/${record.sid}`);
    return {
      ...this.#common(record),
      api_version: API_VERSION,
      auth_type: record.callLists.length > 0 ? 'CREDENTIAL_LIST' : '',
      domain_name: record.domainName,
      voice_fallback_method: record.voiceFallbackMethod,
      voice_fallback_url: record.voiceFallbackUrl,
      voice_method: record.voiceMethod,
      voice_status_callback_method: record.statusCallbackMethod,
      voice_status_callback_url: record.statusCallback,
      voice_url: record.voiceUrl,
      sip_registration: record.sipRegistration,
      emergency_calling_enabled: false,
      secure: false,
      byoc_trunk_sid: null,
      emergency_caller_sid: null,
      uri: `${own}.json`,
      subresource_uris: {
        calls_credential_list_mappings: `${own}/Auth/Calls/CredentialListMappings.json`,
        registrations_credential_list_mappings: `${own}/Auth/Registrations/CredentialListMappings.json`,
      },
    };
  }

  credentialList(record: CredentialListRecord): Record<string, unknown> {
    const own = this.#path(`/SIP/CredentialLists/${record.sid}`);
    const subresources = { credentials: `${own}/Credentials.json` };
    return { ...this.#common(record), uri: `${own}.json`, subresource_uris: subresources };
  }

  credential(record: CredentialRecord, listSid: string): Record<string, unknown> {
    return {
      sid: record.sid,
      account_sid: this.#account,
      credential_list_sid: listSid,
      username: record.username,
      date_created: rfc2822(record.createdAt),
      date_updated: rfc2822(record.updatedAt),
      uri: this.#path(`/SIP/CredentialLists/${listSid}/Credentials/${record.sid}.json`),
    };
  }

  /** A mapping has its list's sid and name. */
  credentialListMapping(
    { listSid, createdAt }: ListMapping,
    list: CredentialListRecord | null,
  ): Record<string, unknown> {
    const friendlyName = list?.friendlyName ?? listSid;
    return this.#common({ sid: listSid, friendlyName, createdAt, updatedAt: createdAt });
  }

  #common(record: { sid: string; friendlyName: string; createdAt: number; updatedAt: number }) {
    return {
      sid: record.sid,
      account_sid: this.#account,
      friendly_name: record.friendlyName,
      date_created: rfc2822(record.createdAt),
      date_updated: rfc2822(record.updatedAt),
    };
  }
}
