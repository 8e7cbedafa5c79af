import { createHash } from 'node:crypto';
import type { TransportName } from '../sip/message/message.ts';
import type { TrunkRecord } from './trunk-record.ts';

/** What SIP_TRUNK looks like, for whoever wrote it in another way. */
export const TRUNK_FORM =
  'sip:user:password@host:port;transport=udp (user, password, port and transport may be left out; ;register=300 registers there)';

/** SIP_TRUNK taken apart. */
export interface EnvironmentTrunk {
  host: string;
  port: number | null;
  transport: TransportName;
  username: string | null;
  password: string | null;
  registerSeconds: number | null;
}

const FORM =
  /^(sips?):(?:([^:@;]+)(?::([^@;]*))?@)?(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::(\d{1,5}))?((?:;[a-z]+=[a-z0-9]+)*)$/i;

/**
 * Reads SIP_TRUNK, a SIP address (RFC 3261 §19.1) with the password in it. Special characters of
 * the user and the password are written as %40 and the like. @throws Error that says what is wrong
 */
export function readEnvironmentTrunk(text: string): EnvironmentTrunk {
  const [, scheme = '', user, secret, host = '', port, rest = ''] = FORM.exec(text) ?? refuse();
  const parameters = new Map(
    rest
      .split(';')
      .slice(1)
      .map((one): [string, string] => [
        one.slice(0, one.indexOf('=')).toLowerCase(),
        one.slice(one.indexOf('=') + 1).toLowerCase(),
      ]),
  );
  const transport =
    parameters.get('transport') ?? (scheme.toLowerCase() === 'sips' ? 'tls' : 'udp');
  if (!isTransport(transport)) refuse('transport is udp, tcp or tls');
  const register = parameters.get('register');
  const registerSeconds = register === undefined ? null : Number(register);
  if (registerSeconds !== null && !(registerSeconds >= 30 && registerSeconds <= 86_400)) {
    refuse('register is a number of seconds between 30 and 86400');
  }
  for (const name of parameters.keys()) {
    if (name !== 'transport' && name !== 'register') refuse(`${name} is not known`);
  }
  const number = port === undefined ? null : Number(port);
  if (number !== null && (number < 1 || number > 65_535)) refuse('the port is out of range');
  return {
    host: host.toLowerCase().replace(/^\[|\]$/g, ''),
    port: number,
    transport,
    username: user === undefined ? null : unescape(user),
    password: secret === undefined ? null : unescape(secret),
    registerSeconds,
  };
}

/** The environment's trunk as a record. It is never journalled: the environment is its journal. */
export function environmentRecord(
  trunk: EnvironmentTrunk,
  callerId: string | null,
  now: number,
): TrunkRecord {
  // The same carrier keeps its name over restarts, also in what others remember of it.
  const hash = createHash('sha256')
    .update(`${trunk.username ?? ''}@${trunk.host}`)
    .digest('hex');
  return {
    ...trunk,
    sid: `TK${hash.slice(0, 32)}`,
    name: trunk.host,
    enabled: true,
    source: 'environment',
    allowedAddresses: [],
    callerIds: callerId === null ? [] : [callerId],
    codecs: ['PCMU', 'PCMA'],
    srtp: 'off',
    channels: null,
    rules: [],
    priority: 0,
    keepAliveSeconds: 30,
    tlsCa: null,
    createdAt: now,
    updatedAt: now,
  };
}

function isTransport(text: string): text is TransportName {
  return text === 'udp' || text === 'tcp' || text === 'tls';
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse('a % in the user or the password is written %25');
  }
}

/** The value itself is not repeated: it holds a password. */
function refuse(why?: string): never {
  throw new Error(`is not ${TRUNK_FORM}${why === undefined ? '' : `: ${why}`}`);
}
