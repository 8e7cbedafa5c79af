import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerChallenge, challengesOf } from '../src/sip/digest/answer.ts';
import type { SipResponse } from '../src/sip/message/message.ts';
import { ACCOUNT } from './support/house.ts';
import type { Sent } from './support/raw-peer.ts';
import { SipEngine } from './support/sip-engine.ts';

const DOMAIN = 'phones.example.com';
const LIST = `CL${'1'.repeat(32)}`;
const PASSWORD = 'Correct1Horse2';

let engine: SipEngine;
beforeAll(async () => {
  engine = await SipEngine.open({ env: { SIP_DOMAIN: DOMAIN, SIP_CREDENTIAL_LIST: LIST } });
  const path = `/2010-04-01/Accounts/${ACCOUNT.TWILIO_ACCOUNT_SID}/SIP/CredentialLists/${LIST}`;
  for (const Username of ['ada', 'bob', 'eve']) {
    const form = new URLSearchParams({ Username, Password: PASSWORD });
    await engine.ask('POST', `${path}/Credentials.json`, form);
  }
});
afterAll(() => engine.close());

/** REGISTER, and the answer to it. */
function ask(user: string, said: Sent): Promise<SipResponse> {
  const headers = { To: `<sip:${user}@${DOMAIN}>`, ...said.headers };
  return engine.peer.final(engine.send('REGISTER', { ...said, headers }));
}

/** The same once more, with the answer to the challenge that comes first. */
async function register(user: string, said: Sent = {}, password = PASSWORD): Promise<SipResponse> {
  const challenge = await ask(user, said);
  expect(challenge.status).toBe(401);
  const facts = { method: 'REGISTER', uri: 'sip:us@127.0.0.1', body: Buffer.alloc(0) };
  const answer = answerChallenge(challengesOf(challenge), facts, { username: user, password });
  return ask(user, { ...said, headers: { ...said.headers, [answer!.name]: answer!.value } });
}

const expiring = (seconds: number): Sent => ({ headers: { Expires: String(seconds) } });
const everything = (seconds: number): Sent => ({
  contact: false,
  headers: { Contact: '*', Expires: String(seconds) },
});
const phones = async () => (await engine.ask<{ telephones: number }>('GET', '/health')).telephones;

it('a phone that wants to register for too short is told what is long enough', async () => {
  const brief = await register('ada', expiring(59));
  expect([brief.status, brief.headers.get('Min-Expires')]).toEqual([423, '60']);
  expect(await phones()).toBe(0);
});

it('a phone removes all its registrations with *, and only for good', async () => {
  const ok = await register('ada', expiring(60));
  expect(ok.headers.get('Contact')).toContain(`127.0.0.1:${engine.peer.port}`);
  // RFC 3261 §10.3, step 6
  expect((await register('ada', everything(60))).status).toBe(400);
  expect(await phones()).toBe(1);
  const gone = await register('ada', everything(0));
  expect([gone.status, gone.headers.get('Contact')]).toEqual([200, null]);
  expect(await phones()).toBe(0);
});

it('ten wrong passwords, and even the right one is not looked at; others are', async () => {
  for (let guess = 1; guess <= 10; guess += 1) {
    expect((await register('eve', {}, `Wrong1Guess${guess}`)).status).toBe(403);
  }
  expect((await register('eve')).status).toBe(403);
  expect((await register('bob')).status).toBe(200);
});
