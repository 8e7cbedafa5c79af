import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { DemoCustomerConfig } from './config.ts';

/** What we read of the file that the engine reads whole: who can be rung, and what they do. */
const DemoCustomersFile = z.object({
  customers: z.array(
    z.object({
      number: z.string().regex(/^\+[0-9]{7,15}$/),
      name: z.string().min(1),
      description: z.string(),
      client: z
        .string()
        .regex(/^[A-Za-z0-9_]+$/)
        .optional(),
    }),
  ),
});

/** Read once, at start. */
export function readDemoCustomers(path: string | undefined): {
  customers: DemoCustomerConfig[];
  problems: string[];
} {
  if (path === undefined) return { customers: [], problems: [] };
  try {
    const { customers } = DemoCustomersFile.parse(JSON.parse(readFileSync(path, 'utf8')));
    return {
      problems: [],
      customers: customers.map(({ number, name, description, client }) => ({
        number,
        name,
        description,
        ...(client === undefined ? {} : { client }),
      })),
    };
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    return {
      customers: [],
      problems: [`OFFHOOK_DEMO_CUSTOMERS: ${path} cannot be read: ${why}`],
    };
  }
}
