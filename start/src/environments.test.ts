import { describe, expect, test } from 'vitest';
import { engineEnvironment, serverEnvironment } from './environments.ts';
import { makeSecrets } from './secrets.ts';
import { readSettings } from './settings.ts';

const secrets = makeSecrets();
const parts = { databaseUrl: 'postgres://here', webFolder: '.' };

function both(own: Record<string, string>) {
  const { settings } = readSettings(own);
  return {
    engine: engineEnvironment(own, settings, secrets),
    server: serverEnvironment(own, settings, secrets, parts),
  };
}

describe('agents’ SIP phones', () => {
  test('have one domain and one list, in the words of either program, at every start', () => {
    const { engine, server } = both({});
    expect(engine.SIP_DOMAIN).toBe('offhook.local');
    expect(engine.SIP_CREDENTIAL_LIST).toMatch(/^CL[0-9a-f]{32}$/);
    expect(server).toMatchObject({
      TWILIO_SIP_DOMAIN: engine.SIP_DOMAIN,
      TWILIO_SIP_CREDENTIAL_LIST: engine.SIP_CREDENTIAL_LIST,
      OFFHOOK_SIP_SERVER: ':5060',
    });
    expect(both({}).engine.SIP_CREDENTIAL_LIST).toBe(engine.SIP_CREDENTIAL_LIST);
  });

  test('register at the public address, and in a domain of one’s own', () => {
    const nat = both({ SIP_PUBLIC_ADDRESS: '203.0.113.10', SIP_PORT: '5070' });
    expect(nat.engine.SIP_DOMAIN).toBe('203.0.113.10');
    expect(nat.server.OFFHOOK_SIP_SERVER).toBe('203.0.113.10:5070');
    const named = both({ SIP_DOMAIN: 'phones.example.com', ENGINE_PUBLIC_ADDRESS: '203.0.113.10' });
    expect(named.engine.SIP_DOMAIN).toBe('phones.example.com');
    expect(named.server).toMatchObject({
      TWILIO_SIP_DOMAIN: 'phones.example.com',
      OFFHOOK_SIP_SERVER: '203.0.113.10:5060',
    });
  });

  test('are not there where SIP is turned off, or the carrier is another', () => {
    const off = both({ SIP_PORT: 'off' });
    expect(off.engine.SIP_CREDENTIAL_LIST ?? off.server.TWILIO_SIP_DOMAIN).toBeUndefined();
    const own = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}` };
    const { settings } = readSettings(own);
    const server = serverEnvironment(own, settings, secrets, parts);
    expect(server.TWILIO_SIP_DOMAIN).toBeUndefined();
  });
});
