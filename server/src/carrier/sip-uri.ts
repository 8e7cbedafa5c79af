/** "ada", "example.com" → "sip:ada@example.com" */
export function sipUri(username: string, domain: string): string {
  return `sip:${username}@${domain}`;
}

/**
 * RFC 3261 §19.1.4, as far as our own addresses need it: user parts are compared as they are, hosts
 * in any case. Port, parameters and headers are the carrier's to add.
 */
export function isSameSipUri(ours: string, theirs: string | null): boolean {
  const one = partsOf(ours);
  const other = theirs === null ? null : partsOf(theirs);
  return one !== null && other !== null && one.user === other.user && one.host === other.host;
}

function partsOf(uri: string): { user: string; host: string } | null {
  const [, user, host] = /^sips?:([^@:;?]+)@([^:;?]+)/i.exec(uri) ?? [];
  return user === undefined || host === undefined ? null : { user, host: host.toLowerCase() };
}
