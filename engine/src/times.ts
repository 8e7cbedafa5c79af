/** "Sun, 22 Nov 2026 20:37:29 +0000": how Twilio writes a moment, in whole seconds. */
export function rfc2822(ms: number): string {
  return new Date(ms).toUTCString().replace('GMT', '+0000');
}

export function rfc2822OrNull(ms: number | null): string | null {
  return ms === null ? null : rfc2822(ms);
}

/** Whole seconds, as Twilio counts a length. */
export function wholeSeconds(ms: number): number {
  return Math.max(0, Math.round(ms / 1000));
}
