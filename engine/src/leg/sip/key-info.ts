/**
 * The key that an INFO tells of, or null: `application/dtmf-relay` ("Signal=5", "Duration=160") and
 * `application/dtmf` ("5"), as telephones and gateways send them; no RFC describes either.
 */
export function keyOfInfo(contentType: string, body: string): string | null {
  const type = contentType.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/dtmf-relay') {
    return keyOf(/^\s*Signal\s*=\s*(\S{1,2})\s*$/im.exec(body)?.[1]);
  }
  return type === 'application/dtmf' ? keyOf(body.trim()) : null;
}

/** 10 and 11 are * and # where somebody sends the event's number (RFC 4733 §3.2). */
function keyOf(text: string | undefined): string | null {
  if (text === '10') return '*';
  if (text === '11') return '#';
  return text !== undefined && /^[0-9A-D*#]$/i.test(text) ? text.toUpperCase() : null;
}
