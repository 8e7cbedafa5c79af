import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BadSettings, configFromEnv, type Env } from './env.ts';

const hex = '0123456789abcdef0123456789abcdef';
const twilio: Env = {
  DATABASE_URL: 'postgres://offhook@localhost/offhook',
  TWILIO_ACCOUNT_SID: `AC${hex}`,
  TWILIO_AUTH_TOKEN: hex,
  TWILIO_API_KEY: `SK${hex}`,
  TWILIO_API_SECRET: 'secret',
  TWILIO_TWIML_APP_SID: `AP${hex}`,
  TWILIO_CALLER_ID: '+442079460000',
};
const customers = join(mkdtempSync(join(tmpdir(), 'offhook-env-')), 'customers.json');
writeFileSync(
  customers,
  JSON.stringify({
    customers: [
      { number: '+447700900001', name: 'Ada', description: 'Answers.', then: 'answer', steps: [] },
      { number: '+447700900008', name: 'You', description: 'Rings.', client: 'demo_phone' },
    ],
  }),
);
const embedded: Env = {
  ...twilio,
  PORT: '4001',
  TWILIO_API_URL: 'http://127.0.0.1:3002',
  OFFHOOK_CALLBACK_URL: 'http://127.0.0.1:4001',
  OFFHOOK_SIGNAL_UPSTREAM: 'ws://127.0.0.1:3002',
  OFFHOOK_DEMO_CUSTOMERS: customers,
};

function problemsOf(env: Env): readonly string[] {
  try {
    configFromEnv(env);
  } catch (error) {
    if (error instanceof BadSettings) return error.problems;
    throw error;
  }
  return [];
}

describe('settings', () => {
  test('with Twilio: its address, its origins, its tolerance, and no demo customers', () => {
    const config = configFromEnv({ ...twilio, PUBLIC_URL: 'https://calls.example.com/' });
    expect(config.http.publicUrl).toBe('https://calls.example.com');
    expect(config.http.connectOrigins).toContain('wss://*.twilio.com');
    expect(config.carrier).toMatchObject({
      apiUrl: 'https://api.twilio.com',
      callbackUrl: 'https://calls.example.com',
      recordingToleranceMs: 2_000,
    });
    expect(config.signal).toBeNull();
    expect(config.trunks).toBeNull();
    expect(config.demoCustomers).toEqual([]);
    expect(config.dialling.allowDramaNumbers).toBe(false);
  });

  test('with the embedded engine: everything follows from its values', () => {
    const config = configFromEnv(embedded);
    expect(config.http.publicUrl).toBe('http://localhost:4001');
    expect(config.http.connectOrigins).toEqual([]);
    expect(config.carrier.recordingToleranceMs).toBe(500);
    expect(config.signal).toEqual({ upstream: 'ws://127.0.0.1:3002' });
    expect(config.trunks).toEqual({ apiUrl: config.carrier.apiUrl });
    expect(config.demoCustomers.map((customer) => customer.client)).toEqual([
      undefined,
      'demo_phone',
    ]);
    expect(config.dialling.allowDramaNumbers).toBe(true);
  });

  test('the rules have defaults and settings', () => {
    expect(configFromEnv(embedded).call).toEqual({
      agentJoinMs: 20_000,
      ringMs: 45_000,
      maxCallMs: 14_400_000,
      agentGraceMs: 0,
      sweepEveryMs: 15_000,
    });
    const config = configFromEnv({
      ...embedded,
      CALL_RING_SECONDS: '2.5',
      DIAL_PREMIUM_PREFIXES: 'none',
      DIAL_BLOCKED_PREFIXES: '+33, +4420',
    });
    expect(config.call.ringMs).toBe(2_500);
    expect(config.dialling.premiumPrefixes).toEqual([]);
    expect(config.dialling.blockedPrefixes).toEqual(['+33', '+4420']);
  });

  test('one message lists everything that is wrong', () => {
    const problems = problemsOf({
      ...embedded,
      DATABASE_URL: '',
      PORT: 'http',
      PUBLIC_URL: 'calls.example.com',
      TWILIO_CALLER_ID: '020 7946 0000',
      DIAL_BLOCKED_PREFIXES: '0900',
      OFFHOOK_DEMO_CUSTOMERS: '/nowhere/customers.json',
    });
    expect(problems).toHaveLength(6);
    const message = problems.join('\n');
    expect(message).toContain('DATABASE_URL is missing');
    expect(message).toContain('PORT must be a number from 0 to 65535');
    expect(message).toContain('PUBLIC_URL must be an address');
    expect(message).toContain('TWILIO_CALLER_ID must be a number');
    expect(message).toContain('DIAL_BLOCKED_PREFIXES must be');
    expect(message).toContain('/nowhere/customers.json cannot be read');
  });

  test('half of the carrier is no carrier, and what is missing is named', () => {
    const problems = problemsOf({ ...embedded, TWILIO_API_SECRET: ' ', TWILIO_API_KEY: undefined });
    expect(problems).toEqual([
      'TWILIO_API_KEY, TWILIO_API_SECRET are missing, while other TWILIO_ settings are set',
    ]);
    expect(problemsOf({ DATABASE_URL: 'postgres://localhost/x' })[0]).toContain('no carrier');
  });

  test('Twilio needs an address that it can reach', () => {
    expect(problemsOf(twilio)[0]).toContain('PUBLIC_URL is missing');
    expect(problemsOf({ ...twilio, PUBLIC_URL: 'http://localhost:3001' })[0]).toContain(
      'Twilio cannot reach',
    );
  });

  test('SIP phones: a domain and its list, and where phones register', () => {
    const list = `CL${hex}`;
    const phones = { TWILIO_SIP_DOMAIN: 'Acme.sip.twilio.com', TWILIO_SIP_CREDENTIAL_LIST: list };
    const sipPhonesOf = (env: Env) => configFromEnv({ ...embedded, ...env }).carrier.sipPhones;
    expect(sipPhonesOf({})).toBeNull();
    expect(sipPhonesOf(phones)).toEqual({
      domain: 'acme.sip.twilio.com',
      credentialListSid: list,
      server: { host: 'acme.sip.twilio.com', port: 5060 },
    });
    const here = sipPhonesOf({ ...phones, OFFHOOK_SIP_SERVER: ':5070' });
    expect(here?.server).toEqual({ host: null, port: 5070 });
    const there = sipPhonesOf({ ...phones, OFFHOOK_SIP_SERVER: '203.0.113.10:5060' });
    expect(there?.server).toEqual({ host: '203.0.113.10', port: 5060 });
    expect(problemsOf({ ...embedded, TWILIO_SIP_DOMAIN: 'acme.sip.twilio.com' })).toEqual([
      'TWILIO_SIP_CREDENTIAL_LIST is missing, while TWILIO_SIP_DOMAIN is set',
    ]);
    expect(problemsOf({ ...embedded, TWILIO_SIP_CREDENTIAL_LIST: list })).toEqual([
      'TWILIO_SIP_DOMAIN is missing, while TWILIO_SIP_CREDENTIAL_LIST is set',
    ]);
    expect(
      problemsOf({ ...embedded, ...phones, OFFHOOK_SIP_SERVER: 'sip:x', TWILIO_SIP_DOMAIN: 'a b' }),
    ).toEqual([
      'TWILIO_SIP_DOMAIN must be a host name such as acme.sip.twilio.com',
      'OFFHOOK_SIP_SERVER must be a host and a port such as sip.example.com:5060',
    ]);
  });
});
