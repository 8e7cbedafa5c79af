import { z } from 'zod';

const port = z.number().int().min(1).max(65535);

/** What control tells the media process when it forks it, as JSON in its first argument. */
export const MediaSettings = z.strictObject({
  /** The one UDP port of all browser media; 0: any that is free. */
  udpPort: z.number().int().min(0).max(65535),
  /** Address or name at which browsers reach us from outside; offered besides our interfaces'. */
  publicAddress: z.string().nullable(),
  /** Address to bind the port to; null: all. */
  bindAddress: z.string().nullable(),
  /** UDP ports of telephones' media, both ends included; null: any that are free. */
  rtpPorts: z.strictObject({ from: port, to: port }).nullable(),
  /** A telephone that sends nothing at all for so long is lost. */
  rtpTimeoutMs: z.number().positive(),
  logLevel: z.string(),
});
export type MediaSettings = z.infer<typeof MediaSettings>;

export function readSettings(json: string | undefined): MediaSettings {
  return MediaSettings.parse(JSON.parse(json ?? 'null'));
}
