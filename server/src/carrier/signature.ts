import twilio from 'twilio';

export type Params = Record<string, string | string[]>;

/**
 * Whether the carrier sent this request. `url` is the exact address it was given, without the
 * fragment. https://www.twilio.com/docs/usage/webhooks/webhooks-security
 */
export function isSignedBy(
  authToken: string,
  signature: string | string[] | undefined,
  url: string,
  params: Params,
): boolean {
  if (typeof signature !== 'string' || signature === '') return false;
  return twilio.validateRequest(authToken, signature, url, params);
}
