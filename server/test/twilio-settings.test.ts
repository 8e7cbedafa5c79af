import { once } from 'node:events';
import { connect } from 'node:net';
import type { NumberAnswer, PhoneToken, Session } from '@offhook/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMINISTRATOR, type Client } from '../../test/support/client.ts';
import { codeOf, openPlatform, type Platform } from './platform.ts';

/** As somebody with a Twilio account sets it; nothing here asks Twilio anything. */
const PUBLIC_URL = 'https://calls.example.com';
/** Browsers say where the page is from, and that is not the address of this test. */
const FROM_THE_PAGE = { origin: PUBLIC_URL };

let platform: Platform;
let admin: Client;
beforeAll(async () => {
  platform = await openPlatform({ TWILIO_API_URL: '', OFFHOOK_SIGNAL_UPSTREAM: '', PUBLIC_URL });
  admin = platform.visitor();
  const made = await admin.post('/api/setup', ADMINISTRATOR, FROM_THE_PAGE);
  expect(made.status).toBe(201);
  expect(made.headers.getSetCookie().join()).toContain('; Secure');
});
afterAll(() => platform.close());

test('there are no demo customers, no demo phone and no signalling of ours', async () => {
  const { phone } = await admin.okGet<Session>('/api/session');
  expect(phone).toEqual({
    signalHost: null,
    country: 'GB',
    demoCustomers: [],
    demoPhoneNumber: null,
    sipPhones: false,
  });
  const demo = await admin.get('/api/phone/token?identity=demo_phone');
  expect([demo.status, codeOf(demo)]).toEqual([404, 'request.not_found']);
  const socket = connect(platform.port, '127.0.0.1');
  socket.write(
    'GET /signal HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  );
  expect(String(await once(socket, 'data'))).toContain('404 Not Found');
  expect((await admin.get('/signal')).status).toBe(404);
});

test('the agent’s token is for the account and its TwiML app', async () => {
  const { token, identity } = await admin.okGet<PhoneToken>('/api/phone/token');
  expect(identity).toMatch(/^agent_[A-Za-z0-9_]+$/);
  const claims: unknown = JSON.parse(
    Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
  );
  expect(claims).toMatchObject({
    iss: `SK${'a1'.repeat(16)}`,
    sub: `AC${'a1'.repeat(16)}`,
    grants: { identity, voice: { outgoing: { application_sid: `AP${'a1'.repeat(16)}` } } },
  });
});

test('the browser may reach Twilio’s signalling and insights, and nothing else', async () => {
  const { headers } = await admin.get('/api/session');
  const policy = headers.get('content-security-policy') ?? '';
  const connectSrc = /connect-src ([^;]*)/.exec(policy)?.[1]?.split(' ');
  // The SDK's wss://voice-js.roaming.twilio.com and https://eventgw.twilio.com are among these.
  expect(connectSrc).toEqual([
    "'self'",
    'wss://calls.example.com',
    'wss://*.twilio.com',
    'https://*.twilio.com',
  ]);
  expect(headers.get('strict-transport-security')).toContain('max-age');
});

test('drama numbers are refused with their reason; real ones may be dialled', async () => {
  const look = (text: string) =>
    admin.okGet<NumberAnswer>(`/api/numbers?text=${encodeURIComponent(text)}`);
  const drama = await look('07700 900001');
  expect(drama.problem).toEqual({
    code: 'number.reserved_for_drama',
    message: 'This number is reserved for films and television; nobody can answer it.',
  });
  const refused = await admin.post('/api/calls', { to: '07700 900001' }, FROM_THE_PAGE);
  expect([refused.status, codeOf(refused)]).toEqual([422, 'number.reserved_for_drama']);
  expect((await look('020 7946 0958')).problem).toBeNull();
});
