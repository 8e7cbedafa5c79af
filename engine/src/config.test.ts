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
});
