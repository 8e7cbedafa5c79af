import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Secrets = z.object({
  /** The engine's one account, in Twilio's words. */
  accountSid: z.string(),
  authToken: z.string(),
  apiKeySid: z.string(),
  apiKeySecret: z.string(),
  twimlAppSid: z.string(),
  databaseAdminPassword: z.string(),
  databasePassword: z.string(),
  /** Signs the session cookies. */
  sessionSecret: z.string(),
});
export type Secrets = z.infer<typeof Secrets>;

export function makeSecrets(): Secrets {
  const hex = (bytes: number) => randomBytes(bytes).toString('hex');
  return {
    accountSid: `AC${hex(16)}`,
    authToken: hex(16),
    apiKeySid: `SK${hex(16)}`,
    apiKeySecret: hex(16),
    twimlAppSid: `AP${hex(16)}`,
    databaseAdminPassword: hex(24),
    databasePassword: hex(24),
    sessionSecret: hex(32),
  };
}

/** Made at the first start, kept for ever: `<data>/secrets.json`, for the owner's eyes only. */
export function keepSecrets(dataFolder: string): Secrets {
  const file = join(dataFolder, 'secrets.json');
  if (existsSync(file)) {
    const read = Secrets.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (read.success) return read.data;
    throw new Error(
      `${file} is damaged: restore it from a backup.\n${z.prettifyError(read.error)}`,
    );
  }
  const secrets = makeSecrets();
  // Whole or not at all: half a file would lock us out of our own database.
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, {
    mode: 0o600,
    flush: true,
  });
  renameSync(`${file}.new`, file);
  return secrets;
}
