import type { z } from 'zod';
import type { VoiceSettings } from '../account/account-record.ts';
import { addressOrNone, method } from './fields.ts';

/** What applications and numbers have in common. */
export const VOICE_FIELDS = {
  VoiceUrl: addressOrNone.optional(),
  VoiceMethod: method.optional(),
  VoiceFallbackUrl: addressOrNone.optional(),
  VoiceFallbackMethod: method.optional(),
  StatusCallback: addressOrNone.optional(),
  StatusCallbackMethod: method.optional(),
} as const;

/** `before` with what was asked to be different. */
export function voiceSettings(
  read: z.infer<z.ZodObject<typeof VOICE_FIELDS>>,
  before: VoiceSettings | null,
): VoiceSettings {
  const or = <T>(given: T | undefined, kept: T | undefined, fallback: T): T =>
    given !== undefined ? given : kept !== undefined ? kept : fallback;
  return {
    voiceUrl: or(read.VoiceUrl, before?.voiceUrl, null),
    voiceMethod: or(read.VoiceMethod, before?.voiceMethod, 'POST'),
    voiceFallbackUrl: or(read.VoiceFallbackUrl, before?.voiceFallbackUrl, null),
    voiceFallbackMethod: or(read.VoiceFallbackMethod, before?.voiceFallbackMethod, 'POST'),
    statusCallback: or(read.StatusCallback, before?.statusCallback, null),
    statusCallbackMethod: or(read.StatusCallbackMethod, before?.statusCallbackMethod, 'POST'),
  };
}
