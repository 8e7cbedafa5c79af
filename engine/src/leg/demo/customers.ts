import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';

const Step = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('play'), file: z.string().min(1) }),
  z.strictObject({
    do: z.literal('echo'),
    delayMs: z.number().int().min(0).max(10_000),
    ms: z.number().int().positive().optional(),
  }),
  z.strictObject({ do: z.literal('silence'), ms: z.number().int().positive() }),
  z.strictObject({ do: z.literal('hangup') }),
]);

const Customer = z
  .strictObject({
    /** E.164. */
    number: z.string().regex(/^\+\d{6,15}$/),
    name: z.string().min(1),
    description: z.string().default(''),
    /** From the first ring to what comes next. */
    ringMs: z.number().int().nonnegative().default(0),
    then: z.enum(['answer', 'busy', 'no-answer', 'not-in-service', 'client']),
    /** With `then: client`, the Voice SDK identity that rings. */
    client: z.string().min(1).optional(),
    steps: z.array(Step).default([]),
  })
  .refine((customer) => customer.then !== 'client' || customer.client !== undefined, {
    error: 'then: client needs a client',
  });

const File = z.strictObject({ customers: z.array(Customer) });

export type DemoCustomer = z.infer<typeof Customer>;

/**
 * Reads the demo customers. Sound files are looked for beside the JSON first, then in `sounds`;
 * the customers that come back carry absolute paths. Throws when anything is wrong or missing.
 */
export function readDemoCustomers(path: string, sounds: string): Map<string, DemoCustomer> {
  const { customers } = File.parse(JSON.parse(readFileSync(path, 'utf8')));
  const find = (file: string) => {
    const found = [resolve(dirname(path), file), join(sounds, file)].find((one) => existsSync(one));
    if (found === undefined) throw new Error(`${path} names ${file}, which does not exist`);
    return found;
  };
  for (const { steps } of customers) {
    for (const step of steps) if (step.do === 'play') step.file = find(step.file);
  }
  return new Map(customers.map((customer) => [customer.number, customer]));
}
