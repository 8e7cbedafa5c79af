import { z } from 'zod';
import { ApiProblem } from './problem.ts';

export const flag = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(z.enum(['true', 'false']))
  .transform((text) => text === 'true');

export const method = z
  .string()
  .transform((text) => text.toUpperCase())
  .pipe(z.enum(['GET', 'POST']));

export const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'is not a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));

export const address = z
  .string()
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
    error: 'is not an http address',
  });

/** An address that may be taken away again with an empty text. */
export const addressOrNone = z.union([
  z.literal('').transform(() => null),
  address.transform((text): string | null => text),
]);

/** Where to ask for music: empty means silence. */
export const musicAddress = z.union([z.literal(''), address]);

/** Repeated fields, or one field with words between spaces; Twilio takes both. */
export const words = <Word extends string>(known: readonly [Word, ...Word[]]) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((given) =>
      [given].flat().flatMap((text) => text.split(/\s+/).filter((word) => word !== '')),
    )
    .pipe(z.array(z.enum(known, { error: ({ input }) => `names ${String(input)}` })));

/**
 * Reads a request's fields. One that is unknown, or that this engine does not carry out, is
 * refused by name. Twilio's 20001 says that a parameter is wrong; `codes` are those that have one
 * of their own, `absent` those that have one for not being there. @throws ApiProblem
 */
export function fields<Shape extends z.ZodRawShape>(
  raw: unknown,
  shape: Shape,
  codes: Readonly<Record<string, number>> = {},
  absent: Readonly<Record<string, number>> = {},
): z.infer<z.ZodObject<Shape>> {
  const given = raw ?? {};
  const read = z.strictObject(shape).safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const unknown = read.error.issues.find((one) => one.code === 'unrecognized_keys');
  if (unknown) {
    const names = unknown.keys.join(', ');
    throw new ApiProblem(400, 20_001, `This engine does not support the parameter ${names}`);
  }
  const name = issue?.path.join('.') ?? '';
  const missing = name in shape && !Object.hasOwn(given, name);
  const code = (missing ? absent[name] : undefined) ?? codes[name] ?? 20_001;
  const why = missing ? 'is missing' : (issue?.message ?? 'is wrong');
  throw new ApiProblem(400, code, `Invalid parameter ${name}: ${why}`);
}
