import { createHmac } from 'node:crypto';

/** What travels in a form: a field may come more than once. */
export type FormFields = Record<string, string | readonly string[]>;

/**
 * `X-Twilio-Signature`: base64(HMAC-SHA1(authToken, url + every POST field sorted by name, name
 * and value joined without separators)). Repeated fields are de-duplicated and sorted. For a GET,
 * `fields` is empty: they are part of the URL.
 */
export function twilioSignature(authToken: string, url: string, fields: FormFields): string {
  let text = url;
  for (const name of Object.keys(fields).sort()) {
    const value = fields[name] ?? '';
    const values = typeof value === 'string' ? [value] : [...new Set(value)].sort();
    for (const one of values) text += name + one;
  }
  return createHmac('sha1', authToken).update(Buffer.from(text, 'utf8')).digest('base64');
}
