import { z } from 'zod';

/**
 * A form-encoded callback: fields may be added at any time, so unknown ones pass; a repeated field
 * comes as a list.
 */
export const CallbackForm = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
export type CallbackForm = z.infer<typeof CallbackForm>;

/** A field's text; null when it is absent, empty or repeated. */
export function field(form: CallbackForm, name: string): string | null {
  const value = form[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A field that holds a whole number; null when it does not. */
export function wholeNumber(form: CallbackForm, name: string): number | null {
  const text = field(form, name);
  return text !== null && /^-?\d+$/.test(text) ? Number(text) : null;
}
