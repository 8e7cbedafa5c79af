import type { Device } from '@twilio/voice-sdk';
import { signalSocket } from './signal-socket.ts';

export interface VoiceSdk {
  Device: typeof Device;
}

/**
 * Fetches the Voice SDK (300 kB, so never with the first load of a page).
 *
 * The SDK keeps the WebSocket class it finds while it is evaluated. On an http page we lay ours
 * there for just that moment, because the SDK knows no setting for plain `ws://`.
 */
export async function loadVoiceSdk(signalHost: string | null): Promise<VoiceSdk> {
  if (signalHost === null || location.protocol !== 'http:') return import('@twilio/voice-sdk');
  const own = globalThis.WebSocket;
  globalThis.WebSocket = signalSocket(own, signalHost);
  try {
    return await import('@twilio/voice-sdk');
  } finally {
    globalThis.WebSocket = own;
  }
}
