/**
 * Every error a client can meet, with its HTTP status. The code is stable: programs and tests rely
 * on it. The message that travels with it is for people: what happened, what it means, what to do.
 */
export const ERROR_STATUS = {
  // The request itself
  'request.malformed': 400, // not JSON, or not the media type we read
  'request.invalid': 422, // a field is missing, unknown or of the wrong shape; see `fields`
  'request.too_large': 413,
  'request.not_found': 404, // no such address
  'request.rate_limited': 429,
  'idempotency.key_reused': 409, // the same key came with another body
  // Who is asking
  'auth.required': 401,
  'auth.wrong_credentials': 401,
  'auth.session_expired': 401,
  'auth.forbidden': 403, // signed in, but the role may not
  'auth.bad_origin': 403,
  'auth.deactivated': 403,
  'setup.already_done': 409,
  'setup.token_required': 403,
  'invitation.unknown': 404, // never existed, used, withdrawn or expired
  'person.email_taken': 409,
  'person.not_found': 404,
  'person.last_administrator': 409,
  'sip_phone.not_found': 404, // the person calls with the browser
  'sip_phone.not_offered': 409, // this installation has no SIP domain for phones
  'team.not_found': 404,
  'team.name_taken': 409,
  'api_key.not_found': 404,
  // The number
  'number.unreadable': 422, // no number can be read from it
  'number.impossible': 422, // no phone anywhere can have it
  'number.emergency': 422,
  'number.premium_rate': 422,
  'number.reserved_for_drama': 422,
  'number.not_allowed': 422, // refused by a dial rule of this installation
  // The call
  'call.not_found': 404,
  'call.agent_busy': 409, // the agent has a call running
  'carrier.unavailable': 503,
  'carrier.forged': 403, // a callback whose signature does not fit
  // The trunk
  'trunk.not_found': 404,
  'trunk.read_only': 409, // the environment's
  'trunk.refused': 409, // the engine would not do it now; the message says why
  'trunk.carrier_managed': 409, // a carrier's cloud brings the lines
  'test_call.not_found': 404,
  // The recording
  'recording.not_found': 404,
  'recording.not_ready': 409,
  'recording.range_invalid': 416,
  // Us
  'server.stopping': 503,
  'server.failure': 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;
export const ERROR_CODES = Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]];
