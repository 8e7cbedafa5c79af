import { z } from 'zod';
import type { HttpMethod } from '../callback/request.ts';
import { attributeCode } from './attribute-codes.ts';
import type { Element } from './parse.ts';
import { TWIML, TwimlProblem } from './problem.ts';

/** Twilio reads booleans in any case. */
export const flag = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(z.enum(['true', 'false']))
  .transform((text) => text === 'true');

export const method = z
  .string()
  .transform((text) => text.toUpperCase())
  .pipe(z.enum(['GET', 'POST'])) satisfies z.ZodType<HttpMethod>;

export const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'is not a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));

/** A list of words, split at spaces (TwiML) or given as repeated fields (REST). */
export const words = <Word extends string>(known: readonly [Word, ...Word[]]) =>
  z
    .string()
    .transform((text) => text.split(/\s+/).filter((word) => word !== ''))
    .pipe(z.array(z.enum(known, { error: ({ input }) => `names ${String(input)}` })));

/** What others may stand in; each of them says which. */
const PARENTS: ReadonlySet<string> = new Set([
  'Client',
  'Dial',
  'Enqueue',
  'Gather',
  'Number',
  'Say',
  'Sip',
]);

/**
 * Reads an element's attributes; one that is unknown, or that this engine does not carry out, is
 * refused by name, and so is an element in one that holds none. @throws TwimlProblem
 */
export function attributes<Shape extends z.ZodRawShape>(
  element: Element,
  shape: Shape,
): z.infer<z.ZodObject<Shape>> {
  const [child] = element.children;
  if (child && !PARENTS.has(element.name)) {
    throw new TwimlProblem(TWIML.schema, `<${element.name}><${child.name}> is not supported`);
  }
  const read = z.strictObject(shape).safeParse(element.attributes);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys';
  const names = unknown ? issue.keys : [issue?.path.join('.') ?? ''];
  const [name = ''] = names;
  const absent = name in shape && !Object.hasOwn(element.attributes, name);
  const why = unknown ? 'is not supported' : absent ? 'is missing' : issue?.message;
  throw new TwimlProblem(
    attributeCode(element.name, name),
    `<${element.name}> attribute ${names.join(', ')}: ${why ?? 'is wrong'}`,
  );
}

/**
 * An address inside TwiML may be relative to the document it stands in, if that has an address:
 * `base` is empty where it has none. @throws TwimlProblem
 */
export function addressIn(element: Element, text: string, base: string): string {
  const origin = base === '' ? undefined : base;
  if (!URL.canParse(text, origin)) {
    throw new TwimlProblem(TWIML.url, `<${element.name}>: ${text || 'nothing'} is not a URL`);
  }
  const url = new URL(text, origin);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TwimlProblem(TWIML.url, `<${element.name}>: ${text} is not an http address`);
  }
  return url.href;
}

/**
 * Where a verb's outcome goes: `action`, or the document in which the verb stands; null where that came
 * with the call and has no address, and the call goes on with the next verb.
 */
export function actionOf(
  element: Element,
  action: string | undefined,
  base: string,
): string | null {
  return addressOrNull(element, action === undefined || action === '' ? base : action, base);
}

/** Null when the attribute is absent or empty. */
export function addressOrNull(
  element: Element,
  text: string | undefined,
  base: string,
): string | null {
  return text === undefined || text === '' ? null : addressIn(element, text, base);
}
