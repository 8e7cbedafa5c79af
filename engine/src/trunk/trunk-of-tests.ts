import type { TrunkRecord } from './trunk-record.ts';

/** A plain trunk, for tests that care about one or two of its fields. */
export function trunkRecord(more: Partial<TrunkRecord> = {}): TrunkRecord {
  return {
    sid: `TK${'0'.repeat(32)}`,
    name: 'Carrier',
    enabled: true,
    source: 'settings',
    host: '192.0.2.1',
    port: 5060,
    transport: 'udp',
    username: null,
    password: null,
    registerSeconds: null,
    allowedAddresses: [],
    callerIds: ['+447700900000'],
    codecs: ['PCMU', 'PCMA'],
    srtp: 'off',
    channels: null,
    rules: [],
    priority: 0,
    keepAliveSeconds: null,
    tlsCa: null,
    createdAt: 1,
    updatedAt: 1,
    ...more,
  };
}
