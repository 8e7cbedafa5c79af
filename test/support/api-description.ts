import { expect } from 'vitest';
import { z } from 'zod';
import type { Answer, Client } from './client.ts';

/** As much of an OpenAPI description as this test reads. */
const Description = z.looseObject({
  openapi: z.string(),
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        security: z.array(z.unknown()).optional(),
        responses: z.record(
          z.string(),
          z.looseObject({
            content: z
              .record(z.string(), z.looseObject({ schema: z.record(z.string(), z.unknown()) }))
              .optional(),
          }),
        ),
      }),
    ),
  ),
});
export type Description = z.infer<typeof Description>;

export async function describedBy(client: Client): Promise<Description> {
  return Description.parse((await client.get('/api/openapi.json')).body);
}

/** Expects that what was answered is what the description says of this operation and status. */
export function fitsTo(description: Description) {
  return (method: string, path: string, answer: Answer): void => {
    const responses = description.paths[path]?.[method]?.responses ?? {};
    const said =
      responses[String(answer.status)] ?? responses[`${answer.status}`.replace(/..$/, 'XX')];
    const schema = said?.content?.['application/json']?.schema;
    if (schema === undefined) {
      throw new Error(`${method} ${path}: ${answer.status} is not described`);
    }
    const read = z.fromJSONSchema(schema).safeParse(answer.body);
    const problem = read.success ? null : z.prettifyError(read.error);
    expect([method, path, answer.status, problem]).toEqual([method, path, answer.status, null]);
    // The check itself can fail: something that is no answer of ours does not fit.
    expect(z.fromJSONSchema(schema).safeParse({ something: 'else' }).success).toBe(false);
  };
}
