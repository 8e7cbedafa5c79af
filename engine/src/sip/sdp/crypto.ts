import { randomBytes } from 'node:crypto';

/** SRTP suites that we speak (RFC 4568 §6.2), in our order of preference. */
export const SUITES = ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const;
export type Suite = (typeof SUITES)[number];

/** One a=crypto line (RFC 4568 §4). */
export interface Crypto {
  tag: string;
  suite: Suite;
  /** Master key and salt, 30 bytes in base64. */
  key: string;
}

const KEY_BYTES = 30;

/** Session parameters that change what is on the wire, and that we do not speak (§6.3). */
const FOREIGN_PARAMETER = /^(KDR=|UNENCRYPTED_|UNAUTHENTICATED_|FEC_)/i;

/** Null for suites, keys and parameters that we cannot use: the next line may do (§5.1.2). */
export function readCrypto(value: string | null): Crypto | null {
  const [tag, suiteName, keys, ...parameters] = (value ?? '').split(/ +/);
  const suite = SUITES.find((one) => one === suiteName?.toUpperCase());
  if (tag === undefined || suite === undefined) return null;
  if (parameters.some((one) => FOREIGN_PARAMETER.test(one))) return null;
  // inline:<key||salt>["|"lifetime]["|"MKI:length]; with an MKI packets would be longer (§6.1).
  const inline = /^inline:([A-Za-z0-9+/]{40})(\|[0-9^]+)?$/i.exec(keys ?? '');
  const key = inline?.[1];
  if (key === undefined || Buffer.from(key, 'base64').length !== KEY_BYTES) return null;
  return { tag, suite, key };
}

export function writeCrypto({ tag, suite, key }: Crypto): string {
  return `${tag} ${suite} inline:${key}`;
}

export function newKey(): string {
  return randomBytes(KEY_BYTES).toString('base64');
}
