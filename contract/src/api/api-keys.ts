import { z } from 'zod';
import { PersonName } from '../person.ts';
import { Instant } from '../time.ts';

/** A key acts as the person who made it: `Authorization: Bearer offhook_…`. */
export const ApiKey = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** The first characters, to tell keys apart. */
  start: z.string(),
  createdAt: Instant,
  lastUsedAt: Instant.nullable(),
});
export type ApiKey = z.infer<typeof ApiKey>;

/** GET /api/api-keys: one's own. DELETE /api/api-keys/:id → 204 */
export const ApiKeysAnswer = z.strictObject({ apiKeys: z.array(ApiKey) });
export type ApiKeysAnswer = z.infer<typeof ApiKeysAnswer>;
/** POST /api/api-keys → 201 */
export const ApiKeyRequest = z.strictObject({ name: PersonName });
export type ApiKeyRequest = z.infer<typeof ApiKeyRequest>;
/** The key itself is shown this once. */
export const ApiKeyCreated = z.strictObject({ apiKey: ApiKey, secret: z.string() });
export type ApiKeyCreated = z.infer<typeof ApiKeyCreated>;
