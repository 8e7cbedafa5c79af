import { accountEnvironment } from './environments.ts';
import type { Secrets } from './secrets.ts';

type Env = Readonly<Record<string, string>>;

export interface EngineAccount {
  /** The account in the words of the environment. */
  env: Record<string, string>;
  /** It is the one we made, so whoever starts the engine has to be told its secrets. */
  ours: boolean;
}

/** Who has the one, needs the other. */
const PAIRS = [
  ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'],
  ['TWILIO_API_KEY', 'TWILIO_API_SECRET'],
] as const;

/** What is missing in the account that the environment gives. */
export function accountProblems(env: Env): string[] {
  return PAIRS.flatMap(([one, other]) => {
    if (env[one] !== undefined && env[other] === undefined) return [`${other} is missing`];
    if (env[other] !== undefined && env[one] === undefined) return [`${one} is missing`];
    return [];
  });
}

/** The environment's account; what it leaves out is made at the first start, and kept. */
export function engineAccount(env: Env, secrets: Secrets): EngineAccount {
  const made = accountEnvironment(secrets);
  const account = Object.entries(made).map(([name, value]) => [name, env[name] ?? value]);
  return {
    env: Object.fromEntries(account) as Record<string, string>,
    ours: env.TWILIO_ACCOUNT_SID === undefined,
  };
}
