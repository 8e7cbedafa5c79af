import type { SipUri } from '../../sip/message/message.ts';
import { SipSyntaxError } from '../../sip/message/syntax-error.ts';
import { parseUri } from '../../sip/message/uri.ts';

/** Twilio's bounds: https://www.twilio.com/docs/voice/twiml/sip */
const MOST_ADDRESS = 255;
const MOST_HEADERS = 1024;

/** sip:user@host;transport=tcp?X-Header=value: whether it can be called, as far as grammar goes. */
export function isSipDestination(text: string): boolean {
  if (!/^sips?:/i.test(text)) return false;
  const [address = '', ...rest] = text.split('?');
  const headers = rest.join('?');
  if (address.length > MOST_ADDRESS || headers.length > MOST_HEADERS) return false;
  return readSipUri(address) !== null;
}

/** Null: nothing that can be called. */
export function readSipUri(text: string): SipUri | null {
  try {
    const uri = parseUri(text);
    return uri.scheme === 'tel' || uri.host === '' ? null : uri;
  } catch (error) {
    if (error instanceof SipSyntaxError) return null;
    throw error;
  }
}

/** Headers that a caller may send along: https://www.twilio.com/docs/voice/twiml/sip#custom-headers */
export function isOwnHeader(name: string): boolean {
  return /^(x-[\w-]{1,60}|user-to-user)$/i.test(name);
}
