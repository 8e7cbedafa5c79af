import type { VoiceSettings } from '../account/account-record.ts';

/**
 * A SIP domain as it is journalled: whose phones register at it, and what happens to the calls that
 * they make. All times are milliseconds of Date.now().
 */
export interface SipDomainRecord extends VoiceSettings {
  /** SD and 32 hex digits. */
  sid: string;
  /** Lower case. */
  domainName: string;
  friendlyName: string;
  /** Phones may register. */
  sipRegistration: boolean;
  /** Who may call, and who may register. */
  callLists: ListMapping[];
  registrationLists: ListMapping[];
  createdAt: number;
  updatedAt: number;
}

export interface ListMapping {
  /** CL… */
  listSid: string;
  createdAt: number;
}

export interface CredentialListRecord {
  /** CL and 32 hex digits. */
  sid: string;
  friendlyName: string;
  credentials: CredentialRecord[];
  createdAt: number;
  updatedAt: number;
}

/** What a phone proves who it is with. The password itself is kept nowhere. */
export interface CredentialRecord {
  /** CR and 32 hex digits. */
  sid: string;
  username: string;
  /** RFC 7616 §3.4.2, for the one realm that the engine has. */
  ha1: Readonly<Record<'MD5' | 'SHA-256', string>>;
  createdAt: number;
  updatedAt: number;
}
