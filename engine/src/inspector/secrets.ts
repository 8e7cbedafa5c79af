const HIDDEN = '(hidden)';

/** Fields whose value opens something: a SIP credential's Password, SipAuthPassword of a call. */
const SECRET_FIELD = /password/i;
const IN_QUERY = /([?&][^=&#?]*password=)[^&#]*/gi;
/** <Sip username="…" password="…"> */
const IN_TWIML = /(\spassword\s*=\s*)(?:"[^"]*"|'[^']*')/gi;
/** https://user:password@host (RFC 3986 §3.2.1), sip:user:password@host (RFC 3261 §19.1.1) */
const IN_AUTHORITY = /((?:\/\/|\bsips?:)[^/?#\s:@"'<>]*:)[^/?#\s@"'<>]+(?=@)/gi;

/** A field's value as it may be shown. */
export function concealField(name: string, value: string): string {
  return SECRET_FIELD.test(name) ? HIDDEN : concealText(value);
}

/** An address, or TwiML, without the passwords in it. */
export function concealText(text: string): string {
  return text
    .replace(IN_QUERY, `$1${HIDDEN}`)
    .replace(IN_TWIML, `$1"${HIDDEN}"`)
    .replace(IN_AUTHORITY, `$1${HIDDEN}`);
}
