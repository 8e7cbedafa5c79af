const NEEDED = [
  'TWILIO_ACCOUNT_SID',
  'TWILIO_AUTH_TOKEN',
  'TWILIO_API_KEY',
  'TWILIO_API_SECRET',
  'TWILIO_TWIML_APP_SID',
  'TWILIO_CALLER_ID',
] as const;

/** Settings that only make sense together. Given without the ones that are set to nothing. */
export function carrierProblems(
  env: Readonly<Record<string, string | undefined>>,
  twilioApi: string,
): string[] {
  const missing = NEEDED.filter((name) => env[name] === undefined);
  if (missing.length === NEEDED.length) {
    return [
      `${NEEDED.join(', ')} are missing: there is no carrier to make calls with (npm start brings its own)`,
    ];
  }
  const problems: string[] = sipPhoneProblems(env);
  if (missing.length > 0) {
    const verb = missing.length === 1 ? 'is' : 'are';
    problems.push(`${missing.join(', ')} ${verb} missing, while other TWILIO_ settings are set`);
  }
  const api = env.TWILIO_API_URL?.replace(/\/+$/, '') ?? twilioApi;
  if (api === twilioApi) problems.push(...publicUrlProblems(env));
  return problems;
}

/** A domain without its list takes no registration, and a list without its domain is nowhere. */
function sipPhoneProblems(env: Readonly<Record<string, string | undefined>>): string[] {
  const [one, other] = ['TWILIO_SIP_DOMAIN', 'TWILIO_SIP_CREDENTIAL_LIST'];
  const missing = [one, other].filter((name) => env[name] === undefined);
  if (missing.length !== 1) return [];
  const [absent = ''] = missing;
  return [`${absent} is missing, while ${absent === one ? other : one} is set`];
}

/** Twilio calls us back, so our address must be one that it can reach. */
function publicUrlProblems(env: Readonly<Record<string, string | undefined>>): string[] {
  const name = env.OFFHOOK_CALLBACK_URL === undefined ? 'PUBLIC_URL' : 'OFFHOOK_CALLBACK_URL';
  const value = env[name];
  if (value === undefined) {
    return ['PUBLIC_URL is missing: with Twilio it must be the address that Twilio reaches us at'];
  }
  if (!URL.canParse(value)) return [];
  const { hostname } = new URL(value);
  return /^(localhost|127\.|\[::1\]|0\.0\.0\.0)/.test(hostname)
    ? [`${name} is ${value}, which Twilio cannot reach`]
    : [];
}
