import {
  TRUNK_DEFAULTS,
  type Trunk,
  type TrunkCodec,
  type TrunkSrtp,
  type TrunkTransport,
} from '@offhook/contract';

/** A trunk as it stands in the form: what is typed is text, lists are lines. */
export interface TrunkDraft {
  name: string;
  enabled: boolean;
  host: string;
  port: string;
  transport: TrunkTransport;
  tlsCa: string;
  username: string;
  /** Empty: the one that is kept, if any. */
  password: string;
  registers: boolean;
  registerSeconds: string;
  allowedAddresses: string;
  callerIds: string;
  rules: { prefix: string; strip: string; prepend: string }[];
  /** The one liked best first: "PCMA,PCMU". */
  codecs: string;
  srtp: TrunkSrtp;
  channels: string;
  priority: string;
  keepAliveSeconds: string;
}

const REGISTER_SECONDS = 600;

/** What the form shows at first. */
export function draftOf(trunk: Trunk | null): TrunkDraft {
  const from = trunk ?? { ...TRUNK_DEFAULTS, name: '', host: '' };
  return {
    name: from.name,
    enabled: from.enabled,
    host: from.host,
    port: text(from.port),
    transport: from.transport,
    tlsCa: from.tlsCa ?? '',
    username: from.username ?? '',
    password: '',
    registers: from.registerSeconds !== null,
    registerSeconds: String(from.registerSeconds ?? REGISTER_SECONDS),
    allowedAddresses: from.allowedAddresses.join('\n'),
    callerIds: from.callerIds.join('\n'),
    rules: from.rules.map((rule) => ({ ...rule, strip: String(rule.strip) })),
    codecs: from.codecs.join(','),
    srtp: from.srtp,
    channels: text(from.channels),
    priority: String(from.priority),
    keepAliveSeconds: text(from.keepAliveSeconds),
  };
}

/** What is sent, for the contract's TrunkRequest to check: a number that is none becomes NaN. */
export function requestOf(draft: TrunkDraft) {
  const username = draft.username.trim();
  return {
    name: draft.name,
    enabled: draft.enabled,
    host: draft.host,
    port: numberOrNull(draft.port),
    transport: draft.transport,
    tlsCa: draft.transport === 'tls' && draft.tlsCa.trim() !== '' ? draft.tlsCa : null,
    username: username === '' ? null : username,
    ...password(username, draft.password),
    registerSeconds: draft.registers ? number(draft.registerSeconds) : null,
    allowedAddresses: lines(draft.allowedAddresses),
    callerIds: lines(draft.callerIds),
    rules: draft.rules.map((rule) => ({ ...rule, strip: number(rule.strip) })),
    codecs: draft.codecs.split(',') as TrunkCodec[],
    srtp: draft.srtp,
    channels: numberOrNull(draft.channels),
    priority: number(draft.priority),
    keepAliveSeconds: numberOrNull(draft.keepAliveSeconds),
  };
}

/** "callerIds.3" → "callerIds": lists that are lines of one field have their errors there. */
export function fieldOf(path: string): string {
  return path.startsWith('rules.') ? path : (path.split('.')[0] ?? path);
}

/** Without a user name there is nothing to keep a password for. */
function password(username: string, typed: string): { password?: string | null } {
  if (username === '') return { password: null };
  return typed === '' ? {} : { password: typed };
}

function text(value: number | null): string {
  return value === null ? '' : String(value);
}

function number(typed: string): number {
  return /^\d+$/.test(typed.trim()) ? Number(typed) : NaN;
}

function numberOrNull(typed: string): number | null {
  return typed.trim() === '' ? null : number(typed);
}

function lines(typed: string): string[] {
  return typed
    .split(/[\n,;]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
