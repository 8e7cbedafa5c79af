import { createHash } from 'node:crypto';
import type { Ledger } from '../journal/ledger.ts';
import type { TwimlSource } from '../twiml/fetcher.ts';
import type { VoiceSettings } from './account-record.ts';

export const NO_VOICE: VoiceSettings = {
  voiceUrl: null,
  voiceMethod: 'POST',
  voiceFallbackUrl: null,
  voiceFallbackMethod: 'POST',
  statusCallback: null,
  statusCallbackMethod: 'POST',
};

/** What the engine's settings say about the account. */
export interface AccountSettings {
  sid: string;
  twimlAppSid: string;
  voiceUrl: string;
  callerId: string;
}

/**
 * Sees to it that the application and the number of the settings exist. The settings' voice URL
 * wins over what was said before: it is where the application listens now.
 */
export function seedAccount(ledger: Ledger, settings: AccountSettings): void {
  const now = Date.now();
  const app = ledger.applications.get(settings.twimlAppSid);
  if (app?.voiceUrl !== settings.voiceUrl) {
    ledger.applications.save({
      ...(app ?? {
        ...NO_VOICE,
        sid: settings.twimlAppSid,
        friendlyName: 'Voice SDK',
        createdAt: now,
      }),
      voiceUrl: settings.voiceUrl,
      updatedAt: now,
    });
  }
  const { callerId } = settings;
  if ([...ledger.numbers.values()].some(({ phoneNumber }) => phoneNumber === callerId)) return;
  // The same number keeps its name when the data folder is new.
  const hash = createHash('sha256').update(`${settings.sid} ${callerId}`).digest('hex');
  ledger.numbers.save({
    ...NO_VOICE,
    sid: `PN${hash.slice(0, 32)}`,
    phoneNumber: callerId,
    friendlyName: callerId,
    voiceApplicationSid: null,
    createdAt: now,
    updatedAt: now,
  });
}

/** Null: it has no voice URL. */
export function voiceSource(app: VoiceSettings): (TwimlSource & { kind: 'url' }) | null {
  if (app.voiceUrl === null) return null;
  const { voiceFallbackUrl: url, voiceFallbackMethod: method } = app;
  return {
    kind: 'url',
    url: app.voiceUrl,
    method: app.voiceMethod,
    ...(url === null ? {} : { fallback: { url, method } }),
  };
}
