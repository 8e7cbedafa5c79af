import { describe, expect, it } from 'vitest';
import { environmentRecord, readEnvironmentTrunk } from './environment-trunk.ts';

describe('SIP_TRUNK', () => {
  it('is a SIP address with its password', () => {
    expect(readEnvironmentTrunk('sip:ada:p%40ss%3A1@Sip.Example.com:5070;transport=TCP')).toEqual({
      host: 'sip.example.com',
      port: 5070,
      transport: 'tcp',
      username: 'ada',
      password: 'p@ss:1',
      registerSeconds: null,
    });
  });

  it.each([
    ['sip:192.0.2.1', { host: '192.0.2.1', port: null, transport: 'udp', username: null }],
    ['sips:ada@example.com', { transport: 'tls', username: 'ada', password: null }],
    ['sip:[2001:db8::1]:5061;transport=tls', { host: '2001:db8::1', port: 5061 }],
    ['sip:a:b@example.com;register=300', { registerSeconds: 300 }],
  ])('may be short: %s', (text, expected) => {
    expect(readEnvironmentTrunk(text)).toMatchObject(expected);
  });

  it.each([
    ['example.com', 'is not sip:user:password@host:port'],
    ['sip:', 'is not sip:user'],
    ['sip:a:b@', 'is not sip:user'],
    ['sip:a:b@ex ample.com', 'is not sip:user'],
    ['sip:a:b@example.com:0', 'port is out of range'],
    ['sip:a:b@example.com:70000', 'port is out of range'],
    ['sip:a:b@example.com;transport=sctp', 'udp, tcp or tls'],
    ['sip:a:b@example.com;register=5', 'between 30 and 86400'],
    ['sip:a:b@example.com;lr=1', 'lr is not known'],
    ['sip:a:100%@example.com', '%25'],
  ])('is refused with the form, and without the password: %s', (text, why) => {
    expect(() => readEnvironmentTrunk(text)).toThrow(why);
    expect(() => readEnvironmentTrunk(text)).toThrow(/^is not sip:user:password@host/);
    expect(() => readEnvironmentTrunk(text)).not.toThrow(/a:b@|100/);
  });

  it('has the same name after a restart', () => {
    const trunk = readEnvironmentTrunk('sip:ada:one@example.com');
    const again = readEnvironmentTrunk('sip:ada:two@example.com:5060');
    const record = environmentRecord(trunk, '+447700900000', 1);
    expect(record.sid).toMatch(/^TK[0-9a-f]{32}$/);
    expect(environmentRecord(again, null, 2).sid).toBe(record.sid);
    expect(record).toMatchObject({ source: 'environment', callerIds: ['+447700900000'] });
  });
});
