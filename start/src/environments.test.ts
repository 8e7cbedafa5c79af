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

describe('the number that is shown to whom is called', () => {
  const shown = (SIP_TRUNK_CALLER_ID?: string) => {
    const { engine, server } = both(
      SIP_TRUNK_CALLER_ID === undefined ? {} : { SIP_TRUNK_CALLER_ID },
    );
    return [engine.TWILIO_CALLER_ID, server.TWILIO_CALLER_ID];
  };

  test('is the trunk’s, and nobody’s where there is none', () => {
    expect(shown('+442079460000')).toEqual(['+442079460000', '+442079460000']);
    expect(shown()).toEqual(['+447700900000', '+447700900000']);
  });

  test('is not what SIP_TRUNK_CALLER_ID says where that is no number: it is refused by its own name', () => {
    expect(shown('0207946')).toEqual(shown());
    expect(both({ SIP_TRUNK_CALLER_ID: '0207946' }).engine.SIP_TRUNK_CALLER_ID).toBe('0207946');
  });
});

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

  test('take no IPv6 address, which phones have no field for', () => {
    const { server } = both({ ENGINE_PUBLIC_ADDRESS: '2001:db8::1' });
    const { TWILIO_SIP_DOMAIN, OFFHOOK_SIP_SERVER } = server;
    expect([TWILIO_SIP_DOMAIN, OFFHOOK_SIP_SERVER]).toEqual(['offhook.local', ':5060']);
  });

  test.each(['off', '0', 'nonsense'])('are not there with SIP_PORT=%s', (port) => {
    const { engine, server } = both({ SIP_PORT: port });
    expect(engine.SIP_CREDENTIAL_LIST ?? server.TWILIO_SIP_DOMAIN).toBeUndefined();
    expect(server.OFFHOOK_SIP_SERVER).toBeUndefined();
  });

  test('are not there where the carrier is another', () => {
    const own = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}` };
    const { settings } = readSettings(own);
    const server = serverEnvironment(own, settings, secrets, parts);
    expect(server.TWILIO_SIP_DOMAIN).toBeUndefined();
  });
});
