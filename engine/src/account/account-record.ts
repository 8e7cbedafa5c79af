import type { HttpMethod } from '../callback/request.ts';

/** Where a call's instructions come from, as applications and numbers both say it. */
export interface VoiceSettings {
  voiceUrl: string | null;
  voiceMethod: HttpMethod;
  voiceFallbackUrl: string | null;
  voiceFallbackMethod: HttpMethod;
  statusCallback: string | null;
  statusCallbackMethod: HttpMethod;
}

/** A TwiML application as it is journalled. All times are milliseconds of Date.now(). */
export interface ApplicationRecord extends VoiceSettings {
  sid: string;
  friendlyName: string;
  createdAt: number;
  updatedAt: number;
}

/** A number of the account as it is journalled. */
export interface NumberRecord extends VoiceSettings {
  sid: string;
  /** E.164. */
  phoneNumber: string;
  friendlyName: string;
  /** Its settings win over the number's own. */
  voiceApplicationSid: string | null;
  createdAt: number;
  updatedAt: number;
}
