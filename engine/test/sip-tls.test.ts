import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Baresip } from '../../test/support/baresip.ts';
import { freePort } from '../../test/support/free-port.ts';
import { ACCOUNT, House } from './support/house.ts';
import { hears } from './support/telephone.ts';
import { askEngine } from './support/trunk-api.ts';

const NUMBER = '+442079460001';
const DOMAIN = 'phones.example.com';
const PASSWORD = 'Correct1Horse2';
const WAIT_HZ = 300;

let folder: string;
let house: House;
let tlsPort: number;
let carrier: Baresip;

/** A certificate for 127.0.0.1 that stands for itself, with its key, in files of their own. */
function certificate(name: string): { cert: string; key: string; both: string } {
  const [cert, key, both] = ['crt', 'key', 'pem'].map((end) => join(folder, `${name}.${end}`));
  const files = ['-keyout', key!, '-out', cert!];
  const about = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  const how = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', ...how, ...files, ...about, '-days', '2'], { stdio: 'ignore' });
  writeFileSync(both!, readFileSync(cert!, 'utf8') + readFileSync(key!, 'utf8'));
  return { cert: cert!, key: key!, both: both! };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'offhook-tls-'));
  const ours = certificate('engine');
  const theirs = certificate('carrier');
  tlsPort = await freePort();
  carrier = await Baresip.start({
    ...{ user: NUMBER, hz: 850, when: 'answer' },
    tls: { certificate: theirs.both, authority: ours.cert },
  });
  house = await House.open({
    ...{ SIP_HOST: '127.0.0.1', SIP_PORT: '0', SIP_TLS_PORT: String(tlsPort) },
    ...{ SIP_TLS_CERT: ours.cert, SIP_TLS_KEY: ours.key },
    ...{ SIP_DOMAIN: DOMAIN, SIP_CREDENTIAL_LIST: `CL${'1'.repeat(32)}` },
  });
  const tone = `${house.application.url}/wait.wav`;
  house.application.on('/tone', `<Response><Play loop="0">${tone}</Play></Response>`);
});
afterAll(async () => {
  await house.close();
  await carrier.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function callOver(tlsCa: string | null) {
  const trunk = { name: 'TLS', host: '127.0.0.1', port: carrier.port + 1, transport: 'tls', tlsCa };
  const { body } = await askEngine(house, 'POST', '/trunks', { ...trunk, keepAliveSeconds: null });
  const from = ACCOUNT.TWILIO_CALLER_ID;
  const url = `${house.application.url}/tone`;
  const call = await house.client.calls.create({ to: NUMBER, from, url });
  return { call: house.client.calls(call.sid), trunk: body.sid };
}

it('calls over TLS where the certificate is signed by whom the trunk names', async () => {
  const { call, trunk } = await callOver(readFileSync(join(folder, 'carrier.crt'), 'utf8'));
  await carrier.next('CALL_ESTABLISHED');
  await hears(carrier, WAIT_HZ);
  await call.update({ status: 'completed' });
  await carrier.next('CALL_CLOSED');
  await askEngine(house, 'DELETE', `/trunks/${trunk}`);
});

it('does not call where the certificate is a stranger’s, and says so', async () => {
  const { call, trunk } = await callOver(null);
  await expect.poll(async () => (await call.fetch()).status, { timeout: 5_000 }).toBe('failed');
  const [note] = await call.notifications.list();
  expect(note?.messageText).toMatch(/certificate/i);
  await askEngine(house, 'DELETE', `/trunks/${trunk}`);
});

it.each([
  ['takes SRTP', ['mediaenc=srtp-mand'], 0],
  ['refuses SRTP', [], 1],
])('is registered at, and rings, over TLS, a phone that %s', async (_does, account, refusals) => {
  const list = house.client.sip.credentialLists(`CL${'1'.repeat(32)}`);
  const { sid } = await list.credentials.create({ username: 'ada', password: PASSWORD });
  const phone = await Baresip.start({
    ...{ user: 'ada', domain: DOMAIN, password: PASSWORD, hz: 850, when: 'answer' },
    registrar: `sip:127.0.0.1:${tlsPort};transport=tls`,
    tls: { authority: join(folder, 'engine.crt') },
    account,
  });
  expect(await phone.registered()).toBe('OK');
  const url = `${house.application.url}/tone`;
  const from = ACCOUNT.TWILIO_CALLER_ID;
  const call = await house.client.calls.create({ to: `sip:ada@${DOMAIN}`, from, url });
  await hears(phone, WAIT_HZ);
  expect(phone.events.filter(({ type }) => type === 'CALL_CLOSED')).toHaveLength(refusals);
  phone.forget();
  await house.client.calls(call.sid).update({ status: 'completed' });
  await phone.next('CALL_CLOSED');
  await phone.stop();
  await list.credentials(sid).remove();
});
