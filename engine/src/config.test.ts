import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

const GOOD = {
  OFFHOOK_DATA: '/tmp/x',
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'a',
  TWILIO_API_KEY: 'SK',
  TWILIO_API_SECRET: 's',
  TWILIO_TWIML_APP_SID: 'AP',
  TWILIO_CALLER_ID: '+447700900000',
  ENGINE_VOICE_URL: 'http://127.0.0.1:3001/carrier/voice',
};

describe('the engine’s settings', () => {
  it('have their defaults', () => {
    expect(readConfig(GOOD)).toMatchObject({
      host: '127.0.0.1',
      port: 3002,
      publicAddress: null,
      demoCustomers: null,
      minFreeBytes: 200 * 1024 * 1024,
    });
  });

  it('are refused all at once', () => {
    const bad = { ...GOOD, ENGINE_PORT: 'x', TWILIO_CALLER_ID: '07700', TWILIO_AUTH_TOKEN: '' };
    expect(() => readConfig(bad)).toThrow(
      /ENGINE_PORT[^]*TWILIO_AUTH_TOKEN[^]*TWILIO_CALLER_ID|TWILIO_AUTH_TOKEN[^]*TWILIO_CALLER_ID/,
    );
    expect(() => readConfig({})).toThrow(/TWILIO_ACCOUNT_SID[^]*ENGINE_VOICE_URL/);
  });

  it('never let it listen to strangers', () => {
    expect(() => readConfig({ ...GOOD, ENGINE_HOST: '0.0.0.0' })).toThrow('ENGINE_HOST');
  });

  it('say what SIP is, where nothing is said too', () => {
    expect(readConfig(GOOD).sip).toEqual({
      host: '0.0.0.0',
      port: 5060,
      tls: null,
      publicAddress: null,
      rtpPorts: null,
      rtpTimeoutMs: 30_000,
      domain: null,
      credentialList: null,
      trunk: null,
    });
    expect(readConfig({ ...GOOD, SIP_PORT: 'off' }).sip).toBeNull();
    const said = {
      ...GOOD,
      ENGINE_PUBLIC_ADDRESS: '203.0.113.10',
      SIP_PORT: '0',
      SIP_HOST: '127.0.0.1',
      SIP_RTP_PORTS: '20000-20999',
      SIP_RTP_TIMEOUT_SECONDS: '',
      SIP_DOMAIN: 'Phones.Example.com',
      SIP_TRUNK: 'sip:ada:secret@sip.example.com',
      SIP_TRUNK_CALLER_ID: '+447700900001',
    };
    expect(readConfig(said).sip).toMatchObject({
      port: 0,
      publicAddress: '203.0.113.10',
      rtpPorts: { from: 20_000, to: 20_999 },
      domain: 'phones.example.com',
      trunk: { host: 'sip.example.com', username: 'ada', callerId: '+447700900001' },
    });
  });

  it.each([
    [{ SIP_PORT: 'none' }, 'SIP_PORT is neither a port number nor off'],
    [{ SIP_PORT: '70000' }, 'SIP_PORT'],
    [{ SIP_HOST: 'example.com' }, 'SIP_HOST is no address'],
    [{ SIP_RTP_PORTS: '30000-20000' }, 'SIP_RTP_PORTS is no range of ports like 20000-20999'],
    [{ SIP_RTP_TIMEOUT_SECONDS: 'x' }, 'SIP_RTP_TIMEOUT_SECONDS is no number of seconds'],
    [{ SIP_RTP_TIMEOUT_SECONDS: '0' }, 'SIP_RTP_TIMEOUT_SECONDS is less than a second'],
    [{ SIP_DOMAIN: '-' }, 'SIP_DOMAIN is no domain'],
    [{ SIP_TRUNK: 'ada@example.com' }, 'SIP_TRUNK is not sip:user:password@host:port'],
    [{ SIP_TRUNK_CALLER_ID: '07700' }, 'SIP_TRUNK_CALLER_ID is not a number'],
    [{ SIP_TLS_CERT: 'a.pem' }, 'SIP_TLS_KEY is missing'],
    [{ SIP_TLS_CERT: '/none.pem', SIP_TLS_KEY: '/none.key' }, 'SIP_TLS_CERT cannot be read'],
  ])('refuse what SIP cannot be: %j', (bad, why) => {
    expect(() => readConfig({ ...GOOD, ...bad })).toThrow(why);
  });
});
